/* SPDX-License-Identifier: Apache-2.0 */
/* mipzk: run a MIPS program and prove that the run happened. The whole C interface; C99 and C++.
 *
 * PRIVACY: a proof tells the program, the public input, the output, the exit code and the heights
 * of its tables, which follow how often each kind of instruction ran unless mipzk_job_shape fixes
 * them. It hides the rest of the run (docs/ZK.md).
 *
 * Rules that hold for every function:
 *   - A call that can fail returns a mipzk_status: MIPZK_OK (0) or a negative code. Codes are never
 *     renumbered; treat one that you do not know as a failure.
 *   - `err` may be NULL. Otherwise it is set by every call: all zero on success, and on failure the
 *     status and a message in English for people (never private data).
 *   - On failure every out-parameter is NULL or 0 (but see MIPZK_E_EXIT_CODE).
 *   - What you pass in is copied; no pointer of yours is kept after a call returns, except the
 *     hooks (function and `user`) that you set for a job. What you get as `**out` is yours to
 *     free with the function of its type; a pointer that is returned belongs to the object named
 *     beside it.
 *   - A buffer of size 0 may have a NULL pointer. Every other NULL is refused with
 *     MIPZK_E_ARGUMENT, or ignored by functions that cannot fail.
 *   - `T *` must be used by one thread at a time, `const T *` may be shared. Different jobs of one
 *     context may be used at the same time. mipzk_ctx_cancel and mipzk_job_cancel, and the two that
 *     resume, may be called at any time from any thread, and from a signal handler. A call with a `T *` that another call is
 *     using is refused with MIPZK_E_STATE; freeing it is not checked.
 *   - Callbacks run on the thread that made the call (those of mipzk_job_keep on other threads of
 *     the call, too), never two at once, never after it returns.
 *     They must not use the handle whose call is under way (cancelling is allowed), throw, or
 *     longjmp.
 *   - Structs that begin with struct_size: set it to sizeof the struct, and the rest to zero,
 *     before each call. Structs grow at their end, and every size since the first version of a
 *     struct is accepted: what the caller's lacks is 0, or not written. What the library does not
 *     know of a larger one must be 0 where it is read (UNSUPPORTED otherwise) and is not written.
 *   - The library reads no environment, prints nothing, and never aborts on input. It reads no
 *     files but the system's accounts of memory; see MIPZK_OPT_MAX_MEMORY.
 */
#ifndef MIPZK_MIPZK_H_
#define MIPZK_MIPZK_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MIPZK_API
#elif defined(__GNUC__)
#define MIPZK_API __attribute__((visibility("default")))
#else
#define MIPZK_API
#endif

#ifdef __cplusplus
#define MIPZK_NOEXCEPT noexcept
extern "C" {
#else
#define MIPZK_NOEXCEPT
#endif

/* ---- Status ------------------------------------------------------------------------------------
 */

#define MIPZK_ABI_VERSION 1u

typedef int32_t mipzk_status;

#define MIPZK_OK 0
#define MIPZK_E_ARGUMENT (-1) /* an argument is invalid */
/* Out of memory or threads. err->detail: 0, or the MiB that the process needs to prove the run:
 * what MIPZK_OPT_MAX_MEMORY must be at least. */
#define MIPZK_E_NO_MEMORY (-2)
#define MIPZK_E_CANCELLED (-3)     /* stopped by mipzk_ctx_cancel, mipzk_job_cancel or a callback */
#define MIPZK_E_INTERNAL (-4)      /* a defect of this library: please report it */
#define MIPZK_E_UNSUPPORTED (-5)   /* valid, but this version cannot do it */
#define MIPZK_E_STATE (-6)         /* another call, or the one calling back, uses this object */
#define MIPZK_E_ELF (-10)          /* the program file cannot be loaded */
#define MIPZK_E_INPUT (-11)        /* an input does not fit the machine */
#define MIPZK_E_FAULT (-12)        /* the program did something that stops it; see job_fault_text */
#define MIPZK_E_CYCLE_LIMIT (-13)  /* the program ran longer than MIPZK_OPT_MAX_CYCLES */
#define MIPZK_E_MEMORY_LIMIT (-14) /* the program touched more than MIPZK_OPT_MAX_GUEST_MEMORY */
#define MIPZK_E_UNPROVABLE (-15)   /* the run, or the shape, is outside what a proof can hold */
#define MIPZK_E_MALFORMED (-20)    /* these bytes are not a proof */
#define MIPZK_E_POLICY (-21)       /* the proof is outside the verifier's policy */
#define MIPZK_E_REJECTED (-22)     /* the proof is wrong */
#define MIPZK_E_WRONG_PROGRAM (-23) /* the proof is about another program */
#define MIPZK_E_WORKSPACE (-24)     /* the workspace is too small; err->detail: bytes needed */
#define MIPZK_E_EXIT_CODE (-25)     /* the proof is valid, but the program ended with another exit
                                       code than the policy wants; the claim is set, and
                                       err->detail is its exit code */

/* 256 bytes, yours, without pointers. The message is NUL-terminated UTF-8. */
typedef struct mipzk_error {
  mipzk_status status;
  uint32_t detail; /* depends on the status; 0 unless said otherwise */
  char message[248];
} mipzk_error;

/* MIPZK_ABI_VERSION of the library that is running. Compare it with the header's. */
MIPZK_API uint32_t mipzk_abi_version(void) MIPZK_NOEXCEPT;
/* "0.1.0"; static. */
MIPZK_API const char* mipzk_version(void) MIPZK_NOEXCEPT;
/* "MIPZK_E_FAULT"; static, never NULL. */
MIPZK_API const char* mipzk_status_name(mipzk_status status) MIPZK_NOEXCEPT;
/* A constant of this header, as the library was compiled with it, by its name: "MIPZK_OPT_THREADS".
 * For bindings that do not read C. Errors: UNSUPPORTED for one that the library does not know,
 * ARGUMENT for NULL or another kind of name. */
MIPZK_API mipzk_status mipzk_constant(const char* name, int64_t* out_value) MIPZK_NOEXCEPT;

/* ---- Verifying: pure functions, no heap, no threads (libmipzk_verify.a has these alone) ---------
 */

/* Accept proofs made with MIPZK_OPT_NO_HIDING. Without this flag they are refused (POLICY). */
#define MIPZK_VERIFY_ALLOW_NO_HIDING 1u
/* Accept whatever exit code the program ended with: the caller looks at the claim. */
#define MIPZK_VERIFY_ANY_EXIT_CODE 2u

/* What the VERIFIER accepts. 0 in a field means its default. A NULL policy means all defaults:
 * among them that the program ended with exit code 0. */
typedef struct mipzk_verify_policy { /* 40 bytes, 32 in the first version */
  uint32_t struct_size;
  uint32_t min_security_bits; /* provable bits, default 100 */
  uint64_t max_proof_bytes;   /* default 8 GiB; verifying takes some 6 ms for each MB */
  uint64_t max_cycles;        /* bound on the length of the run, default 2^32 */
  uint32_t flags;             /* MIPZK_VERIFY_* */
  uint32_t exit_code;         /* that the program must have ended with, default 0 */
  uint32_t max_shards;        /* default 4096 */
  uint32_t reserved;
} mipzk_verify_policy;

/* `size` bytes from `offset` of the proof. */
typedef struct mipzk_range { /* 16 bytes */
  uint64_t offset, size;
} mipzk_range;

/* The proof was made with MIPZK_OPT_NO_HIDING: it may tell everything about the private input. */
#define MIPZK_PROOF_NO_HIDING 1u
/* The program is one for Linux: its public input is a list of entries (docs/LINUX.md), those of
 * mipzk_job_claimed_input. */
#define MIPZK_PROOF_LINUX 2u

/* What an accepted proof states: THIS program, run on this public input and some private input,
 * ended with this exit code and this output. The policy is about the exit code; comparing the rest
 * with what you expect is up to you. */
typedef struct mipzk_claim { /* 56 bytes, 40 in the first version */
  uint32_t struct_size;
  uint32_t exit_code;
  mipzk_range public_input, output;
  uint32_t shards;
  uint32_t security_bits; /* provable, rounded down */
  uint32_t flags;         /* MIPZK_PROOF_* */
  uint32_t reserved;
} mipzk_claim;

/* Bytes of workspace that any proof within the policy needs; 0 for an invalid policy. */
MIPZK_API size_t mipzk_verify_workspace_size(const mipzk_verify_policy* policy) MIPZK_NOEXCEPT;

/* MIPZK_OK only for a valid proof about the program with this id (32 bytes) within the policy, exit
 * code included; everything else is a refusal. The proof's bytes must not change during the call
 * (copy them first if somebody else can write to them), nor overlap the workspace. `workspace` is
 * yours, of any alignment, and may be reused; its contents do not matter. The program id must come
 * from a source that you trust, not from the proof. Errors: ARGUMENT, UNSUPPORTED, MALFORMED,
 * POLICY, REJECTED, WRONG_PROGRAM, WORKSPACE, EXIT_CODE. err->detail of MALFORMED and REJECTED: the
 * number of the shard, from 1, whose part is wrong, or 0. */
MIPZK_API mipzk_status mipzk_verify(const uint8_t* program_id, const uint8_t* proof,
                                    size_t proof_size, const mipzk_verify_policy* policy,
                                    void* workspace, size_t workspace_size, mipzk_claim* out_claim,
                                    mipzk_error* err) MIPZK_NOEXCEPT;

/* What a proof says about itself, NOT verified. */
typedef struct mipzk_proof_info { /* 152 bytes */
  uint32_t struct_size;
  uint32_t format_version;
  uint32_t profile_id;
  uint32_t exit_code;
  uint8_t program_id[32];
  char profile_name[16];
  mipzk_range public_input, output;
  mipzk_range shape; /* of the first shard; of all of them: mipzk_proof_shape */
  uint32_t machine_version;
  uint32_t entry; /* of the program, byte address */
  uint32_t shards;
  uint32_t tables;        /* table instances of all shards */
  uint32_t log_height;    /* log2 of the rows of the tallest */
  uint32_t security_bits; /* provable, rounded down; see mipzk_proof_security */
  uint64_t max_cycles;    /* the run is no longer than this */
  uint32_t flags;         /* MIPZK_PROOF_* */
  uint32_t reserved;
} mipzk_proof_info;

/* Needs the whole proof: one that is cut short is MALFORMED. Errors: ARGUMENT, MALFORMED,
 * UNSUPPORTED. */
MIPZK_API mipzk_status mipzk_proof_inspect(const uint8_t* proof, size_t proof_size,
                                           mipzk_proof_info* out_info,
                                           mipzk_error* err) MIPZK_NOEXCEPT;

/* Tables that a shard can have: its shape is 4 bytes and 2 for each. */
#define MIPZK_MAX_TABLES 160u
#define MIPZK_MAX_SHARDS 65535u /* that a proof can have */

/* Writes the shape of a proof, NOT verified, to `out`: those of all shards in order, for
 * mipzk_job_shape, or for a verifier to compare with the one that it expects. It has 4 bytes for
 * each shard and 2 for each table (mipzk_proof_info): *out_size. Errors: those of
 * mipzk_proof_inspect, and WORKSPACE if `capacity` is less; err->detail: bytes needed. */
MIPZK_API mipzk_status mipzk_proof_shape(const uint8_t* proof, size_t proof_size, uint8_t* out,
                                         size_t capacity, size_t* out_size,
                                         mipzk_error* err) MIPZK_NOEXCEPT;

#define MIPZK_REGIME_UNIQUE 0u  /* within the unique decoding radius */
#define MIPZK_REGIME_JOHNSON 1u /* within the Johnson radius */
#define MIPZK_MAX_FOLDS 8u

/* Provable security of each round of the protocol in thousandths of a bit, for the parameters and
 * the shape of a proof, provided that it is valid. The total is the least. Both regimes rest on
 * proven bounds (docs/SECURITY.md), so the greater total counts; a policy's min_security_bits is
 * about the regime of the proof's profile. */
typedef struct mipzk_security { /* 80 bytes */
  uint32_t struct_size;
  uint32_t regime;
  uint32_t multiplicity; /* parameter of the Johnson bound, 0 in the other regime */
  uint32_t millibits_lookup, millibits_constraints, millibits_deep, millibits_batch;
  uint32_t folds; /* number of FRI folds */
  uint32_t millibits_fold[MIPZK_MAX_FOLDS];
  uint32_t millibits_query, millibits_hash, millibits_total;
  uint32_t reserved;
} mipzk_security;

/* Errors: ARGUMENT (also for an unknown regime), MALFORMED, UNSUPPORTED. */
MIPZK_API mipzk_status mipzk_proof_security(const uint8_t* proof, size_t proof_size,
                                            uint32_t regime, mipzk_security* out_security,
                                            mipzk_error* err) MIPZK_NOEXCEPT;

/* A parameter set that proofs can be made with. */
typedef struct mipzk_profile { /* 48 bytes */
  uint32_t struct_size;
  uint32_t id; /* value for MIPZK_OPT_PROFILE */
  char name[16];
  uint32_t target_bits; /* provable security that it is meant for */
  uint32_t blowup, queries, grinding_bits;
  uint32_t regime; /* proven bound that it rests on: MIPZK_REGIME_* */
  uint32_t reserved;
} mipzk_profile;

/* Profiles are numbered from 0; the first is the default. */
MIPZK_API uint32_t mipzk_profile_count(void) MIPZK_NOEXCEPT;
MIPZK_API mipzk_status mipzk_profile_get(uint32_t index, mipzk_profile* out_profile,
                                         mipzk_error* err) MIPZK_NOEXCEPT;

#ifndef MIPZK_VERIFY_ONLY /* define it, and the use of anything below fails at compile time */

typedef struct mipzk_ctx mipzk_ctx;         /* options, threads, cancellation */
typedef struct mipzk_program mipzk_program; /* a loaded ELF file */
typedef struct mipzk_job mipzk_job;         /* one run of a program, and its proof */
typedef struct mipzk_blob mipzk_blob;       /* bytes */

/* Objects may be freed in any order: each keeps alive what it needs. Freeing NULL does nothing. */

/* ---- Context -----------------------------------------------------------------------------------
 */

typedef uint32_t mipzk_option;

/* 0 restores the default of any option. */
#define MIPZK_OPT_THREADS \
  1u /* threads to use, the caller's included; default: all of the machine */
#define MIPZK_OPT_MAX_GUEST_MEMORY 2u /* bytes that a PROGRAM may touch; default 1 GiB */
#define MIPZK_OPT_MAX_CYCLES 3u /* instructions that a program may run; default 2^32 */
#define MIPZK_OPT_PROFILE 4u    /* id of the parameter set of proofs */
/* 1: leave out all that hides the private input, for measurements and for proofs that nobody but
 * you sees. Such a proof says so, and verifiers refuse it unless asked. */
#define MIPZK_OPT_NO_HIDING 5u
/* Bytes of memory that the process may have while a run is proved and a mipzk_write_fn takes the
 * proof: what it has already, and what running and proving add. To stay below, fewer shards are
 * proved at the same time, and then smaller ones (MIPZK_OPT_SHARD_CELLS). A run for which even the
 * smallest take more is refused with NO_MEMORY before it is proved. UINT64_MAX: no bound.
 *
 * Default: half of what is available when a job begins to prove, beside what the process has; that
 * lowers the number of shards at the same time but never their size, since a proof shows it. For
 * this Linux's /proc/meminfo, /proc/self/statm, /proc/self/cgroup and the limits of the control
 * groups are read, and the process's limits (RLIMIT_AS, RLIMIT_DATA); for another value
 * /proc/self/statm alone. */
#define MIPZK_OPT_MAX_MEMORY 6u
/* Instructions that a shard has at most, 1024 to 2^26 - 1; default 2^26 - 1. Not for a run with a
 * fixed shape. */
#define MIPZK_OPT_SHARD_CYCLES 7u
/* Cells of the tables of a shard, 2^20 to 2^30: a longer run is cut into shards of about so many,
 * which are proved one by one, so that memory does not grow with the run. A shard takes about 16
 * bytes a cell while it is proved, and 1.5 to 2 MB of the proof. A fixed shape decides itself where
 * a run is cut. Default: 2^25, some 600,000 instructions. */
#define MIPZK_OPT_SHARD_CELLS 8u

MIPZK_API mipzk_status mipzk_ctx_new(uint32_t abi_version /* MIPZK_ABI_VERSION */, mipzk_ctx** out,
                                     mipzk_error* err) MIPZK_NOEXCEPT;
/* For programs and jobs that are made afterwards. UNSUPPORTED for an unknown option or profile. */
MIPZK_API mipzk_status mipzk_ctx_set_u64(mipzk_ctx* ctx, mipzk_option option, uint64_t value,
                                         mipzk_error* err) MIPZK_NOEXCEPT;
/* Every call that runs or proves for the context or one of its jobs, under way or begun later, ends
 * with MIPZK_E_CANCELLED, until mipzk_ctx_resume. Safe in signal handlers. */
MIPZK_API void mipzk_ctx_cancel(mipzk_ctx* ctx) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_ctx_resume(mipzk_ctx* ctx) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_ctx_free(mipzk_ctx* ctx) MIPZK_NOEXCEPT;

/* ---- Program -----------------------------------------------------------------------------------
 */

/* Errors: ARGUMENT, ELF, NO_MEMORY. For a Linux program this includes the in-guest kernel: entry,
 * segments, symbols, instructions and image_words count it. */
MIPZK_API mipzk_status mipzk_program_load_elf(mipzk_ctx* ctx, const uint8_t* elf, size_t size,
                                              mipzk_program** out, mipzk_error* err) MIPZK_NOEXCEPT;
/* The id commits to all code and initial data. It is what a verifier must know in advance. It is
 * made when it is first asked for, or by the first proof, in up to a second for large programs;
 * loading and running do not need it. Zeros, which are no program's id, when memory runs out. */
MIPZK_API void mipzk_program_id(const mipzk_program* program,
                                uint8_t* out_id /* 32 bytes */) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_program_free(mipzk_program* program) MIPZK_NOEXCEPT;

typedef struct mipzk_program_info { /* 40 bytes */
  uint32_t struct_size;
  uint32_t entry;     /* byte address */
  uint32_t elf_flags; /* e_flags */
  uint32_t segments;
  uint64_t symbols;
  uint64_t instructions; /* executable words that the machine knows */
  uint64_t image_words;  /* words with initial contents, registers included */
} mipzk_program_info;

typedef struct mipzk_segment { /* 24 bytes */
  uint32_t struct_size;
  uint32_t address;
  uint32_t memory_size; /* bytes; what lies beyond file_size is zero */
  uint32_t file_size;   /* bytes with initial content */
  uint32_t flags;       /* 4 readable, 2 writable, 1 executable */
  uint32_t reserved;
} mipzk_segment;

/* As loaded: for a Linux program with the in-guest kernel, see mipzk_program_load_elf. */
MIPZK_API mipzk_status mipzk_program_inspect(const mipzk_program* program,
                                             mipzk_program_info* out_info,
                                             mipzk_error* err) MIPZK_NOEXCEPT;
/* ARGUMENT if there is no such segment. */
MIPZK_API mipzk_status mipzk_program_segment(const mipzk_program* program, uint32_t index,
                                             mipzk_segment* out_segment,
                                             mipzk_error* err) MIPZK_NOEXCEPT;
/* The name of a symbol, ascending by address; NULL if there is no such one. The name belongs to the
 * program. It is UTF-8 of at most 255 bytes; control characters, bytes that are not UTF-8 and marks
 * that change the direction of writing appear as \x1b. out_address and out_size may be NULL. */
MIPZK_API const char* mipzk_program_symbol(const mipzk_program* program, uint64_t index,
                                           uint32_t* out_address,
                                           uint32_t* out_size) MIPZK_NOEXCEPT;

/* The least shape of one shard (see mipzk_job_shape) with every table that a run of the program may
 * need, the classes of all its instructions included, at least heights. To be joined with those of
 * the shards of typical proofs. Belongs to the program; NULL for NULL. */
MIPZK_API const uint8_t* mipzk_program_shape(const mipzk_program* program,
                                             size_t* out_size) MIPZK_NOEXCEPT;

/* Takes the next bytes of something. A result other than 0 ends the call with CANCELLED. */
typedef int32_t (*mipzk_write_fn)(void* user, const uint8_t* data, size_t size);

/* ---- Job ---------------------------------------------------------------------------------------
 */

MIPZK_API mipzk_status mipzk_job_new(mipzk_ctx* ctx, const mipzk_program* program, mipzk_job** out,
                                     mipzk_error* err) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_job_free(mipzk_job* job) MIPZK_NOEXCEPT;
/* As mipzk_ctx_cancel and mipzk_ctx_resume, for this job alone: its neighbours go on. */
MIPZK_API void mipzk_job_cancel(mipzk_job* job) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_job_resume(mipzk_job* job) MIPZK_NOEXCEPT;

/* Inputs are empty until set; setting one again replaces it and forgets the results of a run. At
 * most 67108860 bytes each (INPUT otherwise). The public input is part of what the proof states.
 * The private input and the hints are wiped when the job is freed; see PRIVACY above. */
MIPZK_API mipzk_status mipzk_job_public_input(mipzk_job* job, const uint8_t* data, size_t size,
                                              mipzk_error* err) MIPZK_NOEXCEPT;
MIPZK_API mipzk_status mipzk_job_private_input(mipzk_job* job, const uint8_t* data, size_t size,
                                               mipzk_error* err) MIPZK_NOEXCEPT;
/* Words for the guest's mipzk_hint_word, in the program's byte order; a last partial word is padded
 * with zeros. */
MIPZK_API mipzk_status mipzk_job_hints(mipzk_job* job, const uint8_t* data, size_t size,
                                       mipzk_error* err) MIPZK_NOEXCEPT;

/* A Linux program (one that has the in-guest kernel) finds more than two streams of bytes. Then
 * mipzk_job_public_input is what it reads from descriptor 3, mipzk_job_private_input its standard
 * input, and there are the following; each adds to the job (ARGUMENT for a program that is none).
 * All public ones together, and all private ones, take at most 67108860 bytes (INPUT), 12 for each
 * beside its bytes. */

/* Appends an argument: argv[1] and so on, after argv[0], which is "guest". Public. */
MIPZK_API mipzk_status mipzk_job_argument(mipzk_job* job, const char* text,
                                          mipzk_error* err) MIPZK_NOEXCEPT;
/* Appends NAME=VALUE to the environment, which is empty. Public. */
MIPZK_API mipzk_status mipzk_job_environment(mipzk_job* job, const char* text,
                                             mipzk_error* err) MIPZK_NOEXCEPT;
/* A file that the program finds at `name`, an absolute path, with the folders above it. Without
 * MIPZK_FILE_PUBLIC it is private: its bytes, its name, and that it is there are the choice of
 * whoever makes the proof. ARGUMENT for a name that cannot be or is taken. */
#define MIPZK_FILE_PUBLIC 1u
MIPZK_API mipzk_status mipzk_job_file(mipzk_job* job, const char* name, const uint8_t* data,
                                      size_t size, uint32_t flags, mipzk_error* err) MIPZK_NOEXCEPT;
/* The real-time clock when the run begins, in seconds since 1970, 1 to 2147483646; by default
 * 2000-01-01 00:00:01 UTC. Public. */
MIPZK_API mipzk_status mipzk_job_clock(mipzk_job* job, uint64_t seconds,
                                       mipzk_error* err) MIPZK_NOEXCEPT;
/* 32 bytes from which the program's random numbers follow. Private: they are the choice of whoever
 * makes the proof. By default they are the same in every run and known to everybody. */
MIPZK_API mipzk_status mipzk_job_random(mipzk_job* job, const uint8_t* seed /* 32 bytes */,
                                        mipzk_error* err) MIPZK_NOEXCEPT;
/* The public input that a proof of this job claims: of a Linux program all that is public, in the
 * order of the calls, the stream of mipzk_job_public_input first; of another one the bytes that
 * were given. For a verifier that expects these inputs. Belongs to the job and is gone when an input
 * is set; NULL and 0 while it runs. */
MIPZK_API const uint8_t* mipzk_job_claimed_input(const mipzk_job* job,
                                                 size_t* out_size) MIPZK_NOEXCEPT;

/* Makes the proof repeatable: equal program, inputs, options and seed give equal bytes. The seed
 * must be 32 random bytes and stay SECRET: whoever knows it can undo all hiding that a proof does.
 * Without this call the operating system's generator provides one. */
MIPZK_API mipzk_status mipzk_job_seed(mipzk_job* job, const uint8_t* seed /* 32 bytes */,
                                      mipzk_error* err) MIPZK_NOEXCEPT;

/* Fixes the shards of the proof and the heights of their tables, which otherwise follow the run and
 * tell roughly how often each kind of instruction was executed. `shape`: for each shard in order,
 * from 1 to 65535 of them, a 32-bit little-endian count, then for each table its id and the log2 of
 * its height, ascending by id and descending by height; ids may repeat. That of an earlier proof
 * (mipzk_proof_shape) or run (mipzk_job_estimate_shape), or changed. The heights of the program's
 * own tables are not taken from it, nor in later shards the tables that only the first one has, so
 * that the shape of one shard may be repeated.
 *
 * A shard ends before the first instruction for which one of its tables has no room, and shards
 * after the end of the run are idle: nothing of the run shows but that it fits. One that does not is
 * UNPROVABLE; the message names the shard and the table. Size 0: all follows the run again. */
MIPZK_API mipzk_status mipzk_job_shape(mipzk_job* job, const uint8_t* shape, size_t size,
                                       mipzk_error* err) MIPZK_NOEXCEPT;

/* What the program shows to people: text (any bytes), and marks with the number of instructions so
 * far. Not proved. Called during mipzk_job_execute, or during mipzk_job_prove if the job was not
 * executed before. NULL removes the hook.
 *
 * Text comes in pieces of at most 64 KiB. A run gives at most 1 MiB of it and 4 bytes for each
 * instruction executed; the rest is cut off, and one last piece is a line that says so. The bytes
 * are the program's choice: before a terminal gets them, escape what it would act on. */
typedef void (*mipzk_print_fn)(void* user, const uint8_t* text, size_t size);
typedef void (*mipzk_mark_fn)(void* user, uint64_t cycle, uint32_t mark);
MIPZK_API mipzk_status mipzk_job_on_print(mipzk_job* job, mipzk_print_fn fn, void* user,
                                          mipzk_error* err) MIPZK_NOEXCEPT;
MIPZK_API mipzk_status mipzk_job_on_mark(mipzk_job* job, mipzk_mark_fn fn, void* user,
                                         mipzk_error* err) MIPZK_NOEXCEPT;

/* The program asks its host for something by a name (mipzk_ask of mipzk_guest.h; `name` is the
 * program's choice, any bytes, at most 4096). To answer, call take(take_user, data, size) with the
 * bytes, in one or more calls in order; size may be 0. Without such a call there is no answer. A
 * result other than 0 ends the call with CANCELLED. At most 67108860 bytes altogether (INPUT).
 *
 * The answers are hints: as secret as the private input, and nothing that a proof binds, so the
 * program must check them. It is asked once: the answers of the first run that is not refused stay
 * until an input is set, and are part of what mipzk_job_plan and mipzk_job_keep compare. The program
 * is run once more for them, before it is run for a proof. NULL: nobody answers; what the program
 * expects then has to be among the hints. Setting the hook forgets answers and results. */
typedef int32_t (*mipzk_ask_fn)(void* user, const uint8_t* name, size_t name_size,
                                mipzk_write_fn take, void* take_user);
MIPZK_API mipzk_status mipzk_job_on_ask(mipzk_job* job, mipzk_ask_fn fn, void* user,
                                        mipzk_error* err) MIPZK_NOEXCEPT;

/* Called about every 2^18 instructions while the program runs, during execute, estimate and prove.
 * A result other than 0 cancels. NULL removes the hook. */
typedef int32_t (*mipzk_cycles_fn)(void* user, uint64_t cycles);
MIPZK_API mipzk_status mipzk_job_on_cycles(mipzk_job* job, mipzk_cycles_fn fn, void* user,
                                           mipzk_error* err) MIPZK_NOEXCEPT;

/* Runs the program without proving. out_cycles (instructions) and out_exit_code may be NULL.
 * Errors: FAULT, CYCLE_LIMIT, MEMORY_LIMIT, CANCELLED, NO_MEMORY. */
MIPZK_API mipzk_status mipzk_job_execute(mipzk_job* job, uint64_t* out_cycles,
                                         uint32_t* out_exit_code, mipzk_error* err) MIPZK_NOEXCEPT;

/* The output of the last successful run; belongs to the job and is gone when an input is set or the
 * job runs again. NULL and 0 before, and while it runs. Never NULL after a run, even for an empty
 * output. */
MIPZK_API const uint8_t* mipzk_job_output(const mipzk_job* job, size_t* out_size) MIPZK_NOEXCEPT;

/* Why the last run stopped: several lines with the place, the instruction and advice, without any
 * value from registers or memory. "" if the last run did not fail. Belongs to the job, as above. */
MIPZK_API const char* mipzk_job_fault_text(const mipzk_job* job) MIPZK_NOEXCEPT;

typedef struct mipzk_estimate { /* 64 bytes, 32 in the first version */
  uint32_t struct_size;
  uint32_t exit_code;
  uint64_t cycles;           /* instructions */
  uint64_t memory_bytes;     /* that the process has at most, see docs/PERFORMANCE.md */
  uint64_t available_memory; /* bytes that it may have; UINT64_MAX: no bound is known */
  uint64_t proof_bytes;      /* about; mipzk_job_prove keeps them in memory, too */
  uint64_t cells;            /* of the tables that are proved */
  uint64_t shard_cells;      /* MIPZK_OPT_SHARD_CELLS, or less to stay within the memory; 0 with a
                                fixed shape */
  uint32_t shards;
  uint32_t workers; /* shards that are proved at the same time */
} mipzk_estimate;

/* Runs the program as mipzk_job_prove does, without proving, and says what proving takes; a call of
 * mipzk_job_prove for the same inputs then does not run it for that again. A run that cannot be
 * proved is refused as soon as that is known. Errors: those of execute, UNPROVABLE. */
MIPZK_API mipzk_status mipzk_job_estimate(mipzk_job* job, mipzk_estimate* out_estimate,
                                          mipzk_error* err) MIPZK_NOEXCEPT;
/* The shape (see mipzk_job_shape) that a proof of the run has, without proving it: of a typical run
 * or the longest one, for others. *out_shape is yours to free. Errors: as there. */
MIPZK_API mipzk_status mipzk_job_estimate_shape(mipzk_job* job, mipzk_blob** out_shape,
                                                mipzk_error* err) MIPZK_NOEXCEPT;
/* About the milliseconds that proving will take on this machine as busy as it is now, from proving
 * a small run of the library's own for about a second; runs the program first, as
 * mipzk_job_estimate does. Errors: as there. */
MIPZK_API mipzk_status mipzk_job_estimate_time(mipzk_job* job, uint64_t* out_milliseconds,
                                               mipzk_error* err) MIPZK_NOEXCEPT;

/* In this order; of a run in several shards the first commitments of all come before the rest of
 * each. */
#define MIPZK_PHASE_EXECUTE 0u
#define MIPZK_PHASE_TRACE 1u
#define MIPZK_PHASE_COMMIT 2u
#define MIPZK_PHASE_QUOTIENT 3u
#define MIPZK_PHASE_OPEN 4u
#define MIPZK_PHASE_QUERY 5u

/* From the library to you: struct_size is that of the library's version. */
typedef struct mipzk_progress { /* 24 bytes */
  uint32_t struct_size;
  uint32_t phase;
  uint64_t done, total; /* of the whole job, in units of about equal time; a total of 0
                            is not known yet */
} mipzk_progress;
typedef int32_t (*mipzk_progress_fn)(void* user,
                                     const mipzk_progress* progress); /* not 0: cancel */

/* "commit"; static, never NULL. */
MIPZK_API const char* mipzk_phase_name(uint32_t phase) MIPZK_NOEXCEPT;

/* Runs the program and proves the run. `fn` may be NULL. Any exit code is provable, but verifiers
 * refuse other ones than 0 unless told (mipzk_verify_policy): look at it first with
 * mipzk_job_estimate. Errors: those of execute, UNPROVABLE. */
MIPZK_API mipzk_status mipzk_job_prove(mipzk_job* job, mipzk_progress_fn fn, void* user,
                                       mipzk_blob** out_proof, mipzk_error* err) MIPZK_NOEXCEPT;

/* The same, and gives the proof piece by piece as it is made, so that it is never whole in memory.
 * What was written before an error is of no use. */
MIPZK_API mipzk_status mipzk_job_prove_to(mipzk_job* job, mipzk_progress_fn fn, void* user,
                                          mipzk_write_fn write, void* write_user,
                                          mipzk_error* err) MIPZK_NOEXCEPT;

/* ---- Proving in pieces --------------------------------------------------------------------------
 *
 * A proof can be made step by step, by any number of processes on any machines that have the
 * program. Each step is a function from bytes to bytes, called a piece (docs/UNITS.md):
 *
 *   mipzk_job_plan        the plan: runs the program, once
 *   mipzk_job_work        the work of a shard: what it begins with
 *   mipzk_work_commit     the head of a shard, from its work: what it commits to first
 *   mipzk_plan_challenge  the challenge, from the plan and all heads
 *   mipzk_work_prove      the part of a shard, from its work and the challenge
 *   mipzk_plan_assemble   the proof, from the plan, the challenge and all parts
 *
 * A step that is done again gives the same bytes, and the proof is that which mipzk_job_prove makes
 * of the same job with the same seed. Pieces of another plan, damaged ones and those of other
 * versions are refused, whatever their bytes.
 *
 * PRIVACY: a piece is as private as the private input. The plan and the work hold parts of it, and
 * the key with which all hiding can be undone (never the seed); heads and parts are made to be
 * published in one proof, but not in two different ones. Blobs of pieces are wiped when they are
 * freed. */
#define MIPZK_PIECE_PLAN 1u
#define MIPZK_PIECE_WORK 2u
#define MIPZK_PIECE_HEAD 3u
#define MIPZK_PIECE_CHALLENGE 4u
#define MIPZK_PIECE_PART 5u

/* Gives the piece of a shard (from 1): calls take(take_user, data, size) with its bytes, in one or
 * more calls in order. A result other than 0 ends the call with CANCELLED. */
typedef int32_t (*mipzk_piece_fn)(void* user, uint32_t shard, mipzk_write_fn take, void* take_user);

/* Runs the program, unless that was done. `attempt`: 0, or the number that the err->detail of
 * mipzk_plan_challenge asks for. Errors: those of execute, UNPROVABLE. */
MIPZK_API mipzk_status mipzk_job_plan(mipzk_job* job, uint32_t attempt, mipzk_blob** out_plan,
                                      mipzk_error* err) MIPZK_NOEXCEPT;
/* The work of a shard, 1 to the number that mipzk_piece_inspect gives for the plan. The job may be
 * another one than that of the plan, with the same program, inputs, options and seed (ARGUMENT
 * otherwise, with what differs). Runs the program up to the end of the shard, or on from the shard
 * of the call before: so ask in ascending order. Errors: those of execute, MALFORMED, UNSUPPORTED,
 * WRONG_PROGRAM. */
MIPZK_API mipzk_status mipzk_job_work(mipzk_job* job, const uint8_t* plan, size_t plan_size,
                                      uint32_t shard, mipzk_blob** out_work,
                                      mipzk_error* err) MIPZK_NOEXCEPT;
/* For a worker; uses the threads of `ctx`, its MIPZK_OPT_MAX_GUEST_MEMORY and
 * MIPZK_OPT_MAX_MEMORY. Needs no input: a work holds what its shard takes of them. Errors:
 * MALFORMED, UNSUPPORTED, WRONG_PROGRAM, REJECTED (the work does not lead to the planned shard),
 * NO_MEMORY, CANCELLED. */
MIPZK_API mipzk_status mipzk_work_commit(mipzk_ctx* ctx, const mipzk_program* program,
                                         const uint8_t* work, size_t work_size,
                                         mipzk_blob** out_head, mipzk_error* err) MIPZK_NOEXCEPT;
/* `head` is asked for each shard in order. Errors: MALFORMED, UNSUPPORTED, WRONG_PROGRAM, REJECTED
 * (the head of another plan; err->detail: its shard). STATE, with a probability below 2^-29: begin
 * again with mipzk_job_plan and the attempt err->detail. */
MIPZK_API mipzk_status mipzk_plan_challenge(mipzk_ctx* ctx, const mipzk_program* program,
                                            const uint8_t* plan, size_t plan_size,
                                            mipzk_piece_fn head, void* user,
                                            mipzk_blob** out_challenge,
                                            mipzk_error* err) MIPZK_NOEXCEPT;
/* For a worker that does many shards: 1 keeps the memory of a call for the next one, since fresh
 * memory takes a seventh of the time of a shard; with what is in it, which is private, until 0 or
 * mipzk_ctx_free gives it back to the system. */
MIPZK_API mipzk_status mipzk_ctx_hold_memory(mipzk_ctx* ctx, uint32_t hold,
                                             mipzk_error* err) MIPZK_NOEXCEPT;
/* As mipzk_work_commit. REJECTED also when the challenge is of another plan, or was drawn from
 * another head of this shard. */
MIPZK_API mipzk_status mipzk_work_prove(mipzk_ctx* ctx, const mipzk_program* program,
                                        const uint8_t* work, size_t work_size,
                                        const uint8_t* challenge, size_t challenge_size,
                                        mipzk_blob** out_part, mipzk_error* err) MIPZK_NOEXCEPT;
/* `part` is asked for each shard in order; `write` gets the proof piece by piece. Errors: as
 * mipzk_plan_challenge; err->detail of MALFORMED and REJECTED: the shard. */
MIPZK_API mipzk_status mipzk_plan_assemble(mipzk_ctx* ctx, const mipzk_program* program,
                                           const uint8_t* plan, size_t plan_size,
                                           const uint8_t* challenge, size_t challenge_size,
                                           mipzk_piece_fn part, void* user, mipzk_write_fn write,
                                           void* write_user, mipzk_error* err) MIPZK_NOEXCEPT;
/* Checks a piece alone: that it is whole, of this version, and belongs to the plan; of a part that
 * it is valid under the challenge, as a verifier does. A head cannot be checked further than that
 * it has the planned shape: mipzk_work_prove finds one that is wrong. The challenge is needed for
 * parts alone, else its size may be 0. Errors: MALFORMED, UNSUPPORTED, WRONG_PROGRAM, REJECTED;
 * err->detail: the shard. */
MIPZK_API mipzk_status mipzk_piece_check(mipzk_ctx* ctx, const mipzk_program* program,
                                         const uint8_t* plan, size_t plan_size,
                                         const uint8_t* challenge, size_t challenge_size,
                                         const uint8_t* piece, size_t piece_size,
                                         mipzk_error* err) MIPZK_NOEXCEPT;
/* What a piece says of itself: MIPZK_PIECE_*, its shard (0: of all), and the number of shards.
 * Out-parameters may be NULL. Errors: MALFORMED, UNSUPPORTED. */
MIPZK_API mipzk_status mipzk_piece_inspect(const uint8_t* piece, size_t piece_size,
                                           uint32_t* out_kind, uint32_t* out_shard,
                                           uint32_t* out_shards, mipzk_error* err) MIPZK_NOEXCEPT;

/* Where a job keeps the pieces of its proof, so that another process can go on with them. These
 * are called on any thread that works for the job, one at a time; a result other than 0 ends the
 * call with CANCELLED. Names have lower-case letters, digits and '-'.
 *
 * mipzk_keep_fn: keeps a piece; when it returns, the piece should outlast the process. It replaces
 *   pieces whose names differ only behind the last '-'.
 * mipzk_find_fn: gives a piece whose name begins with the prefix, as mipzk_piece_fn does; does not
 *   call `take` if there is none.
 * mipzk_drop_fn: what was found last with this prefix is damaged or of another proof, as `why`
 *   says: it must not be found again, and is made anew. */
typedef int32_t (*mipzk_keep_fn)(void* user, const char* name, const uint8_t* data, size_t size);
typedef int32_t (*mipzk_find_fn)(void* user, const char* prefix, mipzk_write_fn take,
                                 void* take_user);
typedef int32_t (*mipzk_drop_fn)(void* user, const char* prefix, const char* why);

/* From now on estimate and prove keep the plan, and prove keeps heads and parts, and they take what
 * is there instead of making it. A plan that is kept for another program, input, option or seed is
 * refused with ARGUMENT and what differs. Without mipzk_job_seed the kept plan stands for the seed.
 * The proof is written when all parts are there. NULL functions (all three): keep nothing. */
MIPZK_API mipzk_status mipzk_job_keep(mipzk_job* job, mipzk_keep_fn keep, mipzk_find_fn find,
                                      mipzk_drop_fn drop, void* user,
                                      mipzk_error* err) MIPZK_NOEXCEPT;

/* ---- Verifying on many threads ------------------------------------------------------------------
 */

/* mipzk_verify on all threads of the context, with memory of its own: half a MiB a thread. Verdict,
 * message and detail are those of mipzk_verify for the same bytes. Errors: those of mipzk_verify
 * except WORKSPACE, and NO_MEMORY, STATE, CANCELLED (mipzk_ctx_cancel). */
MIPZK_API mipzk_status mipzk_ctx_verify(mipzk_ctx* ctx, const uint8_t* program_id,
                                        const uint8_t* proof, size_t proof_size,
                                        const mipzk_verify_policy* policy, mipzk_claim* out_claim,
                                        mipzk_error* err) MIPZK_NOEXCEPT;

/* Writes the next bytes of a proof to `buffer`, at least 1 and at most `size`, and returns how
 * many: 0 at the end of the proof, a negative number to give up (CANCELLED). */
typedef int64_t (*mipzk_read_fn)(void* user, uint8_t* buffer, size_t size);

/* The same for a proof that is read once, in order: from a file, a pipe, a socket. Each byte is
 * looked at where it was read to, so others may write to the file meanwhile. Memory: besides, what
 * is before the first shard (the public values and some 100 bytes a shard) and the parts of two
 * shards a thread, mostly 1 to 2 MB each, at most 16 MiB. *out_front, unless out_front is NULL,
 * becomes the proof's first bytes, in which the ranges of the claim lie; it is set whenever the
 * claim is. A proof that is longer than the policy allows is refused when that many bytes were
 * read, unless it is refused for something else before. */
MIPZK_API mipzk_status mipzk_ctx_verify_stream(mipzk_ctx* ctx, const uint8_t* program_id,
                                               mipzk_read_fn read, void* user,
                                               const mipzk_verify_policy* policy,
                                               mipzk_blob** out_front, mipzk_claim* out_claim,
                                               mipzk_error* err) MIPZK_NOEXCEPT;

/* The bytes belong to the blob. */
MIPZK_API const uint8_t* mipzk_blob_data(const mipzk_blob* blob) MIPZK_NOEXCEPT;
MIPZK_API size_t mipzk_blob_size(const mipzk_blob* blob) MIPZK_NOEXCEPT;
MIPZK_API void mipzk_blob_free(mipzk_blob* blob) MIPZK_NOEXCEPT;

#endif /* MIPZK_VERIFY_ONLY */

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
