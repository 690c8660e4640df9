#include "prove/ext_kernel.inl"

namespace mipzk::prove {

bool ext_steps_avx512(const ExtScope& s, size_t begin, size_t end, Fp5* ext) {
  return step_rows_any(s, begin, end, ext);
}

}  // namespace mipzk::prove
