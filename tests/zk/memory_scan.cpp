// SPDX-License-Identifier: Apache-2.0
#include "zk/memory_scan.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/bytes.hpp"
#include "field/fp.hpp"

namespace mipzk::test {
namespace {

constexpr uint8_t kMaskByte = 0xa7;
constexpr uint64_t kMask = 0xa7a7a7a7a7a7a7a7;
constexpr size_t kNear = 4096;  // two words within so many bytes are no accident

uint64_t load8(const uint8_t* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}
uint32_t load4(const uint8_t* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
  return v;
}

template <class T>
std::vector<bool> filter_of(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  std::vector<bool> filter(1 << 16);
  for (T v : values) filter[v & 0xffff] = true;
  return filter;
}
uint64_t two(uint32_t low, uint32_t high) { return uint64_t{high} << 32 | low; }

template <class T>
bool holds(const std::vector<T>& values, const std::vector<bool>& filter, T v) {
  return filter[v & 0xffff] && std::binary_search(values.begin(), values.end(), v);
}

}  // namespace

Secret::Secret() : masked_(kBytes) {
  if (getrandom(masked_.data(), masked_.size(), 0) != static_cast<ssize_t>(masked_.size()))
    throw std::runtime_error("getrandom");
}

Secret::Secret(std::span<const uint8_t> bytes) {
  for (uint8_t byte : bytes) masked_.push_back(byte ^ kMaskByte);
}

void Secret::reveal(const std::function<void(const uint8_t*)>& f) const {
  std::vector<uint8_t> plain;
  plain.reserve(masked_.size());
  for (uint8_t byte : masked_) plain.push_back(byte ^ kMaskByte);
  f(plain.data());
  secure_zero(plain.data(), plain.size());
}

std::vector<Mapping> mappings() {
  std::ifstream smaps("/proc/self/smaps");
  std::vector<Mapping> all;
  std::string line;
  while (std::getline(smaps, line)) {
    std::istringstream in(line);
    std::string range, word;
    in >> range;
    const size_t dash = range.find('-');
    if (dash != std::string::npos && range.back() != ':') {
      Mapping m;
      m.begin = std::stoull(range.substr(0, dash), nullptr, 16);
      m.end = std::stoull(range.substr(dash + 1), nullptr, 16);
      in >> word;
      m.readable = word[0] == 'r';
      in >> word >> word >> word >> m.name;
      all.push_back(m);
    } else if (range == "VmFlags:") {
      while (in >> word) all.back().left_out_of_cores |= word == "dd";
    }
  }
  return all;
}

Patterns::Patterns(const Secret& secret) {
  const auto& masked = secret.masked_;
  for (size_t i = 0; i + 8 <= masked.size(); ++i) runs_.push_back(load8(&masked[i]));
  for (size_t i = 0; i < masked.size(); i += 4) {
    // The word as the big-endian guest sees it.
    uint32_t word = 0;
    for (size_t k = 0; k < 4; ++k) word = word << 8 | (masked[i + k] ^ kMaskByte);
    words_.push_back(load4(&masked[i]));
    words_.push_back(word ^ static_cast<uint32_t>(kMask));
    limbs_.push_back(two(field::Fp(word & 0xffff).raw(), field::Fp(word >> 16).raw()) ^ kMask);
    uint32_t bytes[4];
    for (size_t k = 0; k < 4; ++k) bytes[k] = field::Fp(word >> (8 * k) & 0xff).raw();
    quads_.push_back({two(bytes[0], bytes[1]) ^ kMask, two(bytes[2], bytes[3]) ^ kMask});
  }
  std::sort(quads_.begin(), quads_.end());
  quad_filter_.resize(1 << 16);
  for (const Quad& q : quads_) quad_filter_[q[0] & 0xffff] = true;
  run_filter_ = filter_of(runs_);
  limb_filter_ = filter_of(limbs_);
  word_filter_ = filter_of(words_);
}

// The form of the cells of a word that begin at `at`, if there are any.
const char* Patterns::cells(const uint8_t* at, const uint8_t* end) const {
  const uint32_t first = load4(at);
  const auto low = static_cast<uint16_t>(first ^ kMask);
  if (!limb_filter_[low] && !quad_filter_[low]) return nullptr;
  const auto found = [&](size_t lanes) -> const char* {
    const size_t step = 4 * lanes, left = static_cast<size_t>(end - at);
    if (left < step + 4) return nullptr;
    const uint64_t pair = two(first, load4(at + step)) ^ kMask;
    if (holds(limbs_, limb_filter_, pair)) return lanes == 1 ? "limbs" : "limbs in lanes";
    if (!quad_filter_[low] || left < 3 * step + 4) return nullptr;
    const Quad quad{pair, two(load4(at + 2 * step), load4(at + 3 * step)) ^ kMask};
    if (!std::binary_search(quads_.begin(), quads_.end(), quad)) return nullptr;
    return lanes == 1 ? "byte cells" : "byte cells in lanes";
  };
  const char* form = found(1);
  for (size_t lanes : kLanes)
    if (form == nullptr) form = found(lanes);
  return form;
}

std::vector<Patterns::Found> Patterns::scan(const uint8_t* bytes, size_t size) const {
  std::vector<Found> found;
  size_t last_offset = 0;
  uint64_t last_word = 0;
  bool any_word = false;
  for (size_t i = 0; i + 8 <= size; ++i) {
    const uint64_t v = load8(bytes + i) ^ kMask;
    if (holds(runs_, run_filter_, v)) found.push_back({i, "bytes"});
    if (i % 4 != 0) continue;
    if (const char* form = cells(bytes + i, bytes + size)) found.push_back({i, form});
    const auto word = static_cast<uint32_t>(v);
    if (!holds(words_, word_filter_, word)) continue;
    if (any_word && last_word != word && i - last_offset <= kNear) found.push_back({i, "words"});
    any_word = true;
    last_word = word;
    last_offset = i;
  }
  return found;
}

std::vector<Hit> Patterns::scan_process() const {
  constexpr size_t kChunk = size_t{1} << 20, kOverlap = kNear + 8;
  // A mapping of its own, which the scan leaves out.
  void* const map =
      mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) throw std::bad_alloc();
  auto* const buffer = static_cast<uint8_t*>(map);
  const auto own = reinterpret_cast<uintptr_t>(map);
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (memory < 0) throw std::runtime_error("/proc/self/mem");
  std::vector<Hit> hits;
  for (const Mapping& m : mappings()) {
    if (!m.readable || m.name == "[vvar]" || m.name == "[vsyscall]") continue;
    for (uintptr_t at = m.begin; at < m.end;) {
      // The kernel may have merged the buffer with its neighbours.
      if (at == own) at += kChunk;
      if (at >= m.end) break;
      size_t size = std::min<size_t>(kChunk, m.end - at);
      if (at < own && own < at + size) size = own - at;
      const ssize_t got = pread(memory, buffer, size, static_cast<off_t>(at));
      if (got <= 0) break;
      for (const Found& f : scan(buffer, static_cast<size_t>(got)))
        hits.push_back({at + f.offset, f.form, m});
      const auto step = static_cast<size_t>(got);
      const bool last = at + step >= m.end || at + step == own;
      at += last || step <= kOverlap ? step : step - kOverlap;
    }
  }
  close(memory);
  munmap(map, kChunk);
  return hits;
}

}  // namespace mipzk::test
