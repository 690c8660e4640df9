/* SPDX-License-Identifier: Apache-2.0 */
/* verify_only PROOF IDFILE [once]: accepts (0) or refuses (1) a proof with the verifier's archive alone, as
 * a firmware would. Then, unless `once` is given, it refuses the proof with each of a few thousand bits flipped, and every short
 * prefix: exit code 3 if one is accepted. */
#include <mipzk/mipzk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t proof[4u << 20], workspace[4u << 20], id[32];

static mipzk_status check(size_t size) {
  mipzk_claim claim;
  mipzk_status status;
  memset(&claim, 0, sizeof claim);
  claim.struct_size = sizeof claim;
  status = mipzk_verify(id, proof, size, NULL, workspace, sizeof workspace, &claim, NULL);
  if (status != MIPZK_OK && status != MIPZK_E_EXIT_CODE &&
      (claim.output.size != 0 || claim.exit_code != 0))
    exit(4);
  return status;
}

static size_t read_file(const char* path, uint8_t* out, size_t capacity) {
  FILE* file = fopen(path, "rb");
  size_t size = file != NULL ? fread(out, 1, capacity, file) : 0;
  if (file != NULL) fclose(file);
  return size;
}

int main(int argc, char** argv) {
  size_t size, i, refused = 0, step;
  if (argc < 3 || read_file(argv[2], id, sizeof id) != sizeof id) return 2;
  if (mipzk_verify_workspace_size(NULL) > sizeof workspace) return 2;
  size = read_file(argv[1], proof, sizeof proof);
  if (check(size) != MIPZK_OK) return 1;
  if (argc > 3) return 0;
  for (i = 0; i < 400 && i < size; i++, refused++)
    if (check(i) == MIPZK_OK) return 3;
  /* All of the front, then a sample of the rest. */
  for (i = 0, step = 1; i < size; i += step, refused++) {
    if (i == 400) step = size / 150 | 1;
    proof[i] ^= (uint8_t)(1u << i % 8);
    if (check(size) == MIPZK_OK) return 3;
    proof[i] ^= (uint8_t)(1u << i % 8);
  }
  printf("accepted; %lu changed copies refused\n", (unsigned long)refused);
  return check(size) == MIPZK_OK ? 0 : 1;
}
