// SPDX-License-Identifier: Apache-2.0
#include "verify/parallel.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

#include "isa/program.hpp"
#include "verify/part.hpp"
#include "verify/read.hpp"

namespace mipzk::verify {
namespace {

using Bytes = std::vector<uint8_t>;

Error cancelled() { return Error(Errc::kCancelled, "cancelled while verifying"); }

// Where the bytes of a proof come from.
class Input {
 public:
  virtual ~Input() = default;
  // The next `size` bytes, fewer where the proof ends before; in `buffer`, or where they are.
  virtual Status take(size_t size, Bytes& buffer, ByteView& out) = 0;
};

class MemoryInput final : public Input {
 public:
  explicit MemoryInput(ByteView bytes) : bytes_(bytes) {}
  Status take(size_t size, Bytes&, ByteView& out) override {
    out = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(out.size());
    return {};
  }

 private:
  ByteView bytes_;
};

class StreamInput final : public Input {
 public:
  StreamInput(const ReadFunction& read, uint64_t most) : read_(read), left_(most) {}

  // The buffer grows with what arrives, not with what the proof announces.
  Status append(size_t size, Bytes& buffer) {
    constexpr size_t kPiece = size_t{1} << 20;
    const uint64_t allowed = std::min<uint64_t>(size, left_ == UINT64_MAX ? left_ : left_ + 1);
    for (uint64_t want = allowed; want > 0 && !at_end_;) {
      // However small the pieces are that come: each byte is made room for once.
      const size_t before = buffer.size(), piece = std::min<uint64_t>(want, kPiece);
      buffer.resize(before + piece);
      size_t got = 0;
      while (got < piece && !at_end_) {
        const int64_t n = read_(&buffer[before + got], piece - got);
        if (n < 0 || static_cast<uint64_t>(n) > piece - got) return cancelled();
        at_end_ = n == 0;
        got += static_cast<size_t>(n);
        if (static_cast<uint64_t>(n) > left_) return too_long();
        left_ -= static_cast<uint64_t>(n);
      }
      buffer.resize(before + got);
      want -= got;
    }
    return {};
  }
  Status take(size_t size, Bytes& buffer, ByteView& out) override {
    buffer.clear();
    if (Status s = append(size, buffer); !s) return s;
    out = buffer;
    return {};
  }

 private:
  const ReadFunction& read_;
  uint64_t left_;  // bytes that the policy still allows
  bool at_end_ = false;
};

// Reads a stream up to the first part, as far as that is to be found; what is wrong with the front
// is read_front's to say.
Status read_front_bytes(StreamInput& input, const Policy& policy, Bytes& front) {
  Status status;
  // Whether there are `size` bytes.
  const auto have = [&](size_t size) {
    if (status && front.size() < size) status = input.append(size - front.size(), front);
    return status && front.size() >= size;
  };
  const auto u32 = [&](size_t at) { return load_le32(&front[at]); };
  constexpr size_t kProfile = 8, kWindows = kProfile + 4 + proof::ProgramHeader::kSize;
  if (!have(4) || std::memcmp(front.data(), proof::kMagic, 4) != 0) return status;
  size_t at = kWindows;
  for (int window = 0; window < 2; ++window) {
    if (!have(at + 4) || u32(at) > isa::kMaxWindowBytes) return status;
    at += 4 + u32(at);
  }
  if (!have(at + 8)) return status;
  const uint32_t shards = u32(at + 4);
  const proof::Profile* profile = proof::find_profile(u32(kProfile), policy.profiles);
  if (shards > policy.max_shards || profile == nullptr) return status;
  at += 8;
  for (uint32_t i = 0; i < shards; ++i) {
    if (!have(at + 4) || u32(at) > proof::kMaxInstances) return status;
    at += 4 + size_t{2} * u32(at) + sizeof(hash::Digest);
  }
  (void)have(at + (proof::global_work(*profile).bits != 0 ? 8 : 0));
  return status;
}

// The parts of all shards, some at a time.
class Parts {
 public:
  Parts(Pool& pool, Input& input, Session& session, const std::atomic_flag* cancel)
      : pool_(pool), input_(input), session_(session), cancel_(cancel) {}

  Status check_all() {
    const uint32_t shards = session_.statement.shards;
    slots_.resize(std::min(shards, kPartsPerThread * pool_.threads()));
    spaces_.resize(std::min<size_t>(slots_.size(), pool_.threads()));
    for (auto& space : spaces_) {
      space = std::make_unique<Workspace>();
      free_.push_back(space.get());
    }
    for (uint32_t first = 1; first <= shards; first += static_cast<uint32_t>(slots_.size()))
      if (Status s = check_from(first); !s) return s;
    Bytes buffer;
    ByteView rest;
    if (Status s = input_.take(1, buffer, rest); !s) return s;
    if (!rest.empty()) return trailing_bytes();
    return {};
  }

 private:
  struct Slot {
    Bytes buffer;
    Part part;
    Fp5 product;
    bool checked = false;  // not skipped
    bool begun = false;    // the first half is done
    Status status;
  };

  bool is_cancelled() const { return cancel_ != nullptr && cancel_->test(); }

  Status take_part(uint32_t index, Slot& slot) {
    ByteView bytes;
    uint32_t length = 0;
    slot.checked = false;
    if (Status s = input_.take(4, slot.buffer, bytes); !s) return s;
    if (Status s = read_length(bytes, length); !s) return in_shard(index, s);
    if (Status s = input_.take(length, slot.buffer, bytes); !s) return s;
    if (Status s = open_part(bytes, length, index, session_, slot.part); !s)
      return in_shard(index, s);
    return {};
  }

  void check(Slot& slot, Workspace& ws) {
    Reader r(slot.part.bytes);
    slot.checked = true;
    slot.begun = false;
    slot.status = begin_part(slot.part, r, session_, ws, slot.product);
    if (!slot.status) return;
    slot.begun = true;
    slot.status = finish_part(slot.part, r, session_, ws);
  }

  // Takes parts from shard `first` on, checks them, and looks at the results in their order.
  Status check_from(uint32_t first) {
    const uint32_t shards = session_.statement.shards;
    const size_t wanted = std::min<size_t>(slots_.size(), shards - first + 1);
    size_t taken = 0;
    Status not_taken;  // why the part behind them was not
    while (taken < wanted && not_taken) {
      if (is_cancelled()) return cancelled();
      not_taken = take_part(first + static_cast<uint32_t>(taken), slots_[taken]);
      taken += not_taken.ok();
    }
    pool_.parallel_for(taken, 1, [&](size_t begin, size_t end) {
      Workspace* ws = nullptr;
      {
        const std::lock_guard lock(mutex_);
        ws = free_.back();
        free_.pop_back();
      }
      for (size_t i = begin; i < end && !is_cancelled(); ++i) check(slots_[i], *ws);
      const std::lock_guard lock(mutex_);
      free_.push_back(ws);
    });
    if (is_cancelled()) return cancelled();
    for (size_t i = 0; i < taken; ++i) {
      const Slot& slot = slots_[i];
      if (!slot.checked) return cancelled();  // the flag, seen by a thread, may be gone again
      const uint32_t index = first + static_cast<uint32_t>(i);
      if (slot.begun) session_.product *= slot.product;
      if (slot.begun && index == shards)
        if (Status s = check_whole(session_); !s) return s;
      if (!slot.status) return in_shard(index, slot.status);
    }
    return not_taken;
  }

  Pool& pool_;
  Input& input_;
  Session& session_;
  const std::atomic_flag* cancel_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Workspace>> spaces_;
  std::mutex mutex_;
  std::vector<Workspace*> free_;  // guarded by mutex_
};

}  // namespace

Status verify_parallel(Pool& pool, const hash::Digest& program_id, ByteView proof,
                       const Policy& policy, const std::atomic_flag* cancel, Claim& claim) {
  claim = Claim();
  if (proof.size() > policy.max_proof_bytes) return too_long();
  const auto shard = std::make_unique<Shard>();
  Session session;
  Reader r(proof);
  if (Status s = read_front(r, proof, program_id, policy, session, *shard); !s) return s;
  MemoryInput input(proof.subspan(r.position()));
  if (Status s = Parts(pool, input, session, cancel).check_all(); !s) return s;
  claim = claim_of(session, proof.data());
  return {};
}

Status verify_stream(Pool& pool, const hash::Digest& program_id, const ReadFunction& read,
                     const Policy& policy, const std::atomic_flag* cancel,
                     std::vector<uint8_t>& front, Claim& claim) {
  claim = Claim();
  front.clear();
  StreamInput input(read, policy.max_proof_bytes);
  Bytes bytes;
  if (Status s = read_front_bytes(input, policy, bytes); !s) return s;
  const auto shard = std::make_unique<Shard>();
  Session session;
  Reader r(bytes);
  if (Status s = read_front(r, bytes, program_id, policy, session, *shard); !s) return s;
  if (Status s = Parts(pool, input, session, cancel).check_all(); !s) return s;
  claim = claim_of(session, bytes.data());
  front = std::move(bytes);
  return {};
}

}  // namespace mipzk::verify
