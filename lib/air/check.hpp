// Evaluates the rules of a table on one concrete row: which are violated, and what the row says on
// the buses. For tests and diagnosis; not part of the verifier.
#pragma once

#include <vector>

#include "air/fixed.hpp"
#include "air/layout.hpp"

namespace mipzk::air {

// Is the message of a lookup bus provided by table Fixed? Decided by arithmetic, not by the
// contents.
inline bool fixed_contains(Bus bus, const Coords<Fp>& c) {
  uint32_t v[kMaxCoordinates];
  for (unsigned i = 0; i < c.count; ++i) v[i] = c.v[i].value();
  switch (bus) {
    case Bus::kRange:
      return c.count == 1 && v[0] < 65536;
    case Bus::kAnd:
      return c.count == 3 && v[0] < 256 && v[1] < 256 && v[2] == (v[0] & v[1]);
    case Bus::kShiftByte:
      return c.count == 4 && v[0] < 256 && v[1] <= 8 && v[2] == (v[0] << v[1] & 255) &&
             v[3] == v[0] << v[1] >> 8;
    case Bus::kShiftAmount: {
      if (c.count != 9 || v[0] > 1 || v[1] > 31) return false;
      const uint32_t u = v[1] & 7, fill = v[0] == 0 || v[1] == 0 ? 0 : ~0u << (32 - v[1]);
      if (v[2] != (v[0] == 0 ? u : 8 - u)) return false;
      for (uint32_t j = 0; j < 4; ++j)
        if (v[3 + j] != (v[1] >> 3 == j ? 1u : 0u)) return false;
      return v[7] == (fill & 0xffff) && v[8] == fill >> 16;
    }
    default:
      return false;
  }
}

// A lookup message that a row requests or provides.
struct Tuple {
  Bus bus;
  Fp numerator;
  Coords<Fp> coords;
};
// A product access.
struct Access {
  Msg<Fp> read, write;
};
struct GatedAccess {
  Fp gate;
  Access access;
};

// What the rules say of a row.
struct RowReport {
  // Rules that fail, by their numbers in the order of statement, each kind counted from 0: `zero`
  // rules, `range` values outside [0, 2^16), and requests with a non-zero numerator on a bus of
  // table Fixed that the table does not contain.
  std::vector<unsigned> violations, bad_ranges, bad_tuples;
  unsigned zeros = 0, ranges = 0;  // rules of these kinds
  std::vector<Tuple> requests, provides;
  std::vector<Access> locals, globals;
  std::vector<GatedAccess> gated;
  std::vector<GatedAccess> sends;  // the read side is unused

  bool ok() const { return violations.empty() && bad_ranges.empty() && bad_tuples.empty(); }
};

class CheckBuilder : public Builder<CheckBuilder, Fp, Fp> {
 public:
  explicit CheckBuilder(RowReport& report) : report_(report) {}

  Fp constant(uint32_t n) { return Fp(n); }
  Fp k(uint32_t n) { return Fp(n); }
  void zero(const Fp& v) { note(v == Fp::zero(), report_.violations, report_.zeros++); }
  void range(const Fp& v) { note(v.value() < 65536, report_.bad_ranges, report_.ranges++); }
  void request(Bus bus, const Fp& numerator, const Coords<Fp>& c) {
    const bool elsewhere = bus == Bus::kRom || bus == Bus::kRegion || numerator == Fp::zero();
    note(elsewhere || fixed_contains(bus, c), report_.bad_tuples,
         static_cast<unsigned>(report_.requests.size()));
    report_.requests.push_back({bus, numerator, c});
  }
  void provide(Bus bus, const Fp& numerator, const Coords<Fp>& c) {
    report_.provides.push_back({bus, numerator, c});
  }
  void local(const Msg<Fp>& read, const Msg<Fp>& write) { report_.locals.push_back({read, write}); }
  void global(const Msg<Fp>& read, const Msg<Fp>& write) {
    report_.globals.push_back({read, write});
  }
  void global_gated(const Fp& gate, const Msg<Fp>& read, const Msg<Fp>& write) {
    report_.gated.push_back({gate, {read, write}});
  }
  void global_send(const Fp& gate, const Msg<Fp>& write) {
    report_.sends.push_back({gate, {write, write}});
  }

 private:
  static void note(bool good, std::vector<unsigned>& failures, unsigned index) {
    if (!good) failures.push_back(index);
  }
  RowReport& report_;
};

// Clears `report` but keeps its memory, and fills it for one row.
template <class T>
void check_row(const typename T::template Pre<Fp>& pre, const typename T::template Row<Fp>& row,
               RowReport& report) {
  report.violations.clear();
  report.bad_ranges.clear();
  report.bad_tuples.clear();
  report.zeros = report.ranges = 0;
  report.requests.clear();
  report.provides.clear();
  report.locals.clear();
  report.globals.clear();
  report.gated.clear();
  report.sends.clear();
  CheckBuilder b(report);
  T::eval(b, pre, row);
}
template <class T>
RowReport check_row(const typename T::template Row<Fp>& row) {
  RowReport report;
  check_row<T>(typename T::template Pre<Fp>{}, row, report);
  return report;
}

}  // namespace mipzk::air
