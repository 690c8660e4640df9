// SPDX-License-Identifier: Apache-2.0
// Threads of the C++ library, futures, exceptions across threads.
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <thread>
#include <vector>

int main() {
  std::mutex mutex;
  std::condition_variable ready;
  std::queue<int> queue;
  long sum = 0;
  std::thread consumer([&] {
    for (int seen = 0; seen < 300;) {
      std::unique_lock lock(mutex);
      ready.wait(lock, [&] { return !queue.empty(); });
      for (; !queue.empty(); queue.pop(), ++seen) sum += queue.front();
    }
  });
  std::vector<std::thread> producers;
  for (int p = 0; p < 3; ++p)
    producers.emplace_back([&, p] {
      for (int i = 0; i < 100; ++i) {
        std::lock_guard lock(mutex);
        queue.push(p * 1000 + i);
        ready.notify_one();
      }
    });
  for (auto& t : producers) t.join();
  consumer.join();
  auto future = std::async(std::launch::async, []() -> int { throw std::runtime_error("thrown"); });
  try {
    future.get();
  } catch (const std::exception& e) {
    std::cout << e.what() << ' ';
  }
  std::cout << sum << ' ' << std::async(std::launch::async, [] { return 9; }).get() << '\n';
}
