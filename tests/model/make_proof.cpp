// SPDX-License-Identifier: Apache-2.0
// Writes proofs of guests for the second verifier: make_proof FOLDER GUEST_FOLDER makes NAME.proof,
// NAME.id (program id, hex), NAME.elf and NAME.security (bits of every round as lib/proof counts
// them).
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "elf/load.hpp"
#include "kernel/kernel.hpp"
#include "proof/security.hpp"
#include "prove/prove.hpp"
#include "unit/vm/faulty_guest.hpp"

namespace mipzk {
namespace {

using Bytes = std::vector<uint8_t>;

struct Job {
  const char* name;
  const char* guest;
  const proof::Profile* profile;
  Bytes private_input, public_input;
  uint64_t shard_cycles = vm::kMaxShardCycles;
  uint32_t data_bytes = 0;  // of a segment that is added to the guest
};

void write_file(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

std::string security_text(ByteView proof) {
  Reader r(proof);
  proof::Statement statement;
  proof::Shape shape;
  proof::SecurityInput input;
  if (!proof::read_statement(r, statement)) return "unreadable";
  for (uint32_t shard = 1; shard <= statement.shards; ++shard) {
    if (!proof::read_shape(r, statement, shard, shape)) return "unreadable";
    input.add(shape);
    r.take(32);  // the pass-1 root
  }
  std::string text;
  auto line = [&](const std::string& name, double bits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%s %.9f\n", name.c_str(), bits);
    text += buffer;
  };
  for (proof::Regime regime : {proof::Regime::kUniqueDecoding, proof::Regime::kJohnson}) {
    const bool johnson = regime == proof::Regime::kJohnson;
    const proof::Security s = proof::security(*statement.profile, input, regime);
    const std::string name = johnson ? "johnson " : "unique ";
    line(name + "lookup", s.lookup);
    line(name + "constraints", s.constraints);
    line(name + "deep", s.deep);
    line(name + "batch", s.batch);
    for (unsigned i = 0; i < s.folds; ++i) line(name + "fold " + std::to_string(i + 1), s.fold[i]);
    line(name + "query", s.query);
    line(name + "hash", s.hash);
    if (johnson) line("m", s.multiplicity);
  }
  return text;
}

// A program with faults that its kernel takes, if the job names no guest; it has no ELF file.
Result<isa::Program> program_of(const Job& job, const Bytes& elf) {
  if (job.guest == nullptr) return test::faulty_guest(1).program();
  auto image = elf::load(elf);
  if (!image) return image.error();
  if (job.data_bytes != 0) {
    isa::Segment& data = image->segments.emplace_back();
    data.address = 0x20000000;
    data.readable = data.writable = true;
    data.bytes.assign(job.data_bytes, 1);
    data.memory_size = job.data_bytes;
  }
  if (kernel::wanted(*image))
    if (Status s = kernel::attach(*image); !s) return s.error();
  return isa::build_program(*image);
}

bool make(Pool& pool, const std::string& folder, const std::string& guests, const Job& job) {
  Bytes elf;
  if (job.guest != nullptr) {
    std::ifstream in(guests + "/" + job.guest + ".elf", std::ios::binary);
    elf.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto fail = [&](const Error& e) {
    std::fprintf(stderr, "make_proof: %s: %s\n", job.name, e.message);
    return false;
  };
  auto built = program_of(job, elf);
  if (!built) return fail(built.error());
  auto program = prove::load_program(pool, std::move(*built));
  if (!program) return fail(program.error());
  auto recording =
      vm::record(program->program, {job.private_input, job.public_input, {}},
                 {.max_shard_cycles = job.shard_cycles, .max_shards = proof::kMaxShards});
  if (!recording) return fail(recording.error());
  prove::Options options;
  options.profile = job.profile;
  auto proof = prove::prove(pool, *program, job.public_input, *recording, options);
  if (!proof) return fail(proof.error());

  const std::string path = folder + "/" + job.name;
  write_file(path + ".proof", *proof);
  if (!elf.empty() && job.data_bytes == 0) write_file(path + ".elf", elf);
  std::string id;
  for (uint8_t b : program->id) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", b);
    id += hex;
  }
  std::ofstream(path + ".id") << id;
  std::ofstream(path + ".security") << security_text(*proof);
  return true;
}

}  // namespace
}  // namespace mipzk

int main(int argc, char** argv) {
  using namespace mipzk;
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_proof FOLDER GUEST_FOLDER\n");
    return 2;
  }
  const Job jobs[] = {
      {"exit_code_s100", "exit_code", &proof::kS100, {0, 0x80, 0, 0, 1}, {}},
      {"echo_c100", "echo", &proof::kC100, {1, 2, 3}, Bytes(100, 7)},
      {"all_insns_s100", "all_insns", &proof::kS100, {}, {}},
      {"echo_s128", "echo", &proof::kS128, {1}, {2}},
      {"exit_code_c128", "exit_code", &proof::kC128, {0, 0x80, 0, 0, 1}, {}},
      {"shards_s100", "echo", &proof::kS100, {1, 2, 3}, {4, 5}, 300},
      {"shards_c100", "exit_code", &proof::kC100, {0, 0x80, 0, 0, 1}, {}, 60},
      // The program's tree is higher than all others of the first shard.
      {"lifted_s100", "echo", &proof::kS100, {1}, {2}, vm::kMaxShardCycles, 400'000},
      {"faults_s100", nullptr, &proof::kS100, {}, {}},
      {"faults_shards_s100", nullptr, &proof::kS100, {}, {}, 150},
      {"crash_s100", "crash", &proof::kS100, {}, {}},
  };
  Pool pool(2);
  for (const Job& job : jobs)
    if (!make(pool, argv[1], argv[2], job)) return 1;
  return 0;
}
