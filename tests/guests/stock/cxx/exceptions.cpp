// SPDX-License-Identifier: Apache-2.0
// Exceptions through frames with destructors, rethrown, in constructors, of the library; RTTI.
#include <cstddef>
#include <cstdio>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

struct Trace {
  int id;
  explicit Trace(int i) : id(i) {}
  ~Trace() { std::printf("~%d ", id); }
};

struct Base {
  virtual ~Base() = default;
};
struct Derived : Base {};

int descend(int n) {
  Trace trace(n);
  if (n == 0) throw std::runtime_error("bottom");
  return descend(n - 1) + 1;
}

struct Fails {
  Trace member{100};
  Fails() { throw 42; }
};

}  // namespace

int main() {
  try {
    descend(4);
  } catch (const std::logic_error&) {
    return 1;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
  }
  try {
    try {
      auto p = std::make_unique<Fails>();
    } catch (int code) {
      std::printf("int %d\n", code);
      throw;
    }
  } catch (...) {
    std::puts("rethrown");
  }
  try {
    std::vector<int>{1, 2, 3}.at(5);
  } catch (const std::out_of_range&) {
    std::puts("out of range");
  }
  try {
    Derived d;
    Base& b = d;
    std::printf("%d ", dynamic_cast<Derived*>(&b) == &d);
    std::puts(typeid(b).name());
    Base other;
    Base& c = other;
    (void)dynamic_cast<Derived&>(c);
  } catch (const std::bad_cast&) {
    std::puts("bad cast");
  }
  try {
    volatile std::size_t too_much = 0x80000010u;  // above PTRDIFF_MAX
    ::operator delete(::operator new(too_much));
  } catch (const std::bad_alloc&) {
    std::puts("bad alloc");
  }
  return 5;
}
