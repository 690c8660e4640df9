// SPDX-License-Identifier: Apache-2.0
// The C++ library: exceptions, streams, containers, threads. Floating point runs through the
// kernel.
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

struct Noisy {
  explicit Noisy(int n) : number(n) {}
  ~Noisy() { std::cout << "~" << number << "\n"; }
  int number;
};

static void fall(int depth) {
  Noisy noisy(depth);
  if (depth == 3) throw std::out_of_range("at the bottom");
  fall(depth + 1);
}

int main() {
  try {
    fall(0);
  } catch (const std::exception& e) {
    std::cout << e.what() << "\n";
  }

  std::unordered_map<std::string, int> words;
  std::string word;
  while (std::cin >> word) ++words[word];
  const std::map<std::string, int> sorted(words.begin(), words.end());
  for (const auto& [text, count] : sorted) std::cout << text << " " << count << "\n";

  std::vector<double> values(100);
  std::iota(values.begin(), values.end(), 0.5);
  double sum = 0;
  for (double v : values) sum += std::sqrt(v) * std::sin(v) / (v + 1e-3);
  std::cout.precision(15);
  std::cout << sum << " " << 1.0f / 3 << " " << 1e300 * 1e10 << "\n";

  std::mutex mutex;
  std::condition_variable condition;
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  int total = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      std::unique_lock lock(mutex);
      ++ready;
      condition.notify_all();
      condition.wait(lock, [&] { return ready == 4; });
      total += i;
    });
  for (auto& t : threads) t.join();
  auto answer = std::async(std::launch::async, [] {
    if (true) throw std::runtime_error("from the other thread");
    return 1;
  });
  try {
    answer.get();
  } catch (const std::runtime_error& e) {
    std::cout << e.what() << " " << total << std::endl;
  }
  return 12;
}
