// SPDX-License-Identifier: Apache-2.0
#include "vm/fault_text.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/format.hpp"
#include "isa/decode.hpp"
#include "isa/lower.hpp"

namespace mipzk::vm {
namespace {

// The word of the file at `address`: what the program holds there when it starts.
std::optional<uint32_t> image_word(const isa::Program& program, uint32_t address) {
  const uint32_t key = address / 4;
  const auto w = std::lower_bound(program.image.begin(), program.image.end(), key,
                                  [](const isa::ImageWord& a, uint32_t k) { return a.key < k; });
  if (w == program.image.end() || w->key != key) return std::nullopt;
  return w->value;
}

const isa::Symbol* symbol_at(const isa::Program& program, uint32_t address) {
  auto s = std::upper_bound(program.symbols.begin(), program.symbols.end(), address,
                            [](uint32_t a, const isa::Symbol& b) { return a < b.address; });
  while (s != program.symbols.begin()) {
    --s;
    if (s->name.empty()) continue;
    // A symbol of size 0 (assembler label) reaches up to the next symbol.
    if (s->size == 0 || address - s->address < s->size) return &*s;
    return nullptr;
  }
  return nullptr;
}

struct Explanation {
  std::string cause, advice;
};

// Words without a ROM entry: what they are, and what to do.
Explanation explain_reserved(uint32_t word) {
  const uint32_t opcode = word >> 26, function = word & 63;
  const char* march = "compile with -mabi=32 -march=mips32r2 or less (gcc, clang)";
  if (opcode == 0 && function == 0x0c) {
    if (word >> 6 == 0)
      return {
          "system call of an operating system",
          "the program was loaded without the in-guest kernel: no `li $v0, number` that leads to "
          "a `syscall` was found in it (docs/MACHINE.md, section 8)"};
    return {format_text("unknown machine call 0x%x", word >> 6 & 0xfffff),
            "the calls are 1 HALT, 2 HINT_WORD, 3 PRINT, 4 CYCLE, 5 ASK"};
  }
  if (opcode == 0x11 || opcode == 0x13)
    return {"floating-point instruction",
            "programs without system calls have no floating-point unit: compile with "
            "-msoft-float and link a soft-float library"};
  if (opcode == 0x35 || opcode == 0x3d)
    return {"double in an odd floating-point register",
            "a double takes an even register and the next one: compile with -mfp32"};
  if (const auto i = isa::decode(word); i && i->op == isa::Op::kRdhwr)
    return {format_text("read of hardware register %u", unsigned{i->rd}), "not for user programs"};
  if (opcode == 0x10) return {"privileged instruction (coprocessor 0)", "not for user programs"};
  const bool wide = opcode == 0x18 || opcode == 0x19 || opcode == 0x1a || opcode == 0x1b ||
                    opcode == 0x27 || opcode == 0x37 || opcode == 0x3f || opcode == 0x3c ||
                    opcode == 0x34 ||
                    (opcode == 0 && (function == 0x14 || function == 0x16 || function == 0x17 ||
                                     (function >= 0x1c && function <= 0x1f) ||
                                     (function >= 0x2c && function <= 0x2f) || function >= 0x38));
  if (wide) return {"64-bit instruction (MIPS III)", march};
  if (opcode == 0x1c || opcode == 0x1f || opcode == 0 || opcode == 1)
    return {"instruction of a later MIPS version, or a reserved encoding", march};
  return {"reserved encoding", "the program jumped into data, or its text is damaged"};
}

// A conditional trap whose condition held; compilers give the code of break.
Explanation explain_trap(uint32_t word) {
  const bool has_code = word >> 26 == 0;
  const uint32_t code = has_code ? word >> 6 & 0x3ff : 0;
  if (code == 7)
    return {"trap 7: division by zero",
            "the compiler's check for a zero divisor failed in the guest"};
  if (code == 6)
    return {"trap 6: integer overflow", "the compiler's overflow check failed in the guest"};
  return {format_text("conditional trap with code 0x%x", code),
          "the guest stopped itself: __builtin_trap() or an assertion"};
}

Explanation explain_break(uint32_t word) {
  switch (word >> 16 & 0x3ff) {
    case 6:
      return {"break 6: integer overflow", "the compiler's overflow check failed in the guest"};
    case 7:
      return {"break 7: division by zero",
              "the compiler's check for a zero divisor failed in the guest"};
    default:
      return {format_text("break with code 0x%x", word >> 6 & 0xfffff),
              "the guest stopped itself: abort(), __builtin_trap() or an assertion"};
  }
}

std::optional<isa::Lowered> lowered(const isa::Program& program, uint32_t pc, uint32_t word) {
  return isa::lower(pc, word, {program.little_endian, program.trap_vector});
}

bool is_store(const isa::Program& program, uint32_t pc) {
  const auto word = image_word(program, pc);
  const auto instruction = word ? lowered(program, pc, *word) : std::nullopt;
  return instruction && isa::class_info(instruction->entry.cls).has(isa::kStores);
}

Explanation explain_missing(const isa::Program& program, uint32_t pc, bool is_public) {
  const auto word = image_word(program, pc);
  const std::string jumped =
      "a jump went astray: a null or damaged function pointer, a return address that was "
      "overwritten, or code that was written at run time, which the machine does not execute";
  if (!word) return {"jump to an address without code", jumped};
  if (!is_public) return {"jump into data", jumped};
  if (lowered(program, pc, *word)) return {"jump into a segment that is not executable", jumped};
  const auto decoded = isa::decode(*word);
  if (decoded && decoded->op == isa::Op::kBreak) return explain_break(*word);
  return explain_reserved(*word);
}

FaultKind kind_of_missing(const isa::Program& program, uint32_t pc, bool is_public) {
  const auto word = image_word(program, pc);
  if (!word || !is_public || lowered(program, pc, *word)) return FaultKind::kNoInstruction;
  const auto decoded = isa::decode(*word);
  return decoded && decoded->op == isa::Op::kBreak ? FaultKind::kBreak : FaultKind::kReserved;
}

Explanation explain(const isa::Program& program, FaultKind kind, uint32_t pc, bool is_public) {
  const char* access = is_store(program, pc) ? "store to" : "load from";
  switch (kind) {
    case FaultKind::kNullPage:
      return {format_text("%s the null pages (below 0x%x)", access, isa::kUserBase),
              "a null pointer, or $gp-relative code without $gp: compile with -G0"};
    case FaultKind::kUnmapped:
      return {format_text("%s an address that is not mapped", access),
              "the memory map is in docs/MACHINE.md: segments, zero RAM from the end of the last "
              "segment (next multiple of 4 KiB) to the stack top, and the windows; of the public "
              "input only the words that hold it are mapped"};
    case FaultKind::kReadOnly:
      return {"store to read-only memory",
              "text, constants and the input windows cannot be written; a writable copy is needed"};
    case FaultKind::kUnaligned:
      return {format_text("unaligned %s memory", is_store(program, pc) ? "store to" : "load from"),
              "words lie at multiples of 4, half words at multiples of 2, doubles at multiples of "
              "8: copy with memcpy, or declare the type packed"};
    case FaultKind::kOverflow:
      return {"signed overflow in a trapping addition or subtraction",
              "C compilers use addu and subu; code in another language checks overflow this way"};
    case FaultKind::kTrap:
      return explain_trap(image_word(program, pc).value_or(0));
    case FaultKind::kUnalignedJump:
      return {"jump to an address that is not a multiple of 4",
              "a damaged function pointer or return address, or MIPS16/microMIPS code"};
    case FaultKind::kHintsExhausted:
      return {"HINT_WORD without a word left", "the host gave fewer hint words than are asked for"};
    case FaultKind::kOutputLength:
      return {"the output's length word is larger than its window",
              format_text("at HALT the word at 0x%08x must hold the length in bytes, at most %u",
                          isa::kOutputBase, isa::kMaxWindowBytes)};
    case FaultKind::kOutputBeyondEnd:
      return {
          "an output word beyond the announced length was accessed",
          format_text("the length word at 0x%08x must cover every word of the output window that "
                      "was read or written",
                      isa::kOutputBase)};
    case FaultKind::kOutputPadding:
      return {"the output's last word has a non-zero byte after the announced length",
              "write zeros there, or announce the right length"};
    default:
      return explain_missing(program, pc, is_public);
  }
}

// Of the in-guest kernel's own accesses: their addresses come from the program.
Explanation explain_in_kernel(Explanation e, FaultKind kind, uint32_t pc) {
  const bool in_kernel = pc - isa::kKernelBase < isa::kKernelEnd - isa::kKernelBase;
  if (in_kernel && (kind == FaultKind::kNullPage || kind == FaultKind::kUnmapped ||
                    kind == FaultKind::kReadOnly || kind == FaultKind::kUnaligned))
    e.advice =
        "the program has given a system call an address where the kernel cannot read or write, "
        "as Linux would answer with EFAULT: check the pointer and the size";
  return e;
}

// Registers that the instruction names, without repetition.
std::vector<unsigned> registers_of(uint32_t word) {
  std::vector<unsigned> list;
  const auto i = isa::decode(word);
  if (!i) return list;
  const auto add = [&](unsigned r) {
    if (std::find(list.begin(), list.end(), r) == list.end()) list.push_back(r);
  };
  using isa::Format;
  switch (isa::op_info(i->op).format) {
    case Format::kThree:
    case Format::kShiftReg:
    case Format::kHiLo:
    case Format::kBranchEq:
    case Format::kMemory:
    case Format::kTrapReg:
      add(i->rs);
      add(i->rt);
      break;
    case Format::kShift:
    case Format::kByteOp:
      add(i->rt);
      break;
    case Format::kJumpReg:
    case Format::kJumpRegLink:
    case Format::kToHiLo:
    case Format::kBranchZero:
    case Format::kImmSigned:
    case Format::kImmLogic:
    case Format::kTrapImm:
    case Format::kCount:
    case Format::kBitField:
    case Format::kFpMemory:
      add(i->rs);
      break;
    default:
      break;
  }
  return list;
}

std::string register_list(const std::vector<unsigned>& list) {
  std::string text;
  for (unsigned r : list) text += std::string(text.empty() ? "$" : ", $") + isa::register_name(r);
  return text;
}

std::string all_values(const Processor& cpu) {
  std::string text;
  for (unsigned r = 0; r < 34; ++r)
    text +=
        format_text("%s = 0x%08x%c", isa::register_name(r), cpu.reg[r], r % 4 == 3 ? '\n' : ' ');
  text += format_text("\npc = 0x%08x npc = 0x%08x", cpu.op->pc, cpu.next->pc);
  return text;
}

constexpr const char* kHiddenPlace = "an address outside the program's code";

std::string place_or_hidden(const isa::Program& program, const Processor& cpu, uint32_t pc) {
  return is_public_pc(cpu, pc) ? place(program, pc) : kHiddenPlace;
}

void fill(FaultReport* report, const Processor& cpu, Errc code, FaultKind kind, std::string text) {
  if (report == nullptr) return;
  report->code = code;
  report->kind = kind;
  report->pc = report->want_values || is_public_pc(cpu, cpu.op->pc) ? cpu.op->pc : 0;
  report->cycle = cpu.cycles;
  report->text = std::move(text);
  report->values = report->want_values ? all_values(cpu) : std::string();
}

// Why the in-guest kernel, if it takes faults, did not take this one. No word of which address it
// was, which may be private.
std::string not_taken(const isa::Program& program, const Processor& cpu, FaultKind kind) {
  if (program.fault_vector == 0) return {};
  const bool is_instruction = cpu.op->handler != Handler::kMissing;
  if (is_instruction && cpu.op->pc >= isa::kKernelBase && kind < FaultKind::kHintsExhausted)
    return "\n  a fault of the in-guest kernel's own, which has no proof: most likely a system "
           "call "
           "got an address where nothing is";
  switch (kind) {
    case FaultKind::kUnmapped:
      return "\n  without proof, so the in-guest kernel does not take it: it is one of the "
             "kernel's "
             "own addresses, or lies in the window of the public input beyond the input";
    case FaultKind::kNoInstruction:
    case FaultKind::kBreak:
    case FaultKind::kReserved:
      return "\n  without proof, so the in-guest kernel does not take it: it is one of the "
             "kernel's "
             "own addresses, or the last word of the address space";
    default:
      return {};
  }
}

}  // namespace

std::string place(const isa::Program& program, uint32_t address) {
  const isa::Symbol* s = symbol_at(program, address);
  if (s == nullptr) return format_text("0x%08x", address);
  return format_text("0x%08x (%.100s+0x%x)", address, s->name.c_str(), address - s->address);
}

bool is_public_pc(const Processor& cpu, uint32_t pc) {
  return pc % 4 == 0 && cpu.code.leads_to(pc);
}

std::string place_of_pc(const isa::Program& program, const Processor& cpu) {
  return place_or_hidden(program, cpu, cpu.op->pc);
}

Error fault_error(const isa::Program& program, const Processor& cpu, FaultKind kind,
                  FaultReport* report) {
  const uint32_t pc = cpu.op->pc;
  const bool is_public = is_public_pc(cpu, pc);
  if (kind == FaultKind::kNoInstruction) kind = kind_of_missing(program, pc, is_public);
  const Explanation e = explain_in_kernel(explain(program, kind, pc, is_public), kind, pc);
  const auto word = image_word(program, pc);
  const std::string instruction = word ? isa::disassemble(pc, *word) : "no instruction";
  const std::string where =
      is_public ? place(program, pc) + ": " + instruction : std::string(kHiddenPlace);
  std::string text = e.cause + "\n  at " + where;
  if (cpu.next->pc != pc + 4)
    text += "\n  in the delay slot of a taken branch; next: " +
            place_or_hidden(program, cpu, cpu.next->pc);
  if (word && is_public) {
    const auto list = registers_of(*word);
    if (!list.empty()) text += "\n  registers: " + register_list(list);
  }
  // $ra is a code address unless the guest uses it for something else: show it only if it is one.
  if (const uint32_t ra = cpu.reg[31]; is_public_pc(cpu, ra))
    text += "\n  return address: " + place(program, ra);
  text += format_text("\n  after %llu instructions", static_cast<unsigned long long>(cpu.cycles));
  text += "\n  " + e.advice;
  text += not_taken(program, cpu, kind);
  fill(report, cpu, Errc::kFault, kind, std::move(text));
  const std::string message =
      is_public ? e.cause + " at " + where : e.cause + " (outside the program's code)";
  return Error(Errc::kFault, message.c_str());
}

Error cycle_limit_error(const isa::Program& program, Processor& cpu, uint64_t limit,
                        FaultReport* report) {
  const uint32_t stopped_at = cpu.op->pc;
  const uint64_t cycles = cpu.cycles;
  // The state is lost anyway: go on a little, silently, to see where the guest spends its time.
  constexpr unsigned kSamples = 20000;
  const Hooks* const hooks = cpu.hooks;
  cpu.hooks = nullptr;
  std::map<const isa::Symbol*, unsigned> per_symbol;
  uint32_t lowest = stopped_at, highest = stopped_at;
  const bool stopped_is_public = is_public_pc(cpu, stopped_at);
  const std::string stopped_place = place_of_pc(program, cpu);
  for (unsigned i = 0; i < kSamples && is_public_pc(cpu, cpu.op->pc); ++i) {
    lowest = std::min(lowest, cpu.op->pc);
    highest = std::max(highest, cpu.op->pc);
    ++per_symbol[symbol_at(program, cpu.op->pc)];
    if (execute(cpu, 1) != Stop::kSliceEnd) break;
  }
  cpu.hooks = hooks;
  cpu.cycles = cycles;
  const auto busiest =
      std::max_element(per_symbol.begin(), per_symbol.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  std::string text =
      format_text("cycle limit of %llu reached at ", (unsigned long long)limit) + stopped_place;
  if (stopped_is_public) {
    text += "; the guest is running between " + place(program, lowest) + " and " +
            place(program, highest);
  }
  if (busiest != per_symbol.end() && busiest->first != nullptr)
    text += ", mostly in " + busiest->first->name.substr(0, 100);
  const Error error(Errc::kCycleLimit, text.c_str());
  text += "\n  an endless loop, or the limit is too low for this input";
  fill(report, cpu, Errc::kCycleLimit, FaultKind::kNone, std::move(text));
  if (report != nullptr) report->pc = report->want_values || stopped_is_public ? stopped_at : 0;
  return error;
}

Error shard_limit_error(const isa::Program& program, const Processor& cpu, uint64_t limit,
                        FaultReport* report) {
  const std::string text =
      format_text("the run is longer than the %llu instructions that one proof holds; at ",
                  static_cast<unsigned long long>(limit)) +
      place_of_pc(program, cpu);
  fill(report, cpu, Errc::kUnprovable, FaultKind::kNone, text);
  return Error(Errc::kUnprovable, text.c_str());
}

Error memory_limit_error(const isa::Program& program, const Processor& cpu, uint64_t limit,
                         FaultReport* report) {
  std::string text =
      format_text("memory limit of %llu bytes reached at ", (unsigned long long)limit) +
      place_of_pc(program, cpu);
  const Error error(Errc::kMemoryLimit, text.c_str());
  text += format_text("\n  every page of %u bytes that the guest touches counts", kPageBytes);
  fill(report, cpu, Errc::kMemoryLimit, FaultKind::kNone, std::move(text));
  return error;
}

Error watch_error(const isa::Program& program, const Processor& cpu, const Error& cause,
                  FaultReport* report) {
  if (cause.code == Errc::kCancelled) return cancelled_error(program, cpu, report);
  std::string text = cause.message;
  if (cpu.cycles != 0)
    text += format_text("\n  after %llu instructions, at ",
                        static_cast<unsigned long long>(cpu.cycles)) +
            place_of_pc(program, cpu);
  fill(report, cpu, cause.code, FaultKind::kNone, std::move(text));
  return cause;
}

Error cancelled_error(const isa::Program& program, const Processor& cpu, FaultReport* report) {
  const std::string text = "cancelled at " + place_of_pc(program, cpu);
  fill(report, cpu, Errc::kCancelled, FaultKind::kNone, text);
  return Error(Errc::kCancelled, text.c_str());
}

}  // namespace mipzk::vm
