/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled as C99, C11, C++17 and C++20, with and without MIPZK_VERIFY_ONLY: the header needs nothing
 * else, and its structs have the sizes and offsets that other languages rely on. */
#include <mipzk/mipzk.h>

#define SAME(name, condition) typedef char name[(condition) ? 1 : -1]
#define AT(type, field, offset) SAME(type##_##field, offsetof(type, field) == (offset))

SAME(size_of_error, sizeof(mipzk_error) == 256);
AT(mipzk_error, detail, 4);
AT(mipzk_error, message, 8);
SAME(size_of_policy, sizeof(mipzk_verify_policy) == 40);
AT(mipzk_verify_policy, min_security_bits, 4);
AT(mipzk_verify_policy, max_proof_bytes, 8);
AT(mipzk_verify_policy, max_cycles, 16);
AT(mipzk_verify_policy, flags, 24);
AT(mipzk_verify_policy, exit_code, 28);
AT(mipzk_verify_policy, max_shards, 32);
SAME(size_of_range, sizeof(mipzk_range) == 16);
SAME(size_of_claim, sizeof(mipzk_claim) == 56);
AT(mipzk_claim, exit_code, 4);
AT(mipzk_claim, public_input, 8);
AT(mipzk_claim, output, 24);
AT(mipzk_claim, shards, 40);
AT(mipzk_claim, security_bits, 44);
AT(mipzk_claim, flags, 48);
SAME(size_of_info, sizeof(mipzk_proof_info) == 152);
AT(mipzk_proof_info, exit_code, 12);
AT(mipzk_proof_info, program_id, 16);
AT(mipzk_proof_info, profile_name, 48);
AT(mipzk_proof_info, public_input, 64);
AT(mipzk_proof_info, output, 80);
AT(mipzk_proof_info, shape, 96);
AT(mipzk_proof_info, machine_version, 112);
AT(mipzk_proof_info, security_bits, 132);
AT(mipzk_proof_info, max_cycles, 136);
AT(mipzk_proof_info, flags, 144);
SAME(size_of_security, sizeof(mipzk_security) == 80);
AT(mipzk_security, millibits_lookup, 12);
AT(mipzk_security, folds, 28);
AT(mipzk_security, millibits_fold, 32);
AT(mipzk_security, millibits_total, 72);
SAME(size_of_profile, sizeof(mipzk_profile) == 48);
AT(mipzk_profile, name, 8);
AT(mipzk_profile, target_bits, 24);
AT(mipzk_profile, regime, 40);
SAME(size_of_status, sizeof(mipzk_status) == 4);

#ifndef MIPZK_VERIFY_ONLY
SAME(size_of_option, sizeof(mipzk_option) == 4);
SAME(size_of_program_info, sizeof(mipzk_program_info) == 40);
AT(mipzk_program_info, symbols, 16);
AT(mipzk_program_info, image_words, 32);
SAME(size_of_segment, sizeof(mipzk_segment) == 24);
AT(mipzk_segment, flags, 16);
SAME(size_of_estimate, sizeof(mipzk_estimate) == 64);
AT(mipzk_estimate, cycles, 8);
AT(mipzk_estimate, available_memory, 24);
SAME(size_of_progress, sizeof(mipzk_progress) == 24);
AT(mipzk_progress, phase, 4);
AT(mipzk_progress, total, 16);
#else
/* The prover's names are free for other uses. */
typedef int mipzk_job;
#endif

/* Something for the linker. */
extern int mipzk_header_test;
int mipzk_header_test = MIPZK_OK;
