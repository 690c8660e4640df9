// SPDX-License-Identifier: Apache-2.0
// Containers, algorithms, streams with numbers and doubles.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
  std::unordered_map<std::string, int> words;
  std::string word;
  while (std::cin >> word) ++words[word];
  std::map<std::string, int> sorted(words.begin(), words.end());
  for (const auto& [text, count] : sorted) std::cout << text << '=' << count << ' ';
  std::cout << '\n';

  std::vector<uint32_t> numbers(1000);
  uint32_t state = 7;
  for (auto& n : numbers) n = state = state * 1664525 + 1013904223;
  std::sort(numbers.begin(), numbers.end());
  std::stable_sort(numbers.begin(), numbers.end(), [](auto a, auto b) { return a % 10 < b % 10; });
  std::cout << std::hex << numbers.front() << ' ' << numbers.back() << std::dec << '\n';
  const std::set<uint32_t> rests = [&] {
    std::set<uint32_t> s;
    for (auto n : numbers) s.insert(n % 97);
    return s;
  }();
  std::cout << rests.size() << ' ' << std::accumulate(rests.begin(), rests.end(), 0ull) << '\n';

  std::deque<double> values;
  for (int i = 0; i < 20; ++i) i % 2 ? values.push_back(i / 3.0) : values.push_front(i * 1e5);
  std::ostringstream out;
  out << std::setprecision(12) << std::accumulate(values.begin(), values.end(), 0.0) << ' '
      << std::fixed << std::setprecision(3) << values.back();
  std::cout << out.str() << '\n';
  std::istringstream in("12 -7.25 abc");
  int i = 0;
  double d = 0;
  in >> i >> d >> word;
  std::cout << i << ' ' << d << ' ' << word << ' ' << words.load_factor() << std::endl;
  return static_cast<int>(words.size());
}
