// SPDX-License-Identifier: Apache-2.0
// C++ without a library: constructors of static objects in order, virtual functions, templates,
// lambdas, the headers that need nothing, placement new, 64-bit division.
#include <mipzk_guest.h>
#include <string.h>
#include <zkvm_io.h>

#include <algorithm>
#include <array>
#include <new>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>

namespace {

uint8_t text[1000];
size_t text_size;

void put(const char* s) {
  const size_t n = strlen(s);
  memcpy(text + text_size, s, n);
  text_size += n;
}

void put(uint64_t n) {
  char digits[21];
  char* p = digits + 20;
  *p = '\0';
  do *--p = static_cast<char>('0' + n % 10);
  while ((n /= 10) != 0);
  put(p);
  put(" ");
}

struct Announce {
  explicit Announce(const char* name) {
    put("constructs ");
    put(name);
    put("\n");
  }
  ~Announce() { put("never"); }
};

Announce first("first"), second("second");

struct Shape {
  virtual ~Shape() = default;
  virtual uint32_t area() const = 0;
};
struct Square : Shape {
  uint32_t side;
  explicit Square(uint32_t s) : side(s) {}
  uint32_t area() const override { return side * side; }
};
struct Rectangle : Square {
  uint32_t height;
  Rectangle(uint32_t s, uint32_t h) : Square(s), height(h) {}
  uint32_t area() const override { return side * height; }
};

std::optional<uint8_t> largest(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return std::nullopt;
  return *std::max_element(bytes.begin(), bytes.end());
}

Announce& local() {
  static Announce third("third");
  return third;
}

}  // namespace

int main() {
  local();
  local();
  alignas(Rectangle) static uint8_t place[sizeof(Rectangle)];
  Rectangle* r = new (place) Rectangle(6, 7);
  const Square q(9);
  for (const Shape* s : {static_cast<const Shape*>(r), static_cast<const Shape*>(&q)})
    put(s->area());
  r->~Rectangle();

  const uint8_t* input = nullptr;
  size_t size = 0;
  read_input(&input, &size);
  put(largest({input, size}).value_or(0));
  std::array<uint64_t, 40> numbers;
  std::iota(numbers.begin(), numbers.end(), 1);
  std::sort(numbers.begin(), numbers.end(), [](auto a, auto b) { return a * 7 % 41 < b * 7 % 41; });
  const auto [low, high] = std::minmax_element(numbers.begin() + 3, numbers.end());
  put(numbers[0]);
  put(*low);
  put(*high);
  put(std::accumulate(numbers.begin(), numbers.end(), 1ull,
                      [](auto a, auto b) { return a * 31 + b; }) /
      12345678901);
  write_output(text, text_size);
  return 3;
}
