/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a proof in pieces, on files:
 *   piece_step GUEST.elf plan PRIVATE SEED PLAN
 *   piece_step GUEST.elf work PRIVATE SEED PLAN SHARD OUT
 *   piece_step GUEST.elf commit WORK OUT
 *   piece_step GUEST.elf challenge PLAN HEADS OUT        HEADS: file names but for the number
 *   piece_step GUEST.elf prove WORK CHALLENGE OUT [WORK CHALLENGE OUT ...]
 *   piece_step GUEST.elf check PLAN CHALLENGE PIECE     CHALLENGE: - for none
 *   piece_step GUEST.elf assemble PLAN CHALLENGE PARTS OUT
 * PRIVATE is the private input; HINTS and SHAPE, if they are set, name files of these; SHARD_CELLS,
 * SHARD_CYCLES and THREADS are options. Ends with 0, or with 1 and "STATUS DETAIL MESSAGE" on
 * standard output. */
#include <mipzk/mipzk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t* data;
  size_t size;
} bytes;

static mipzk_error err;

static void fail(const char* what) {
  fprintf(stderr, "%s\n", what);
  exit(2);
}

static void check(mipzk_status status) {
  if (status == MIPZK_OK) return;
  printf("%s %u %s\n", mipzk_status_name(err.status), (unsigned)err.detail, err.message);
  exit(1);
}

static bytes read_file(const char* path) {
  bytes b = {NULL, 0};
  long end;
  FILE* file;
  if (strcmp(path, "-") == 0) return b;
  file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0) fail(path);
  rewind(file);
  b.size = (size_t)end;
  b.data = malloc(b.size + 1);
  if (b.data == NULL || fread(b.data, 1, b.size, file) != b.size) fail(path);
  fclose(file);
  return b;
}

static FILE* begin(const char* path, char* temporary, size_t size) {
  FILE* file;
  snprintf(temporary, size, "%s.new", path);
  file = fopen(temporary, "wb");
  if (file == NULL) fail(path);
  return file;
}

static int32_t append(void* file, const uint8_t* data, size_t size) {
  return fwrite(data, 1, size, file) != size;
}

/* Whole or not at all, as the process may be killed. */
static void save(mipzk_blob* blob, const char* path) {
  char temporary[4096];
  FILE* file = begin(path, temporary, sizeof temporary);
  if (append(file, mipzk_blob_data(blob), mipzk_blob_size(blob)) != 0 || fclose(file) != 0 ||
      rename(temporary, path) != 0)
    fail(path);
  mipzk_blob_free(blob);
}

static int32_t give(void* names, uint32_t shard, mipzk_write_fn take, void* user) {
  char path[4096];
  bytes b;
  int32_t result;
  snprintf(path, sizeof path, "%s%u", (const char*)names, (unsigned)shard);
  b = read_file(path);
  result = take(user, b.data, b.size / 2); /* in two pieces */
  if (result == 0) result = take(user, b.data + b.size / 2, b.size - b.size / 2);
  free(b.data);
  return result;
}

static void set(mipzk_ctx* ctx, mipzk_option option, const char* variable) {
  const char* value = getenv(variable);
  check(mipzk_ctx_set_u64(ctx, option, value ? strtoull(value, NULL, 10) : 0, &err));
}

int main(int argc, char** argv) {
  mipzk_ctx* ctx;
  mipzk_program* program;
  mipzk_job* job;
  mipzk_blob* out;
  bytes elf, a, b, c;
  const char *step, *hints = getenv("HINTS"), *shape = getenv("SHAPE");
  char** arg = argv + 3;
  const int args = argc - 3;
  if (argc < 4) fail("see the source");
  step = argv[2];
  elf = read_file(argv[1]);
  check(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err));
  set(ctx, MIPZK_OPT_THREADS, "THREADS");
  set(ctx, MIPZK_OPT_SHARD_CELLS, "SHARD_CELLS");
  set(ctx, MIPZK_OPT_SHARD_CYCLES, "SHARD_CYCLES");
  check(mipzk_program_load_elf(ctx, elf.data, elf.size, &program, &err));
  check(mipzk_ctx_hold_memory(ctx, 1, &err));
  if (strcmp(step, "plan") == 0 || strcmp(step, "work") == 0) {
    a = read_file(arg[0]);
    b = read_file(arg[1]);
    check(mipzk_job_new(ctx, program, &job, &err));
    check(mipzk_job_private_input(job, a.data, a.size, &err));
    if (hints != NULL) {
      c = read_file(hints);
      check(mipzk_job_hints(job, c.data, c.size, &err));
    }
    if (shape != NULL) {
      c = read_file(shape);
      check(mipzk_job_shape(job, c.data, c.size, &err));
    }
    if (b.size != 32) fail("a seed has 32 bytes");
    check(mipzk_job_seed(job, b.data, &err));
    if (strcmp(step, "plan") == 0) {
      check(mipzk_job_plan(job, 0, &out, &err));
      save(out, arg[2]);
    } else {
      int i;
      c = read_file(arg[2]);
      for (i = 3; i + 1 < args; i += 2) {
        const uint32_t shard = (uint32_t)strtoul(arg[i], NULL, 10);
        check(mipzk_job_work(job, c.data, c.size, shard, &out, &err));
        save(out, arg[i + 1]);
      }
    }
    mipzk_job_free(job);
  } else if (strcmp(step, "commit") == 0 && args % 2 == 0) {
    int i;
    for (i = 0; i < args; i += 2) {
      a = read_file(arg[i]);
      check(mipzk_work_commit(ctx, program, a.data, a.size, &out, &err));
      save(out, arg[i + 1]);
      free(a.data);
    }
  } else if (strcmp(step, "challenge") == 0 && args == 3) {
    a = read_file(arg[0]);
    check(mipzk_plan_challenge(ctx, program, a.data, a.size, give, arg[1], &out, &err));
    save(out, arg[2]);
  } else if (strcmp(step, "prove") == 0 && args % 3 == 0) {
    int i;
    for (i = 0; i < args; i += 3) {
      a = read_file(arg[i]);
      b = read_file(arg[i + 1]);
      check(mipzk_work_prove(ctx, program, a.data, a.size, b.data, b.size, &out, &err));
      save(out, arg[i + 2]);
      free(a.data);
      free(b.data);
    }
  } else if (strcmp(step, "check") == 0 && args == 3) {
    a = read_file(arg[0]);
    b = read_file(arg[1]);
    c = read_file(arg[2]);
    check(mipzk_piece_check(ctx, program, a.data, a.size, b.data, b.size, c.data, c.size, &err));
  } else if (strcmp(step, "assemble") == 0 && args == 4) {
    char temporary[4096];
    FILE* file = begin(arg[3], temporary, sizeof temporary);
    a = read_file(arg[0]);
    b = read_file(arg[1]);
    check(mipzk_plan_assemble(ctx, program, a.data, a.size, b.data, b.size, give, arg[2], append,
                              file, &err));
    if (fclose(file) != 0 || rename(temporary, arg[3]) != 0) fail(arg[3]);
  } else {
    fail("see the source");
  }
  mipzk_program_free(program);
  mipzk_ctx_free(ctx);
  return 0;
}
