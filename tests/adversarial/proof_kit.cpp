// SPDX-License-Identifier: Apache-2.0
#include "adversarial/proof_kit.hpp"

#include <algorithm>
#include <cstddef>
#include <map>

#include "commit/merkle.hpp"

namespace mipzk::attack {

Bytes prove(const Shard& shard, const proof::Profile& profile, const prove::Masks& masks) {
  EXPECT_EQ(shard.tail_rows, profile.tail_rows);
  static Pool pool(2);
  prove::Options options;
  options.profile = &profile;
  options.masks = masks;
  auto p = prove::prove_traces(pool, *shard.program, shard.claims(), shard.traces, options);
  EXPECT_TRUE(p) << p.error().message;
  return p ? std::move(*p) : Bytes{};
}

Verdict verdict(const hash::Digest& id, ByteView proof, const verify::Policy& policy,
                hash::DrawObserver* observer) {
  Verdict v;
  const Status s = test::verify_proof(id, proof, policy, v.claim, observer);
  if (!s) {
    v.code = s.error().code;
    v.message = s.error().message;
  }
  return v;
}

Verdict verdict(const hash::Digest& id, ByteView proof, hash::DrawObserver* observer) {
  verify::Policy policy = test::test_policy();
  policy.allow_not_hiding = true;
  return verdict(id, proof, policy, observer);
}

const Field& ProofMap::operator[](const std::string& name) const {
  for (const Field& f : fields)
    if (f.name == name) return f;
  ADD_FAILURE() << "no field " << name;
  static const Field none;
  return none;
}

namespace {

struct Mapper {
  Mapper(ByteView bytes, const proof::Profile& p, ProofMap& out)
      : proof(bytes), profile(p), map(out), r(bytes) {}
  ByteView proof;
  const proof::Profile& profile;
  ProofMap& map;
  Reader r;
  PlainTranscript t;
  int message = -1;

  ByteView take(const std::string& name, size_t size) {
    map.fields.push_back({name, r.position(), size, 0, -1});
    return r.take(size);
  }
  // The fields from number `first` on are one message, which the bytes make up.
  void absorb(uint32_t label, ByteView bytes, size_t first) {
    t.absorb(label, bytes);
    ++message;
    for (size_t i = first; i < map.fields.size(); ++i) {
      map.fields[i].label = label;
      map.fields[i].message = message;
    }
  }
  void draw(const std::string& name, uint32_t label) {
    PlainTranscript::Stream c = t.draw(label);
    Draw d{name, label, t.source(label), {}, message, t};
    for (uint32_t& w : d.words) w = c.word();
    map.draws.push_back(std::move(d));
  }
  void root(const std::string& name, uint32_t label) {
    const size_t first = map.fields.size();
    absorb(label, take(name, 32), first);
  }
  void work(const std::string& name, uint32_t label, unsigned bits) {
    if (bits == 0) return;
    const size_t first = map.fields.size();
    absorb(label, take(name, 8), first);
  }
  void tree(const std::string& name, unsigned log_rows, size_t width, std::vector<uint32_t> rows,
            bool salted) {
    for (uint32_t i : rows) {
      const std::string row = name + " 2^" + std::to_string(log_rows) + " row " + std::to_string(i);
      if (salted) take(row + " salt", commit::kSaltBytes);
      take(row, 4 * width);
    }
    for (unsigned level = log_rows; level > 0; --level) {
      std::vector<uint32_t> up;
      for (uint32_t i : rows) {
        if (!std::binary_search(rows.begin(), rows.end(), i ^ 1))
          take(name + " sibling " + std::to_string(level) + "/" + std::to_string(i ^ 1), 32);
        if (up.empty() || up.back() != i >> 1) up.push_back(i >> 1);
      }
      rows = up;
    }
  }
  // A shard's head, here and where it is repeated, absorbed with its number.
  bool head(const std::string& prefix, uint32_t label, std::vector<proof::Instance>& instances) {
    const size_t first = map.fields.size(), start = r.position();
    const ByteView count = take(prefix + "instances", 4);
    if (count.size() != 4 || load_le32(count.data()) > proof::kMaxInstances) return false;
    instances.clear();
    for (uint32_t i = 0; i < load_le32(count.data()); ++i) {
      const ByteView b = take(prefix + "instance " + std::to_string(i), 2);
      if (b.size() == 2) instances.push_back({b[0], b[1]});
    }
    take(prefix + "pass-1 root", 32);
    if (!r.ok()) return false;
    Bytes numbered = {1, 0, 0, 0};
    const ByteView bytes = proof.subspan(start, r.position() - start);
    numbered.insert(numbered.end(), bytes.begin(), bytes.end());
    absorb(label, numbered, first);
    return true;
  }
  bool run();
};

bool Mapper::run() {
  take("magic", 4);
  take("version", 2);
  take("flags", 2);
  take("profile", 4);
  take("machine version", 4);
  take("byte order", 4);
  take("entry", 4);
  const ByteView logs = take("program heights", 3);
  take("program padding", 1);
  take("program root 2", 32);
  take("program root 4", 32);
  for (const char* name : {"public input", "output"}) {
    const ByteView size = take(std::string(name) + " size", 4);
    if (size.size() != 4) return false;
    if (load_le32(size.data()) != 0) take(name, load_le32(size.data()));
  }
  take("exit code", 4);
  take("shards", 4);
  if (!r.ok()) return false;
  absorb(1, proof.first(r.position()), 0);

  std::vector<proof::Instance> instances;
  if (!head("", 2, instances)) return false;
  work("global work", 3, profile.lookup_work);
  draw("global", 4);
  const ByteView length = take("part size", 4);
  if (length.size() != 4) return false;
  const bool good_length = load_le32(length.data()) == r.remaining();
  if (!head("repeated ", 5, instances)) return false;
  root("main root", 6);
  work("lookup work", 7, profile.lookup_work);
  draw("local", 8);
  root("extension root", 9);

  proof::ProgramHeader header;
  header.log_rom = logs[0];
  header.log_region = logs[1];
  header.log_image = logs[2];
  if (!proof::Shape::make(instances, header, profile, map.shape)) return false;
  const proof::Shape& shape = map.shape;
  size_t first = map.fields.size(), start = r.position();
  for (size_t i = 0; i < instances.size(); ++i) {
    const air::Layout& l = shape.info(i).layout;
    const std::string n = std::to_string(i);
    if (l.in_local_ring()) take("published P " + n, 20);
    if (l.in_local_ring()) take("published S " + n, 20);
    if (l.in_global_ring()) take("published G " + n, 20);
  }
  absorb(10, proof.subspan(start, r.position() - start), first);
  draw("gamma", 11);
  root("quotient root", 12);
  work("deep work", 13, profile.deep_work);
  draw("zeta", 14);

  root("openings digest", 15);
  work("batch work", 16, profile.batch_work);
  draw("batch", 17);
  // Bound by their digest.
  const auto openings = [&](size_t m) {
    const proof::Matrix& x = shape.matrices()[m];
    const std::string n = std::to_string(m);
    for (unsigned k = 0; k < x.width; ++k) take("opening " + n + "/" + std::to_string(k), 20);
    for (unsigned k = 0; k < 5u * x.running; ++k)
      take("next opening " + n + "/" + std::to_string(k), 20);
  };
  for (int i = 0; i <= static_cast<int>(instances.size()); ++i)
    for (size_t m = 0; m < shape.matrices().size(); ++m) {
      const proof::Matrix& x = shape.matrices()[m];
      const int owner = x.instance < 0 ? static_cast<int>(instances.size()) : x.instance;
      if (x.opened && owner == i) openings(m);
    }
  if (!r.ok()) return false;

  const unsigned top = shape.max_log_height() + profile.log_blowup;
  std::vector<std::pair<unsigned, unsigned>> layers;  // log2 of word and fold
  unsigned size = top;
  for (unsigned degree = shape.max_log_height(); degree > 5;) {
    const unsigned fold = std::min(3u, degree - 5);
    layers.push_back({size, fold});
    const std::string n = std::to_string(layers.size() - 1);
    root("fri root " + n, 0x20);
    work("fold work " + n, 0x23, profile.fold_work);
    draw("fold " + n, 0x21);
    size -= fold;
    degree -= fold;
  }
  first = map.fields.size();
  start = r.position();
  for (int k = 0; k < 32; ++k) take("final " + std::to_string(k), 20);
  if (!r.ok()) return false;
  absorb(0x22, proof.subspan(start, 640), first);
  work("query work", 0x30, profile.query_work);
  draw("queries", 0x31);
  PlainTranscript::Stream c = t.draw(0x31);
  for (unsigned q = 0; q < profile.queries; ++q) map.indices.push_back(c.index(top));
  std::sort(map.indices.begin(), map.indices.end());
  map.indices.erase(std::unique(map.indices.begin(), map.indices.end()), map.indices.end());

  static const char* const kTrees[] = {"program", "fixed",     "pass-1",
                                       "main",    "extension", "quotient"};
  for (unsigned tree_id = 0; tree_id < proof::kTreeCount; ++tree_id) {
    // The stacked columns of a tree have the height of the highest, but at least that of FIXED.
    unsigned log_tree = 14;
    std::map<std::pair<unsigned, unsigned>, size_t> columns;  // by height and points
    for (const proof::Matrix& m : shape.matrices()) {
      if (m.tree != tree_id) continue;
      log_tree = std::max<unsigned>(log_tree, m.log_height);
      columns[{m.log_height, m.opened ? 1 : 0}] += m.width - 5u * m.running;
      columns[{m.log_height, 2}] += 5u * m.running;
    }
    if (columns.empty()) continue;
    size_t width = 0;
    for (const auto& [kind, count] : columns) {
      const size_t slots = size_t{1} << (log_tree - kind.first);
      width += (count + slots - 1) / slots;
    }
    std::vector<uint32_t> rows = map.indices;
    for (uint32_t& i : rows) i >>= top - (log_tree + profile.log_blowup);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    tree(kTrees[tree_id], log_tree + profile.log_blowup, width, rows,
         tree_id >= proof::kTreePassOne);
  }
  std::vector<uint32_t> rows = map.indices;
  for (size_t i = 0; i < layers.size(); ++i) {
    for (uint32_t& v : rows) v >>= layers[i].second;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    tree("fri " + std::to_string(i), layers[i].first - layers[i].second,
         size_t{5} << layers[i].second, rows, false);
  }
  return r.at_end() && good_length;
}

}  // namespace

ProofMap map_proof(ByteView proof, const proof::Profile& profile) {
  ProofMap map;
  Mapper m(proof, profile, map);
  map.ok = m.run();
  return map;
}

}  // namespace mipzk::attack
