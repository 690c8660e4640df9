// SPDX-License-Identifier: Apache-2.0
// mipzk inspect: what a program or a proof is. mipzk id: a program's id. mipzk security: parameter
// sets, and a proof's bits.
#include <fmt/format.h>

#include "paths.hpp"
#include "session.hpp"
#include "shapes.hpp"

namespace mipzk::cli {
namespace {

void inspect_program(const mipzk_program* program, bool symbols, Facts& facts) {
  mipzk_program_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  check(mipzk_program_inspect(program, &info, &err), err, "the program");
  const auto id = program_id(program);
  facts.add("kind", std::string("program"));
  facts.add("program_id", hex(id.data(), id.size()));
  facts.add("entry", fmt::format("{:#010x}", info.entry));
  facts.add("elf_flags", fmt::format("{:#010x}", info.elf_flags));
  facts.add("instructions", info.instructions);
  facts.add("image_words", info.image_words);
  facts.add("symbols", info.symbols);
  std::string list = "[";
  for (uint32_t i = 0; i < info.segments; ++i) {
    mipzk_segment s = {};
    s.struct_size = sizeof s;
    check(mipzk_program_segment(program, i, &s, &err), err, "a segment");
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
    const char* name = mipzk_program_symbol(program, i, &address, &size);
    facts.say(fmt::format("{:#010x} {:6} {}", address, size, name));
    list += fmt::format("{}{{\"address\": {}, \"size\": {}, \"name\": {}}}", i == 0 ? "" : ", ",
                        address, size, json_string(name));
  }
  facts.add_json("symbol_table", list + "]");
}

mipzk_proof_info proof_info(const View& proof, const std::string& path) {
  mipzk_proof_info info = {};
  info.struct_size = sizeof info;
  mipzk_error err;
  check(mipzk_proof_inspect(proof.data(), proof.size(), &info, &err), err,
        "cannot inspect " + quoted(path));
  return info;
}

std::vector<uint8_t> proof_shape(const View& proof, const std::string& path) {
  const mipzk_proof_info info = proof_info(proof, path);
  std::vector<uint8_t> shape(4 * size_t{info.shards} + 2 * size_t{info.tables});
  size_t size = 0;
  mipzk_error err;
  check(mipzk_proof_shape(proof.data(), proof.size(), shape.data(), shape.size(), &size, &err), err,
        "cannot inspect " + quoted(path));
  return shape;
}

void inspect_proof(const View& proof, const std::string& path, Facts& facts) {
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
  facts.add("shards", uint64_t{info.shards});
  facts.add("tables", uint64_t{info.tables});
  facts.add("log_height", uint64_t{info.log_height});
  facts.add("proof_bytes", uint64_t{proof.size()});
  facts.add("profile", std::string(info.profile_name));
  facts.add("security_bits", uint64_t{info.security_bits});
  add_hiding(facts, info.flags);
  facts.say("note: these are claims; `mipzk verify` checks them");
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
}

// The bits of every round in both regimes, side by side.
void rounds(const View& proof, const std::string& path, Facts& facts) {
  mipzk_security bits[2] = {};
  mipzk_error err;
  for (uint32_t regime : {MIPZK_REGIME_UNIQUE, MIPZK_REGIME_JOHNSON}) {
    bits[regime].struct_size = sizeof bits[regime];
    check(mipzk_proof_security(proof.data(), proof.size(), regime, &bits[regime], &err), err,
          "cannot inspect " + quoted(path));
  }
  std::string json[2];
  facts.say(fmt::format("{:<12} {:>15} {:>15}", "round", "unique decoding",
                        fmt::format("Johnson, m={}", bits[1].multiplicity)));
  const auto row = [&](const std::string& name, uint32_t unique, uint32_t johnson) {
    facts.say(fmt::format("{:<12} {:15.3f} {:15.3f}", name, unique / 1000.0, johnson / 1000.0));
    json[0] += fmt::format(", {}: {:.3f}", json_string(name), unique / 1000.0);
    json[1] += fmt::format(", {}: {:.3f}", json_string(name), johnson / 1000.0);
  };
  row("lookup", bits[0].millibits_lookup, bits[1].millibits_lookup);
  row("constraints", bits[0].millibits_constraints, bits[1].millibits_constraints);
  row("deep", bits[0].millibits_deep, bits[1].millibits_deep);
  row("batch", bits[0].millibits_batch, bits[1].millibits_batch);
  for (uint32_t i = 0; i < bits[0].folds; ++i)
    row(fmt::format("fold {}", i + 1), bits[0].millibits_fold[i], bits[1].millibits_fold[i]);
  row("query", bits[0].millibits_query, bits[1].millibits_query);
  row("hash", bits[0].millibits_hash, bits[1].millibits_hash);
  row("total", bits[0].millibits_total, bits[1].millibits_total);
  facts.add_json("unique_decoding", "{\"multiplicity\": 0" + json[0] + "}");
  facts.add_json("johnson",
                 fmt::format("{{\"multiplicity\": {}{}}}", bits[1].multiplicity, json[1]));
  facts.say(
      "Both bounds are proven; the greater total is the security of the proof, if it is valid.");
}

}  // namespace

int id_command(const Args& args) {
  Options options(
      "mipzk id [options] PROGRAM",
      "Prints the id of a program (ELF): what `mipzk verify --program-id` takes, and what\n"
      "whoever verifies must know in advance.",
      "file");
  if (!options.parse(args)) return kExitOk;
  Context ctx;
  const auto id = program_id(load_program(ctx, options.required("file")).get());
  Facts facts;
  facts.add_json("program_id", json_string(hex(id.data(), id.size())));
  facts.say(hex(id.data(), id.size()));
  show(options, facts);
  return kExitOk;
}

int inspect_command(const Args& args) {
  Options options("mipzk inspect [options] FILE",
                  "Shows what a program (ELF) or a proof is. A proof is not verified.", "file");
  options.visible().add_options()("symbols", "list a program's symbols")(
      "shape", value("FILE"),
      "write the shape of a proof (its shards, and the heights of their tables), or the\n"
      "least one of a program, for `mipzk prove --shape`; of a shape that the file has\n"
      "already, the higher tables and all shards are kept");
  add_shape_options(options, "shape");
  if (!options.parse(args)) return kExitOk;
  const std::string path = options.required("file");
  check_shape_options(options, "shape");
  check_files(options, {"file"}, {"shape"});
  check_writable(options.text("shape"), "shape");
  FileReader file(path, "file");
  const bool is_program = file.starts_with("\177ELF");
  Facts facts;
  if (is_program) {
    Context ctx;
    const auto program = load_program(ctx, file.read(kProgramLimit), path);
    inspect_program(program.get(), options.has("symbols"), facts);
    size_t size = 0;
    const uint8_t* shape = mipzk_program_shape(program.get(), &size);
    if (options.has("shape")) write_shape(shape, size, path, options, "shape");
  } else {
    View proof;
    file.view(kProofLimit, kPipedProofLimit, proof);
    inspect_proof(proof, path, facts);
    if (options.has("shape")) {
      const std::vector<uint8_t> shape = proof_shape(proof, path);
      write_shape(shape.data(), shape.size(), path, options, "shape");
    }
  }
  show(options, facts, options.text("shape") == "-");
  return kExitOk;
}

int security_command(const Args& args) {
  Options options(
      "mipzk security [options] [PROOF]",
      "Without a proof: the parameter sets. With one: the provable security of each round\n"
      "in bits for its parameters and shape, under both bounds, provided that it verifies.",
      "proof");
  if (!options.parse(args)) return kExitOk;
  Facts facts;
  if (!options.has("proof")) {
    profiles(facts);
  } else {
    const std::string path = options.text("proof");
    check_files(options, {"proof"}, {});
    View proof;
    FileReader(path, "proof").view(kProofLimit, kPipedProofLimit, proof);
    facts.add("profile", std::string(proof_info(proof, path).profile_name));
    rounds(proof, path, facts);
  }
  show(options, facts);
  return kExitOk;
}

}  // namespace mipzk::cli
