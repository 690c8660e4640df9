// SPDX-License-Identifier: Apache-2.0
// Faults in what is recorded of a run and claimed of it.
#include <algorithm>

#include "adversarial/faults.hpp"
#include "unit/isa/class_facts.hpp"

namespace mipzk::attack {
namespace {

constexpr uint32_t kReg = vm::kRegisterKeyBase;

template <class T>
T* find(SecretVector<T>& words, uint32_t key) {
  const auto at = std::lower_bound(words.begin(), words.end(), key,
                                   [](const T& w, uint32_t k) { return w.key < k; });
  return at != words.end() && at->key == key ? &*at : nullptr;
}

void set_in(vm::Touched& t, uint32_t v) {
  t.in_lo = v & 0xffff;
  t.in_hi = v >> 16;
}
void set_out(vm::Touched& t, uint32_t v) {
  t.out_lo = v & 0xffff;
  t.out_hi = v >> 16;
}

std::vector<uint8_t> other_bytes(Rng& rng, std::vector<uint8_t> bytes) {
  switch (bytes.empty() ? 1 : rng() % 4) {
    case 0:
      bytes.pop_back();
      break;
    case 1:
      bytes.push_back(static_cast<uint8_t>(rng()));
      break;
    default:
      bytes[rng() % bytes.size()] ^= static_cast<uint8_t>(1u << rng() % 8);
  }
  return bytes;
}

// Word `i` of a window that holds the bytes.
uint32_t window_word(const Subject& s, const std::vector<uint8_t>& bytes, uint32_t i) {
  return vm::Windows({{}, bytes, {}}, s.program->program.little_endian).public_word(i);
}

// How far the falsehood is told: in the claim alone, in the source of the word, in its boundary.
enum class Depth { kClaim, kSource, kBoundary };
Depth random_depth(Rng& rng) {
  return one_of(rng, {Depth::kClaim, Depth::kSource, Depth::kBoundary});
}

// The run saw another public input than the claim says.
std::optional<Story> wrong_public_input(const Subject& s, Rng& rng) {
  Bytes3 in = s.in;
  in.public_input = other_bytes(rng, in.public_input);
  FalseRun run(*s.program, s.code, in, 2 * s.honest.steps.size() + 1000);
  auto story = run.finish();
  if (!story) return std::nullopt;
  story->public_input = s.in.public_input;
  const Depth depth = random_depth(rng);
  if (depth == Depth::kClaim) return story;
  const size_t words = vm::window_words(static_cast<uint32_t>(in.public_input.size()));
  for (uint32_t i = 0; i < words; ++i) {
    const uint32_t v = window_word(s, s.in.public_input, i);
    const uint32_t key = isa::kPublicBase / 4 + i;
    vm::SourceWord& word = *find(story->finals, key);
    vm::Touched* touched = find(story->touched, key);
    if (word.value_init == v) continue;
    if (touched == nullptr) return std::nullopt;  // the run is the same for both inputs
    word.value_init = word.value_final = v;
    if (depth == Depth::kSource) continue;
    set_in(*touched, v);
    set_out(*touched, v);
  }
  return story;
}

void tell_final(Story& story, uint32_t key, uint32_t v, Depth depth) {
  if (depth == Depth::kClaim) return;
  if (vm::SourceWord* word = find(story.finals, key)) word->value_final = v;
  if (depth == Depth::kSource) return;
  if (vm::Touched* touched = find(story.touched, key)) set_out(*touched, v);
}

std::optional<Story> wrong_output(const Subject& s, Rng& rng) {
  Story story = s.honest;
  story.output = other_bytes(rng, story.output);
  const Depth depth = random_depth(rng);
  const size_t words = vm::window_words(static_cast<uint32_t>(story.output.size()));
  for (uint32_t i = 0; i < words; ++i)
    tell_final(story, isa::kOutputBase / 4 + i, window_word(s, story.output, i), depth);
  return story;
}

std::optional<Story> wrong_exit_code(const Subject& s, Rng& rng) {
  Story story = s.honest;
  story.exit_code = other_value(rng, story.exit_code);
  tell_final(story, kReg + isa::kExitCode, story.exit_code, random_depth(rng));
  return story;
}

// A word or register starts with another value. What the private input holds is the prover's
// choice.
std::optional<Story> wrong_initial_value(const Subject& s, Rng& rng) {
  const vm::Touched t = one_of(rng, s.honest.touched);
  const bool is_private =
      t.key >= isa::kPrivateBase / 4 && t.key < (isa::kPrivateBase + isa::kWindowSize) / 4;
  if (t.key == vm::kStateKey || is_private) return std::nullopt;
  FalseRun run(s, 0);
  const uint32_t v = other_value(rng, *run.value(t.key));
  *run.value(t.key) = v;
  auto story = run.finish();
  if (!story) return std::nullopt;
  vm::Touched* touched = find(story->touched, t.key);
  if (touched == nullptr) return std::nullopt;
  const Depth depth = random_depth(rng);
  if (depth != Depth::kClaim) set_in(*touched, v);
  if (depth == Depth::kBoundary) find(story->finals, t.key)->value_init = v;
  return story;
}

// The time of an access, of the access before it, or of the last one.
std::optional<Story> wrong_time(const Subject& s, Rng& rng) {
  Story story = s.honest;
  if (rng() % 8 == 0) {
    vm::Touched& t = story.touched[rng() % story.touched.size()];
    t.t_last = other_value(rng, t.t_last) % (1u << 28);
    return story;
  }
  Step& step = story.steps[rng() % story.steps.size()];
  const std::vector<Access> all = accesses(step);
  uint32_t& t = all.empty() || rng() % 8 == 0 ? step.event.clk : step.event.*one_of(rng, all).time;
  const uint32_t old = t;
  t = one_of(rng, {old - 4, old + 4, old - 1, old + 1, 0u, step.event.clk, step.event.clk + 4,
                   static_cast<uint32_t>(rng() % (4 * story.steps.size()))});
  return story;
}

// Bumps only move a word in time: they neither change it nor take it back.
std::optional<Story> wrong_bump(const Subject& s, Rng& rng) {
  if (s.honest.bumps.empty()) return std::nullopt;
  Story story = s.honest;
  const size_t i = rng() % story.bumps.size();
  vm::Bump& b = story.bumps[i];
  switch (rng() % 8) {
    case 0:
      b.key = other_value(rng, b.key) % field::kP;
      break;
    case 1:
      b.value_lo = other_value(rng, b.value_lo) & 0xffff;
      break;
    case 2:
      b.value_hi = other_value(rng, b.value_hi) & 0xffff;
      break;
    case 3:
      b.writable ^= 1;
      break;
    case 4:
      b.t_old = other_value(rng, b.t_old) % (1u << 28);
      break;
    case 5:
      b.t_new = other_value(rng, b.t_new) % (1u << 28);
      break;
    case 6:
      std::swap(b.t_old, b.t_new);
      break;
    default:
      story.bumps.erase(story.bumps.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return story;
}

// Whether a word may be written.
std::optional<Story> wrong_permission(const Subject& s, Rng& rng) {
  Story story = s.honest;
  if (rng() % 2 == 0) {
    story.touched[rng() % story.touched.size()].writable ^= 1;
    return story;
  }
  std::vector<Step*> loads;
  for (Step& step : story.steps)
    if (is_load(step)) loads.push_back(&step);
  if (loads.empty()) return std::nullopt;
  Step& step = *one_of(rng, loads);
  step.event.mem_writable ^= test::event_shape(step.rom.cls).next_word ? 1 + rng() % 2 : 1;
  return story;
}

constexpr FaultKind kKinds[] = {
    {"public input", wrong_public_input}, {"output", wrong_output},
    {"exit code", wrong_exit_code},       {"initial value", wrong_initial_value},
    {"time of an access", wrong_time},    {"bump", wrong_bump},
    {"permission", wrong_permission},
};

}  // namespace

std::span<const FaultKind> story_faults() { return kKinds; }

}  // namespace mipzk::attack
