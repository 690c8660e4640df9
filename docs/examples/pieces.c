/* SPDX-License-Identifier: Apache-2.0 */
/* A proof made in pieces (docs/UNITS.md), each of which could be made in another process.
 *   pieces GUEST.elf PRIVATE_FILE PROOF          proves in shards of 2^20 cells */
#include <mipzk/mipzk.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST 4096 /* shards */
static mipzk_error err;
static mipzk_blob *heads[MOST + 1], *parts[MOST + 1];

static void check(int ok, const char* what) {
  if (ok) return;
  fprintf(stderr, "%s: %s\n", what, err.message);
  exit(1);
}
static uint8_t* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  uint8_t* bytes = malloc(1 << 24);
  check(file != NULL && bytes != NULL, path);
  *size = fread(bytes, 1, 1 << 24, file);
  fclose(file);
  return bytes;
}
static int32_t give(void* of, uint32_t shard, mipzk_write_fn take, void* user) {
  const mipzk_blob* piece = ((mipzk_blob**)of)[shard];
  return take(user, mipzk_blob_data(piece), mipzk_blob_size(piece));
}
static int32_t append(void* file, const uint8_t* data, size_t size) {
  return fwrite(data, 1, size, file) != size;
}
#define BYTES(blob) mipzk_blob_data(blob), mipzk_blob_size(blob)
#define TRY(call) check((call) == MIPZK_OK, #call)

int main(int argc, char** argv) {
  mipzk_ctx* ctx;
  mipzk_program* program;
  mipzk_job* job;
  mipzk_blob *plan, *challenge, *work[MOST + 1];
  size_t elf_size, secret_size;
  uint32_t shards, i;
  check(argc == 4, "usage: pieces GUEST.elf PRIVATE_FILE PROOF");
  uint8_t *elf = read_file(argv[1], &elf_size), *secret = read_file(argv[2], &secret_size);
  TRY(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err));
  TRY(mipzk_ctx_set_u64(ctx, MIPZK_OPT_SHARD_CELLS, 1 << 20, &err));
  TRY(mipzk_program_load_elf(ctx, elf, elf_size, &program, &err));
  /* Whoever has the inputs makes the plan, and the work of each shard. */
  TRY(mipzk_job_new(ctx, program, &job, &err));
  TRY(mipzk_job_private_input(job, secret, secret_size, &err));
  TRY(mipzk_job_plan(job, 0, &plan, &err));
  TRY(mipzk_piece_inspect(BYTES(plan), NULL, NULL, &shards, &err));
  check(shards <= MOST, "too many shards for this example");
  for (i = 1; i <= shards; i++) TRY(mipzk_job_work(job, BYTES(plan), i, &work[i], &err));
  /* Workers commit to the shards, in any order; all heads make the challenge. */
  for (i = shards; i >= 1; i--)
    TRY(mipzk_work_commit(ctx, program, BYTES(work[i]), &heads[i], &err));
  TRY(mipzk_plan_challenge(ctx, program, BYTES(plan), give, heads, &challenge, &err));
  /* Workers prove the shards, in any order; what they send is checked. */
  for (i = shards; i >= 1; i--) {
    TRY(mipzk_work_prove(ctx, program, BYTES(work[i]), BYTES(challenge), &parts[i], &err));
    TRY(mipzk_piece_check(ctx, program, BYTES(plan), BYTES(challenge), BYTES(parts[i]), &err));
  }
  FILE* proof = fopen(argv[3], "wb");
  check(proof != NULL, argv[3]);
  TRY(mipzk_plan_assemble(ctx, program, BYTES(plan), BYTES(challenge), give, parts, append, proof,
                          &err));
  check(fclose(proof) == 0, argv[3]);
  printf("%u shards\n", (unsigned)shards);
  return 0; /* the system takes back what is left; a host frees and wipes */
}
