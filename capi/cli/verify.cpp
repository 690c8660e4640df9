// SPDX-License-Identifier: Apache-2.0
// mipzk verify: checks a proof, and what it claims against what the caller expects.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "inputs.hpp"
#include "paths.hpp"
#include "session.hpp"

namespace mipzk::cli {
namespace {

void read_id(const std::string& text, uint8_t id[32]) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  bool good = text.size() == 64;
  for (size_t i = 0; good && i < 32; ++i) {
    const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
    good = high >= 0 && low >= 0;
    id[i] = static_cast<uint8_t>(high << 4 | low);
  }
  if (!good)
    throw Failure(kExitUsage, "--program-id wants 64 hexadecimal digits",
                  "`mipzk inspect PROGRAM.elf` shows the id");
}

// Reads a proof for mipzk_ctx_verify_stream; what reading throws waits for its end.
struct ProofReader {
  explicit ProofReader(const std::string& path) : file(path, "proof") {}

  FileReader file;
  uint64_t size = 0;  // read so far
  std::exception_ptr failure;

  static int64_t read(void* user, uint8_t* out, size_t size) {
    auto& self = *static_cast<ProofReader*>(user);
    return keeping_failure(self.failure, int64_t{-1}, [&] {
      const size_t n = self.file.read_some(out, size);
      self.size += n;
      return static_cast<int64_t>(n);
    });
  }
};

void expect_bytes(const uint8_t* front, const mipzk_range& range, const Options& options,
                  const char* option, const char* what, int exit_code) {
  if (!options.has(option)) return;
  const Bytes expected = read_file(options.text(option), what, kExpectedLimit);
  const uint8_t* claimed = front + range.offset;
  if (expected.size() == range.size &&
      (range.size == 0 || std::memcmp(expected.data(), claimed, range.size) == 0))
    return;
  throw Failure(exit_code,
                fmt::format("the proof is valid, but its {} is not the expected one", what),
                "`mipzk inspect` shows what the proof claims");
}

}  // namespace

int verify_command(const Args& args) {
  Options options(
      "mipzk verify [options] PROOF (--program-id HEX | --elf FILE)",
      "Verifies a proof. Success means: the given program, run on the public input in the\n"
      "proof and some private input, ends with exit code 0 (or the expected one) and the\n"
      "output in the proof. Compare input and output with what you expect, here or yourself:\n"
      "with the options that `mipzk prove` takes for public inputs, what is not said must not\n"
      "be there either.",
      "proof");
  options.visible().add_options()("program-id", value("HEX"), "id of the program that you trust")(
      "elf", value("FILE"), "the program itself, in place of its id")(
      "public", value("FILE"), "fail unless this is the public input, or a Linux program's stream");
  add_public_input_options(options);
  options.visible().add_options()("expect-public-input", value("FILE"),
                                  "fail unless the bytes of the public input are these")(
      "expect-output", value("FILE"), "fail unless the output is this")(
      "expect-exit-code", value("N"), "fail unless the exit code is this (default 0)")(
      "any-exit-code", "accept every exit code: look at it yourself")(
      "min-security", value("N"), "least provable security in bits (default 100)")(
      "max-proof-bytes", value("N"), "longest proof to look at (default 8G)")(
      "max-shards", value("N"), "most shards to accept (default 4096)")(
      "max-cycles", value("N"), "longest run to accept (default 4G)")(
      "threads", value("N"), "threads to use (default: all)")(
      "allow-no-hiding", "accept a proof that does not hide its private input");
  if (!options.parse(args)) return kExitOk;
  const std::string proof_path = options.required("proof");
  if (options.has("expect-exit-code") && options.has("any-exit-code"))
    throw Failure(kExitUsage, "--expect-exit-code and --any-exit-code contradict each other");
  if (options.has("program-id") == options.has("elf"))
    throw Failure(kExitUsage, "say which program the proof must be about: --program-id or --elf",
                  "never take the id from the proof itself");
  if (options.has("expect-public-input") && expects_public_input(options))
    throw Failure(kExitUsage,
                  "--expect-public-input says all of the public input: it does not go "
                  "together with --public, --arg, --env, --public-file and --clock");
  check_files(options, {"proof", "elf", "public", "expect-public-input", "expect-output"}, {});
  Context ctx;
  ctx.set(MIPZK_OPT_THREADS, options.number("threads"));
  uint8_t id[32];
  if (options.has("elf")) {
    std::ranges::copy(program_id(load_program(ctx, options.text("elf")).get()), id);
  } else {
    read_id(options.text("program-id"), id);
  }
  ProofReader proof(proof_path);
  proof.file.refuse_longer(proof_limit(options.number("max-proof-bytes")));

  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  const uint64_t bits = options.number("min-security");
  if (bits > 1000) throw Failure(kExitUsage, "--min-security wants a number of bits, e.g. 100");
  policy.min_security_bits = static_cast<uint32_t>(bits);
  policy.max_proof_bytes = options.number("max-proof-bytes");
  policy.max_cycles = options.number("max-cycles");
  const uint64_t shards = options.number("max-shards");
  if (shards > UINT32_MAX) throw Failure(kExitUsage, "--max-shards wants a number of 32 bits");
  policy.max_shards = static_cast<uint32_t>(shards);
  if (options.has("allow-no-hiding")) policy.flags |= MIPZK_VERIFY_ALLOW_NO_HIDING;
  if (options.has("any-exit-code")) policy.flags |= MIPZK_VERIFY_ANY_EXIT_CODE;
  policy.exit_code = expected_exit_code(options);
  mipzk_claim claim = {};
  claim.struct_size = sizeof claim;
  mipzk_error err;
  const double start = now();
  mipzk_blob* blob = nullptr;
  const mipzk_status status = mipzk_ctx_verify_stream(ctx.get(), id, ProofReader::read, &proof,
                                                      &policy, &blob, &claim, &err);
  const double seconds = now() - start;
  const Handle<mipzk_blob> owner(blob);
  if (proof.failure) std::rethrow_exception(proof.failure);
  if (status == MIPZK_E_EXIT_CODE)
    throw Failure(kExitExitCode,
                  fmt::format("the proof is valid, but the program ended with exit code {}, not {}",
                              claim.exit_code, policy.exit_code),
                  fmt::format("if that is what you want, say --expect-exit-code {} or "
                              "--any-exit-code",
                              claim.exit_code),
                  "", mipzk_status_name(status));
  check(status, err, quoted(proof_path) + " is not accepted");

  const uint8_t* front = mipzk_blob_data(blob);
  expect_bytes(front, claim.public_input, options, "expect-public-input", "public input",
               kExitPublicInput);
  if (expects_public_input(options) &&
      !is_expected_public_input(options, (claim.flags & MIPZK_PROOF_LINUX) != 0,
                                front + claim.public_input.offset, claim.public_input.size))
    throw Failure(kExitPublicInput,
                  "the proof is valid, but its public input is not the expected one",
                  "`mipzk inspect` shows what the proof claims");
  expect_bytes(front, claim.output, options, "expect-output", "output", kExitOutput);

  Facts facts;
  facts.add("valid", true);
  facts.add("program_id", hex(id, sizeof id));
  facts.add("exit_code", uint64_t{claim.exit_code});
  facts.add_bytes("public_input", front + claim.public_input.offset, claim.public_input.size);
  facts.add_bytes("output", front + claim.output.offset, claim.output.size);
  facts.add("security_bits", uint64_t{claim.security_bits});
  add_hiding(facts, claim.flags);
  facts.add("proof_bytes", proof.size);
  if (claim.shards != 1) facts.add("shards", uint64_t{claim.shards});
  facts.add("verification_seconds", seconds, "{:.4f}");
  show(options, facts);
  return kExitOk;
}

}  // namespace mipzk::cli
