// SPDX-License-Identifier: Apache-2.0
// Compiled with and without exceptions and RTTI, and with MIPZK_VERIFY_ONLY: mipzk.hpp needs
// nothing else, and every function of its templates can be made.
#include <mipzk/mipzk.hpp>

#ifdef MIPZK_VERIFY_ONLY
mipzk::Result<mipzk::Claim> use(const mipzk::ProgramId& id, mipzk::Bytes proof) {
  return mipzk::try_verify(id, proof, {.min_security_bits = 128});
}
#else
mipzk::Result<mipzk::Proof> use(mipzk::Bytes elf) {
  auto context = mipzk::Context::try_new();
  if (!context) return context.error();
  auto program = context->try_load(elf);
  if (!program) return program.error();
  auto job = context->try_job(*program);
  if (!job) return job.error();
  if (auto done = job->try_on_print([](mipzk::Bytes) {}); !done) return done.error();
  if (auto run = job->try_execute(); !run) return run.error();
  return job->try_prove();
}
#endif
