// SPDX-License-Identifier: Apache-2.0
#define PACKED_CASES_NAME run_avx512
#include "unit/field/packed_cases.inl"
