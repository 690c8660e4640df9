// SPDX-License-Identifier: Apache-2.0
// What the interpreter notes of the accesses of an instruction, before the instruction changes
// anything: those of its class (isa/classes.hpp), in the order of their times.
#pragma once

#include "vm/interpreter.hpp"

namespace mipzk::vm {

// The accesses of an instruction while recording: only their times.
struct TimeKeeper {
  Processor& cpu;
  uint32_t clk;

  static void keep(Cell* cell, uint32_t now) { cell->meta = (cell->meta & ~kTimeMask) | now; }
  void rs(const MicroOp* op) { cpu.reg_time[op->rs] = clk + 1; }
  void rt(const MicroOp* op) { cpu.reg_time[op->rt] = clk + 2; }
  void mem(Cell* cell, uint32_t, uint32_t, const Cell* = nullptr) { keep(cell, clk + 3); }
  void hi(unsigned r, uint32_t) { cpu.reg_time[r] = clk + 3; }
  void rd(unsigned r, uint32_t) { cpu.reg_time[r] = clk + 4; }
  void second_read(Cell* cell, uint32_t) { keep(cell, clk + 2); }
  void second_write(Cell* cell, uint32_t, uint32_t) { keep(cell, clk + 4); }
  void clear_link() { cpu.reg_time[isa::kLink] = clk + 3; }
};

// The same while replaying: all that an event holds. Accesses come in the order of their times,
// which is that of their bumps.
struct EventWriter {
  EventSink& sink;
  Processor& cpu;
  Event& e;

  [[gnu::always_inline]] uint32_t touch(unsigned r, uint32_t now) {
    const uint32_t old =
        sink.previous(kRegisterKeyBase + r, cpu.reg[r], true, cpu.reg_time[r], now);
    cpu.reg_time[r] = now;
    return old;
  }
  [[gnu::always_inline]] uint32_t touch(const Cell* cell, uint32_t address, uint32_t now) {
    return sink.previous(address / 4, cell->value, (cell->meta & kWritable) != 0,
                         cell->meta & kTimeMask, now);
  }
  [[gnu::always_inline]] void rs(const MicroOp* op) {
    e.rs = cpu.reg[op->rs];
    e.t_rs = touch(op->rs, e.clk + 1);
  }
  [[gnu::always_inline]] void rt(const MicroOp* op) {
    e.rt = cpu.reg[op->rt];
    e.t_rt = touch(op->rt, e.clk + 2);
  }
  // `second`: the other word of a load of two.
  [[gnu::always_inline]] void mem(const Cell* cell, uint32_t address, uint32_t value,
                                  const Cell* second = nullptr) {
    const uint32_t w = (cell->meta & kWritable) != 0;
    const uint32_t w2 = second != nullptr && (second->meta & kWritable) != 0;
    e.mem_addr = address;
    e.mem_old = cell->value;
    e.mem_new = value;
    e.mem_writable = w | w2 << 1;
    e.t_mem = touch(cell, address, e.clk + 3);
  }
  [[gnu::always_inline]] void hi(unsigned r, uint32_t value) {
    e.hi_old = cpu.reg[r];
    e.hi_new = value;
    e.t_hi = touch(r, e.clk + 3);
  }
  [[gnu::always_inline]] void rd(unsigned r, uint32_t value) {
    e.rd_old = cpu.reg[r];
    e.rd_new = value;
    e.t_rd = touch(r, e.clk + 4);
  }
  // The second word of a double in place of rt or rd.
  [[gnu::always_inline]] void second_read(const Cell* cell, uint32_t address) {
    e.rt = cell->value;
    e.t_rt = touch(cell, address, e.clk + 2);
  }
  [[gnu::always_inline]] void second_write(const Cell* cell, uint32_t address, uint32_t value) {
    e.rd_old = cell->value;
    e.rd_new = value;
    e.t_rd = touch(cell, address, e.clk + 4);
  }
  // LINK in place of memory.
  [[gnu::always_inline]] void clear_link() {
    e.mem_old = cpu.reg[isa::kLink];
    e.t_mem = touch(isa::kLink, e.clk + 3);
  }
};

// Accesses of events that make any number of them: in the order of their times, those of one time
// to different words. `address` is that of the word, `now` between clk + 1 and clk + 4.
inline void record_word(Recorder& recorder, Cell* cell, uint32_t now) {
  recorder.words->append(*cell);
  TimeKeeper::keep(cell, now);
}
// The same access in a replay, as a read; a write sets `after`.
inline WordAccess replay_word(EventSink& sink, uint32_t address, uint32_t now) {
  const Cell cell = sink.words.next();
  const bool writable = (cell.meta & kWritable) != 0;
  return {address / 4, cell.value, cell.value, writable,
          sink.previous(address / 4, cell.value, writable, cell.meta & kTimeMask, now)};
}

// What an instruction does, as far as its class makes the access.
struct Results {
  Cell* cell = nullptr;  // of the word at the address; that of the next word follows it
  uint32_t address = 0;
  uint32_t word = 0;    // afterwards
  uint32_t second = 0;  // to the second register (HI, LINK, ...); a register that is read has it
  uint32_t rd = 0;      // to rd, LO or the next word
};

// Gives the accesses of an instruction to a TimeKeeper or an EventWriter. The fields of Results one
// by one: gcc would store the struct.
template <isa::Class kClass, class Writer>
[[gnu::always_inline]] inline void note(Writer& w, const MicroOp* op, Cell* cell, uint32_t address,
                                        uint32_t word, uint32_t second, uint32_t rd) {
  using namespace isa;
  constexpr Accesses a = class_info(kClass).accesses;
  if constexpr ((a & kReadRs) != 0) w.rs(op);
  if constexpr ((a & kReadRt) != 0) w.rt(op);
  if constexpr ((a & kReadNextWord) != 0) w.second_read(cell + 1, address + 4);
  if constexpr ((a & (kLoads | kStores)) != 0)
    w.mem(cell, address, word, (a & kReadNextWord) != 0 ? cell + 1 : nullptr);
  if constexpr ((a & kClearLink) != 0) w.clear_link();
  if constexpr ((a & kWriteLink) != 0) w.hi(kLink, second);
  if constexpr ((a & kWriteHi) != 0) w.hi(kHi, second);
  if constexpr ((a & kWriteR27) != 0) w.hi(27, second);
  if constexpr ((a & (kWriteRegK0 | kWriteRegK1 | kWriteRegK2 | kReadRegK2)) != 0)
    w.hi(static_cast<unsigned>(op->target), second);
  if constexpr ((a & kWriteRd) != 0) w.rd(op->rd, rd);
  if constexpr ((a & kWriteLo) != 0) w.rd(kLo, rd);
  if constexpr ((a & kWriteNextWord) != 0) w.second_write(cell + 1, address + 4, rd);
  static_assert(kAccessKinds == 20, "a new kind of access is to be noted here");
}

}  // namespace mipzk::vm
