// SPDX-License-Identifier: Apache-2.0
#include "shapes.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "files.hpp"

namespace mipzk::cli {
namespace {

constexpr uint64_t kMinLog = 10, kMaxLog = 22;

// A table instance: the table's id and the log2 of its height. Those of a shard, ascending by table
// and descending by height; and those of each shard.
struct Instance {
  uint8_t table, log_height;
};
using Shard = std::vector<Instance>;
using Shards = std::vector<Shard>;

bool in_order(const Instance& a, const Instance& b) {
  return a.table != b.table ? a.table < b.table : a.log_height >= b.log_height;
}

Shards parse(const uint8_t* data, size_t size, const std::string& source) {
  const Failure none(kExitFile, quoted(source) + " is not a shape", kShapeLimit.cure);
  Shards shards;
  while (size != 0) {
    const size_t count = size < 4 || data[1] != 0 || data[2] != 0 || data[3] != 0 ? 0 : data[0];
    const size_t bytes = 4 + 2 * count;
    if (count == 0 || bytes > size || shards.size() == MIPZK_MAX_SHARDS) throw none;
    Shard& shard = shards.emplace_back();
    for (size_t i = 4; i < bytes; i += 2) {
      shard.push_back({data[i], data[i + 1]});
      if (i > 4 && !in_order(shard.end()[-2], shard.back())) throw none;
    }
    data += bytes;
    size -= bytes;
  }
  if (shards.empty()) throw none;
  return shards;
}

// For each table the heights of both, place by place the greater.
Shard joined(const Shard& a, const Shard& b) {
  Shard out;
  auto x = a.begin(), y = b.begin();
  while (x != a.end() || y != b.end()) {
    if (y == b.end() || (x != a.end() && x->table < y->table)) {
      out.push_back(*x++);
    } else if (x == a.end() || y->table < x->table) {
      out.push_back(*y++);
    } else {
      out.push_back({x->table, std::max(x->log_height, y->log_height)});
      ++x;
      ++y;
    }
  }
  return out;
}

// Shards more, with the greatest heights of all that there are.
void extend(Shards& shards, size_t count) {
  if (shards.size() >= count) return;
  Shard all;
  for (const Shard& shard : shards) all = joined(all, shard);
  shards.resize(count, all);
}

std::vector<uint8_t> bytes_of(const Shards& shards) {
  std::vector<uint8_t> bytes;
  for (const Shard& shard : shards) {
    if (shard.size() > MIPZK_MAX_TABLES)
      throw Failure(kExitUsage, fmt::format("the joined shape has a shard of more than {} tables",
                                            MIPZK_MAX_TABLES));
    bytes.insert(bytes.end(), {static_cast<uint8_t>(shard.size()), 0, 0, 0});
    for (const Instance& i : shard) bytes.insert(bytes.end(), {i.table, i.log_height});
  }
  return bytes;
}

}  // namespace

void add_shape_options(Options& options, const char* file) {
  options.visible().add_options()(
      "grow", value("N"),
      fmt::format("with --{}: make each table 2^N times as high, up to 2^22 rows", file).c_str())(
      "shards", value("N"),
      fmt::format("with --{}: make at least N shards; those that are new have the greatest heights "
                  "of the others",
                  file)
          .c_str());
}

void check_shape_options(const Options& options, const char* file) {
  for (const char* name : {"grow", "shards"})
    if (options.has(name) && !options.has(file))
      throw Failure(kExitUsage, fmt::format("--{} changes the shape that --{} writes", name, file));
  if (options.number("grow") > kMaxLog - kMinLog)
    throw Failure(kExitUsage, "--grow wants a number up to 12");
  if (options.number("shards") > MIPZK_MAX_SHARDS)
    throw Failure(kExitUsage, fmt::format("--shards wants a number up to {}", MIPZK_MAX_SHARDS));
}

void write_shape(const uint8_t* shape, size_t size, const std::string& source,
                 const Options& options, const char* file) {
  const std::string path = options.text(file);
  Shards shards = parse(shape, size, source);
  const uint64_t grow = options.number("grow");
  for (Shard& shard : shards)
    for (Instance& i : shard)
      i.log_height = static_cast<uint8_t>(std::min(kMaxLog, i.log_height + grow));
  extend(shards, options.number("shards"));
  struct stat st;
  if (path != "-" && stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode)) {
    const Bytes before = read_file(path, "shape", kShapeLimit);
    Shards others = parse(before.data(), before.size(), path);
    extend(shards, others.size());
    extend(others, shards.size());
    for (size_t i = 0; i < shards.size(); ++i) shards[i] = joined(shards[i], others[i]);
  }
  const std::vector<uint8_t> bytes = bytes_of(shards);
  write_file(path, bytes.data(), bytes.size(), "shape");
}

}  // namespace mipzk::cli
