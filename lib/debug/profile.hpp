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
    const char* table;
    uint64_t instructions;
    double cells;
  };

  Profiler(const CodeMap& code, const vm::Stepper& machine)
      : code_(code), tracker_(code, tree_, machine) {}

  void before(const Step&) override { node_ = tracker_.node(); }
  void after(const Step& step) override {
    const auto cls = static_cast<unsigned>(step.entry.cls);
    CallTree::Node& node = tree_.node(node_);
    ++node.instructions;
    node.cells += costs_[cls].cells;
    ++classes_[cls];
    tracker_.after(step);
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
  const CodeMap& code_;
  CallTree tree_;
  CallTracker tracker_;
  ClassCosts costs_ = class_costs();
  std::array<uint64_t, isa::kClassCount> classes_{};
  uint32_t node_ = CallTree::kRoot;
};

}  // namespace mipzk::debug
