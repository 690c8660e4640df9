// SPDX-License-Identifier: Apache-2.0
// A table's rules without what a reader does not need. For the prover's side: it allocates.
#pragma once

#include <vector>

#include "air/rules.hpp"

namespace mipzk::air {

// The kinds of statements to keep; calculations stay where something that is kept needs them.
struct Keep {
  bool zeros = false, ranges = false, requests = false, provides = false, products = false;
};

// `words` holds the result, which points into it.
inline Rules reduce_rules(const Rules& rules, const Keep& keep, std::vector<uint16_t>& words) {
  std::vector<const uint16_t*> all, kept;
  for (const uint16_t *p = rules.words, *end = p + rules.size; p != end; p += statement_size(p))
    all.push_back(p);
  std::vector<bool> needed(rules.operands());
  for (size_t i = all.size(); i-- > 0;) {
    const uint16_t* p = all[i];
    const auto code = static_cast<Code>(*p >> kCodeShift);
    unsigned first = 1;  // operand
    switch (code) {
      case Code::kAdd:
      case Code::kSub:
      case Code::kMul:
      case Code::kScale: {
        const size_t to = rules.first_temporary() + (*p & kMaxArgument);
        if (!needed[to]) continue;
        needed[to] = false;
        break;
      }
      case Code::kZero:
        if (!keep.zeros) continue;
        break;
      case Code::kRange:
        if (!keep.ranges) continue;
        break;
      case Code::kRequest:
      case Code::kProvide:
        if (!(code == Code::kRequest ? keep.requests : keep.provides)) continue;
        first = 2;
        break;
      case Code::kLocal:
      case Code::kGlobal:
      case Code::kGlobalSend:
        if (!keep.products) continue;
        break;
    }
    for (unsigned k = first; k < statement_size(p); ++k) needed[p[k]] = true;
    kept.push_back(p);
  }
  words.clear();
  for (size_t i = kept.size(); i-- > 0;)
    words.insert(words.end(), kept[i], kept[i] + statement_size(kept[i]));
  Rules reduced = rules;
  reduced.words = words.data();
  reduced.size = static_cast<uint32_t>(words.size());
  return reduced;
}

}  // namespace mipzk::air
