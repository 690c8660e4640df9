// SPDX-License-Identifier: Apache-2.0
// The rules of a table as data: the calculations in base cells and what is stated of their results,
// in the order in which the table states it. A Builder (builder.hpp) makes them at compile time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "air/message.hpp"

namespace mipzk::air {

// Where a value is while rules are evaluated: preprocessed columns come first, then base columns
// (named, pair, free), constants, temporaries.
using Operand = uint16_t;

// A statement is a run of 16-bit words. The first one has its code in the upper four bits and an
// argument below; then come operands.
enum class Code : uint8_t {
  kAdd,         // [temporary] a, b
  kSub,         // [temporary] a, b
  kMul,         // [temporary] a, b
  kScale,       // [temporary] a, constant
  kZero,        // a
  kRange,       // a
  kRequest,     // [number of coordinates] bus, numerator, coordinates
  kProvide,     // the same
  kLocal,       // [form] coordinates read, coordinates written
  kGlobal,      // the same
  kGlobalSend,  // [form] gate, coordinates written
};
inline constexpr unsigned kCodeShift = 12;
inline constexpr unsigned kMaxArgument = (1u << kCodeShift) - 1;

// Stands among the constants for the number of the shard, which the verifier gives.
inline constexpr uint32_t kShardNumber = ~uint32_t{0};

struct Rules {
  const uint16_t* words = nullptr;
  uint32_t size = 0;
  const uint32_t* constants = nullptr;  // as integers, or kShardNumber; the first one is 0
  uint16_t constant_count = 0, temporaries = 0;
  uint16_t pre_columns = 0, named_columns = 0;
  uint16_t first_constant = 0;  // after the preprocessed and the base columns

  constexpr Operand first_temporary() const {
    return static_cast<Operand>(first_constant + constant_count);
  }
  constexpr unsigned operands() const { return first_temporary() + temporaries; }
  constexpr bool is_constant(Operand o) const {
    return o >= first_constant && o < first_temporary();
  }
  constexpr Operand zero() const { return first_constant; }
  // Constants as integers, in the shard with this number.
  constexpr uint32_t constant(Operand o, uint32_t shard) const {
    const uint32_t n = constants[o - first_constant];
    return n == kShardNumber ? shard : n;
  }
  // Calls f(operand, value) for each.
  template <class F>
  constexpr void for_each_constant(uint32_t shard, const F& f) const {
    for (unsigned i = 0; i < constant_count; ++i) {
      const auto o = static_cast<Operand>(first_constant + i);
      f(o, constant(o, shard));
    }
  }
};

// A lookup message, and a message of a product: the coordinates that vary with its form.
struct LookupOperands {
  Bus bus;
  Operand numerator;
  const Operand* coords;
  unsigned count;
};
struct MessageOperands {
  Form form;
  const Operand* coords;
};

// Words of the statement at `p`.
constexpr unsigned statement_size(const uint16_t* p) {
  const auto code = static_cast<Code>(*p >> kCodeShift);
  const unsigned argument = *p & kMaxArgument;
  switch (code) {
    case Code::kAdd:
    case Code::kSub:
    case Code::kMul:
    case Code::kScale:
      return 3;
    case Code::kZero:
    case Code::kRange:
      return 2;
    case Code::kRequest:
    case Code::kProvide:
      return 3 + argument;  // coordinates
    case Code::kLocal:
    case Code::kGlobal:
      return 1 + 2 * kForms[argument].count;
    case Code::kGlobalSend:
      return 2 + kForms[argument].count;
  }
  return 1;
}

// Hands the statement at `p` to `out` and returns the next one.
template <class Reader>
constexpr const uint16_t* read_statement(const Rules& rules, const uint16_t* p, Reader& out) {
  const auto code = static_cast<Code>(*p >> kCodeShift);
  const unsigned argument = *p & kMaxArgument;
  ++p;
  switch (code) {
    case Code::kAdd:
    case Code::kSub:
    case Code::kMul:
    case Code::kScale:
      out.arithmetic(code, static_cast<Operand>(rules.first_temporary() + argument), p[0], p[1]);
      return p + 2;
    case Code::kZero:
      out.zero(*p);
      return p + 1;
    case Code::kRange:
      out.range(*p);
      return p + 1;
    case Code::kRequest:
      out.request({static_cast<Bus>(p[0]), p[1], p + 2, argument});
      return p + 2 + argument;
    case Code::kProvide:
      out.provide({static_cast<Bus>(p[0]), p[1], p + 2, argument});
      return p + 2 + argument;
    case Code::kLocal:
    case Code::kGlobal:
    case Code::kGlobalSend:
      break;
  }
  const auto form = static_cast<Form>(argument);
  const unsigned count = form_info(form).count;
  if (code == Code::kGlobalSend) {
    out.global_send(*p, {form, p + 1});
    return p + 1 + count;
  }
  const MessageOperands read{form, p}, write{form, p + count};
  if (code == Code::kLocal) out.local(read, write);
  if (code == Code::kGlobal) out.global(read, write);
  return p + 2 * count;
}

// Hands all statements to `out`, in their order.
template <class Reader>
constexpr void read_rules(const Rules& rules, Reader& out) {
  const uint16_t* const end = rules.words + rules.size;
  for (const uint16_t* p = rules.words; p != end;) p = read_statement(rules, p, out);
}

}  // namespace mipzk::air
