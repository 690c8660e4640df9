// mipzk inspect: what a program or a proof is. mipzk security: parameter sets, and a proof's bits.
#include <fmt/format.h>

#include <cstring>

#include "session.hpp"

namespace mipzk::cli {
namespace {

void inspect_program(const std::string& path, bool symbols, Facts& facts) {
  Context ctx;
  const auto program = load_program(ctx, path);
  mipzk_program_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  check(mipzk_program_inspect(program.get(), &info, &err), err, "the program");
  uint8_t id[32];
  mipzk_program_id(program.get(), id);
  facts.add("kind", std::string("program"));
  facts.add("program_id", hex(id, sizeof id));
  facts.add("entry", fmt::format("{:#010x}", info.entry));
  facts.add("elf_flags", fmt::format("{:#010x}", info.elf_flags));
  facts.add("instructions", info.instructions);
  facts.add("image_words", info.image_words);
  facts.add("symbols", info.symbols);
  std::string list = "[";
  for (uint32_t i = 0; i < info.segments; ++i) {
    mipzk_segment s = {};
    s.struct_size = sizeof s;
    check(mipzk_program_segment(program.get(), i, &s, &err), err, "a segment");
    const std::string flags = std::string(s.flags & 4 ? "r" : "-") + (s.flags & 2 ? "w" : "-") +
                              (s.flags & 1 ? "x" : "-");
    facts.say(fmt::format("segment {}: {:#010x} .. {:#010x} {} ({} bytes, {} with initial content)",
                          i, s.address, uint64_t{s.address} + s.memory_size, flags, s.memory_size,
                          s.file_size));
    list +=
        fmt::format("{}{{\"address\": {}, \"memory_size\": {}, \"file_size\": {}, \"flags\": {}}}",
                    i == 0 ? "" : ", ", s.address, s.memory_size, s.file_size, json_string(flags));
  }
  facts.add_json("segments", list + "]");
  if (!symbols) return;
  list = "[";
  for (uint64_t i = 0; i < info.symbols; ++i) {
    uint32_t address = 0, size = 0;
    const char* name = mipzk_program_symbol(program.get(), i, &address, &size);
    facts.say(fmt::format("{:#010x} {:6} {}", address, size, name));
    list += fmt::format("{}{{\"address\": {}, \"size\": {}, \"name\": {}}}", i == 0 ? "" : ", ",
                        address, size, json_string(name));
  }
  facts.add_json("symbol_table", list + "]");
}

mipzk_proof_info proof_info(const Bytes& proof, const std::string& path) {
  mipzk_proof_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  check(mipzk_proof_inspect(proof.data(), proof.size(), &info, &err), err,
        "cannot inspect '" + path + "'");
  return info;
}

void inspect_proof(const Bytes& proof, const std::string& path, Facts& facts) {
  const mipzk_proof_info info = proof_info(proof, path);
  facts.add("kind", std::string("proof"));
  facts.add("verified", false);
  facts.add("format_version", uint64_t{info.format_version});
  facts.add("machine_version", uint64_t{info.machine_version});
  facts.add("program_id", hex(info.program_id, sizeof info.program_id));
  facts.add("entry", fmt::format("{:#010x}", info.entry));
  facts.add("exit_code", uint64_t{info.exit_code});
  facts.add_bytes("public_input", proof.data() + info.public_input.offset, info.public_input.size);
  facts.add_bytes("output", proof.data() + info.output.offset, info.output.size);
  facts.add("max_cycles", info.max_cycles);
  facts.add("tables", uint64_t{info.tables});
  facts.add("log_height", uint64_t{info.log_height});
  facts.add("proof_bytes", uint64_t{proof.size()});
  facts.add("profile", std::string(info.profile_name));
  facts.add("security_bits", uint64_t{info.security_bits});
  facts.add_json("hides_private_input", "false");
  facts.say("note: these are claims; `mipzk verify` checks them");
  facts.say(kPrivacyNote);
}

void profiles(Facts& facts) {
  std::string list = "[";
  facts.say("profile  bits  blowup  queries  grinding  bound");
  for (uint32_t i = 0; i < mipzk_profile_count(); ++i) {
    mipzk_profile p = {};
    p.struct_size = sizeof p;
    mipzk_error err;
    check(mipzk_profile_get(i, &p, &err), err, "a profile");
    const char* regime = p.regime == 1 ? "Johnson" : "unique decoding";
    facts.say(fmt::format("{:<8} {:4} {:7} {:8} {:9}  {}", p.name, p.target_bits, p.blowup,
                          p.queries, p.grinding_bits, regime));
    list += fmt::format(
        "{}{{\"id\": {}, \"name\": {}, \"target_bits\": {}, \"blowup\": {}, \"queries\": {}, "
        "\"grinding_bits\": {}, \"regime\": {}}}",
        i == 0 ? "" : ", ", p.id, json_string(p.name), p.target_bits, p.blowup, p.queries,
        p.grinding_bits, json_string(regime));
  }
  facts.add_json("profiles", list + "]");
  facts.say("The bits are provable: no unproven conjecture about proximity is used.");
  facts.say(kPrivacyNote);
}

}  // namespace

int inspect_command(const Args& args) {
  Options options(
      "mipzk inspect [options] FILE",
      "Shows what a program (ELF) or a proof is. A proof is not verified, and a proof of\n"
      "this version does not hide the private input yet.",
      "file");
  options.visible().add_options()("symbols", "list a program's symbols");
  if (!options.parse(args)) return kExitOk;
  const std::string path = options.required("file");
  const Bytes bytes = read_file(path, "file");
  Facts facts;
  if (bytes.size() >= 4 && std::memcmp(bytes.data(), "\177ELF", 4) == 0)
    inspect_program(path, options.has("symbols"), facts);
  else
    inspect_proof(bytes, path, facts);
  show(options, facts);
  return kExitOk;
}

int security_command(const Args& args) {
  Options options(
      "mipzk security [options] [PROOF]",
      "Without a proof: the parameter sets. With one: the provable security of each round\n"
      "for its parameters and shape, provided that it verifies.",
      "proof");
  if (!options.parse(args)) return kExitOk;
  Facts facts;
  if (!options.has("proof")) {
    profiles(facts);
  } else {
    const Bytes proof = read_file(options.text("proof"), "proof");
    const mipzk_proof_info info = proof_info(proof, options.text("proof"));
    const auto bits = [&](const char* key, uint32_t millibits) {
      facts.add(key, millibits / 1000.0, "{:.3f}");
    };
    facts.add("profile", std::string(info.profile_name));
    bits("lookup", info.millibits_lookup);
    bits("constraints", info.millibits_constraints);
    bits("deep", info.millibits_deep);
    bits("batch", info.millibits_batch);
    bits("fold", info.millibits_fold);
    bits("query", info.millibits_query);
    bits("hash", info.millibits_hash);
    bits("total", info.millibits_total);
  }
  show(options, facts);
  return kExitOk;
}

}  // namespace mipzk::cli
