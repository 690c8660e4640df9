#define PACKED_CASES_NAME run_avx512
#include "unit/field/packed_cases.inl"
