// SPDX-License-Identifier: Apache-2.0
// Counts the instructions of every function and of every chain of calls.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "debug/call_tracker.hpp"
#include "debug/cells.hpp"

namespace mipzk::debug {

class Profiler : public Observer {
 public:
  struct FunctionRow {
    uint32_t function;
    uint64_t calls = 0;
    uint64_t exclusive = 0;  // instructions of the function itself
    uint64_t inclusive = 0;  // and of what it called, each instruction once
    double cells = 0;        // exclusive
  };
  struct TableRow {
    std::string table;
    uint64_t instructions;
    double cells;
  };

  Profiler(const CodeMap& code, const vm::Stepper& machine);

  void before(const Step& step) override { tracker_.at(step.pc); }
  void after(const Step& step) override {
    account(step.index, 1);
    tracker_.after(step);
  }
  void passed(uint32_t index, uint32_t count) override {
    tracker_.at(4 * code_.entry(index).pc4);
    account(index, count);
  }

  // Functions that ran, the most expensive first.
  std::vector<FunctionRow> functions() const;
  std::vector<TableRow> tables() const;
  uint64_t instructions() const;
  double cells() const;

  // For people: both lists, the first cut after `limit` functions.
  std::string text(size_t limit) const;
  // One JSON object with both lists, whole.
  std::string json() const;
  // One line "main;foo;bar N" for every chain of calls that ends in bar, in the order of the text:
  // what flame graph programs read. A ';' in a name becomes ':'.
  std::string folded() const;

  const CallTracker& tracker() const { return tracker_; }

 private:
  // Adds `count` instructions from number `index` on to the node of the call tree.
  void account(uint32_t index, uint32_t count) {
    CallTree::Node& node = tree_.node(tracker_.node());
    node.instructions += count;
    node.cells += cells_before_[index + count] - cells_before_[index];
    ++executed_[index];
    --executed_[index + count];
  }
  std::array<uint64_t, isa::kClassCount> class_counts() const;

  const CodeMap& code_;
  CallTree tree_;
  CallTracker tracker_;
  ClassCosts costs_ = class_costs();
  // By number of an instruction:
  // sum of the cells of those before it; how much more often it was executed than the one before.
  std::vector<double> cells_before_;
  std::vector<int64_t> executed_;
};

}  // namespace mipzk::debug
