#include "prove/quotient_kernel.inl"

namespace mipzk::prove {

void quotient_baseline(const InstanceScope& s, const PointSet& set, const PointFactors& f,
                       size_t begin, size_t end, Fp5* acc) {
  quotient_any(s, set, f, begin, end, acc);
}

}  // namespace mipzk::prove
