// SPDX-License-Identifier: Apache-2.0
#include "debug/profile.hpp"

#include <algorithm>
#include <numeric>

#include "base/format.hpp"

namespace mipzk::debug {
namespace {

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::string json_name(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      text += std::string("\\") + c;
    else if (u < 0x20 || u >= 0x7f)
      text += format_text("\\u%04x", u);
    else
      text += c;
  }
  return text + '"';
}

}  // namespace

Profiler::Profiler(const CodeMap& code, const vm::Stepper& machine)
    : code_(code), tracker_(code, tree_, machine) {
  const auto& rom = code.program().rom;
  cells_before_.resize(rom.size() + 1);
  executed_.resize(rom.size() + 1);
  for (size_t i = 0; i < rom.size(); ++i)
    cells_before_[i + 1] = cells_before_[i] + costs_[static_cast<unsigned>(rom[i].cls)].cells;
}

std::array<uint64_t, isa::kClassCount> Profiler::class_counts() const {
  std::array<uint64_t, isa::kClassCount> counts{};
  int64_t executed = 0;
  const auto& rom = code_.program().rom;
  for (size_t i = 0; i < rom.size(); ++i) {
    executed += executed_[i];
    counts[static_cast<unsigned>(rom[i].cls)] += static_cast<uint64_t>(executed);
  }
  return counts;
}

std::vector<Profiler::FunctionRow> Profiler::functions() const {
  const auto& nodes = tree_.nodes();
  // Parents come before their children, so one pass from the end sums the subtrees.
  std::vector<uint64_t> subtree(nodes.size());
  for (size_t n = nodes.size(); n-- > 1;) {
    subtree[n] += nodes[n].instructions;
    subtree[nodes[n].parent] += subtree[n];
  }
  std::vector<FunctionRow> rows(code_.functions().size());
  for (uint32_t f = 0; f < rows.size(); ++f) rows[f].function = f;
  for (size_t n = 1; n < nodes.size(); ++n) {
    FunctionRow& row = rows[nodes[n].function];
    row.calls += nodes[n].calls;
    row.exclusive += nodes[n].instructions;
    row.cells += nodes[n].cells;
    bool inner = false;  // a caller is the same function, which has counted this subtree
    for (uint32_t p = nodes[n].parent; p != CallTree::kRoot && !inner; p = nodes[p].parent)
      inner = nodes[p].function == nodes[n].function;
    if (!inner) row.inclusive += subtree[n];
  }
  std::erase_if(rows, [](const FunctionRow& r) { return r.inclusive == 0 && r.calls == 0; });
  std::stable_sort(rows.begin(), rows.end(), [](const FunctionRow& a, const FunctionRow& b) {
    return a.exclusive != b.exclusive ? a.exclusive > b.exclusive : a.inclusive > b.inclusive;
  });
  return rows;
}

std::vector<Profiler::TableRow> Profiler::tables() const {
  std::vector<TableRow> rows;
  const auto counts = class_counts();
  for (unsigned c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    rows.push_back({costs_[c].table, counts[c], costs_[c].cells * static_cast<double>(counts[c])});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const TableRow& a, const TableRow& b) { return a.cells > b.cells; });
  return rows;
}

uint64_t Profiler::instructions() const {
  const auto counts = class_counts();
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

double Profiler::cells() const {
  double sum = 0;
  for (const TableRow& row : tables()) sum += row.cells;
  return sum;
}

std::string Profiler::text(size_t limit) const {
  const auto total = static_cast<double>(instructions());
  const double all_cells = cells();
  const auto rows = functions();
  std::string text;
  text += format_text("profile: %.0f instructions, %.0f trace cells\n", total, all_cells);
  text += format_text("%14s %6s %14s %6s %10s %14s %6s  %s\n", "exclusive", "%", "inclusive", "%",
                      "calls", "cells", "%", "function");
  uint64_t rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const FunctionRow& r = rows[i];
    if (i >= limit) {
      rest += r.exclusive;
      continue;
    }
    const auto exclusive = static_cast<double>(r.exclusive);
    const auto inclusive = static_cast<double>(r.inclusive);
    text += format_text("%14.0f %6.2f %14.0f %6.2f %10llu %14.0f %6.2f  %.200s\n", exclusive,
                        percent(exclusive, total), inclusive, percent(inclusive, total),
                        static_cast<unsigned long long>(r.calls), r.cells,
                        percent(r.cells, all_cells), code_.functions()[r.function].name.c_str());
  }
  if (rows.size() > limit) {
    text +=
        format_text("%14llu %6.2f  in %zu more functions\n", static_cast<unsigned long long>(rest),
                    percent(static_cast<double>(rest), total), rows.size() - limit);
  }
  text += format_text("\n%14s %6s %14s %6s  %s\n", "instructions", "%", "cells", "%", "table");
  for (const TableRow& r : tables()) {
    const auto n = static_cast<double>(r.instructions);
    text += format_text("%14.0f %6.2f %14.0f %6.2f  %s\n", n, percent(n, total), r.cells,
                        percent(r.cells, all_cells), r.table.c_str());
  }
  return text;
}

std::string Profiler::json() const {
  std::string text = "{\"functions\": [";
  const char* separator = "";
  for (const FunctionRow& r : functions()) {
    const Function& f = code_.functions()[r.function];
    text += separator + std::string("{\"name\": ") + json_name(f.name);
    text += format_text(
        ", \"address\": %u, \"calls\": %llu, \"exclusive\": %llu, \"inclusive\": %llu, ", f.address,
        static_cast<unsigned long long>(r.calls), static_cast<unsigned long long>(r.exclusive),
        static_cast<unsigned long long>(r.inclusive));
    text += format_text("\"cells\": %.1f}", r.cells);
    separator = ", ";
  }
  text += "], \"tables\": [";
  separator = "";
  for (const TableRow& r : tables()) {
    text += format_text("%s{\"table\": \"%s\", \"instructions\": %llu, \"cells\": %.1f}", separator,
                        r.table.c_str(), static_cast<unsigned long long>(r.instructions), r.cells);
    separator = ", ";
  }
  return text + "]}";
}

std::string Profiler::folded() const {
  const auto& nodes = tree_.nodes();
  std::vector<std::string> names;
  names.reserve(code_.functions().size());
  for (const Function& f : code_.functions()) {
    names.push_back(f.name);
    std::replace(names.back().begin(), names.back().end(), ';', ':');
  }
  std::vector<std::string> lines;
  for (size_t n = 1; n < nodes.size(); ++n) {
    if (nodes[n].instructions == 0) continue;
    std::vector<uint32_t> chain;
    for (auto p = static_cast<uint32_t>(n); p != CallTree::kRoot; p = nodes[p].parent)
      chain.push_back(nodes[p].function);
    std::string line;
    for (size_t i = chain.size(); i-- > 0;) line += names[chain[i]] + (i == 0 ? " " : ";");
    lines.push_back(line + std::to_string(nodes[n].instructions) + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

}  // namespace mipzk::debug
