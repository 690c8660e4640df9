/* SPDX-License-Identifier: Apache-2.0 */
/* A host program in C99: proves a run of a guest, verifies the proof, and prints what it states.
 *
 *   attest GUEST.elf [PRIVATE_FILE]
 *
 * A run that ends with another exit code than 0 has failed: there is nothing to attest.
 *
 *   cc attest.c $(pkg-config --cflags --libs mipzk) -o attest
 */
#include <mipzk/mipzk.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                                                  \
  do {                                                                             \
    if ((call) != MIPZK_OK) {                                                      \
      fprintf(stderr, "%s: %s\n", mipzk_status_name(err.status), err.message);     \
      goto done;                                                                   \
    }                                                                              \
  } while (0)

/* Called between the steps of a proof; anything but 0 would stop it. */
static int32_t on_progress(void* user, const mipzk_progress* p) {
  fprintf((FILE*)user, "%s: %lu of %lu\n", mipzk_phase_name(p->phase), (unsigned long)p->done,
          (unsigned long)p->total);
  return 0;
}

/* No program and no input of the machine is larger. */
#define MAX_FILE (1L << 30)

/* The whole file in memory that the caller frees; NULL if it cannot be read. */
static uint8_t* read_file(const char* path, size_t* size) {
  uint8_t* bytes = NULL;
  long end;
  FILE* file = fopen(path, "rb");
  *size = 0;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0 && end <= MAX_FILE &&
      fseek(file, 0, SEEK_SET) == 0) {
    bytes = malloc((size_t)end + 1);
    if (bytes != NULL) *size = fread(bytes, 1, (size_t)end, file);
  }
  fclose(file);
  return bytes;
}

int main(int argc, char** argv) {
  mipzk_error err;
  mipzk_ctx* ctx = NULL;
  mipzk_program* program = NULL;
  mipzk_job* job = NULL;
  mipzk_blob* proof = NULL;
  mipzk_claim claim = {0};
  uint8_t *elf = NULL, *secret = NULL, id[32];
  void* workspace = NULL;
  size_t elf_size = 0, secret_size = 0, workspace_size, i;
  uint64_t cycles = 0;
  uint32_t exit_code = 0;
  int result = 1;

  claim.struct_size = sizeof claim;
  if (argc < 2 || (elf = read_file(argv[1], &elf_size)) == NULL ||
      (argc > 2 && (secret = read_file(argv[2], &secret_size)) == NULL)) {
    fprintf(stderr, "usage: attest GUEST.elf [PRIVATE_FILE]\n");
    return 2;
  }

  /* Prove. */
  TRY(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err));
  TRY(mipzk_program_load_elf(ctx, elf, elf_size, &program, &err));
  mipzk_program_id(program, id);
  TRY(mipzk_job_new(ctx, program, &job, &err));
  TRY(mipzk_job_private_input(job, secret, secret_size, &err));
  TRY(mipzk_job_execute(job, &cycles, &exit_code, &err));
  if (exit_code != 0) {
    fprintf(stderr, "the guest ended with exit code %lu\n", (unsigned long)exit_code);
    goto done;
  }
  TRY(mipzk_job_prove(job, on_progress, stderr, &proof, &err));

  /* Verify: this half needs only the id of the program, which its user knows beforehand. Without a
   * policy, success includes exit code 0. */
  workspace_size = mipzk_verify_workspace_size(NULL);
  if ((workspace = malloc(workspace_size)) == NULL) goto done;
  TRY(mipzk_verify(id, mipzk_blob_data(proof), mipzk_blob_size(proof), NULL, workspace,
                   workspace_size, &claim, &err));
  printf("%lu cycles, %lu bytes of proof, output ", (unsigned long)cycles,
         (unsigned long)mipzk_blob_size(proof));
  for (i = 0; i < claim.output.size; i++)
    printf("%02x", mipzk_blob_data(proof)[claim.output.offset + i]);
  printf("\n");
  result = 0;

done:
  free(workspace);
  mipzk_blob_free(proof);
  mipzk_job_free(job);
  mipzk_program_free(program);
  mipzk_ctx_free(ctx);
  free(secret);
  free(elf);
  return result;
}
