// SPDX-License-Identifier: Apache-2.0
#include "proof/shape.hpp"

namespace mipzk::proof {
namespace {

Error malformed(const char* text) { return Error(Errc::kMalformed, text); }

}  // namespace

unsigned own_height(const ProgramHeader& header, air::TableId table) {
  return table == air::kTableRom      ? header.log_rom
         : table == air::kTableRegion ? header.log_region
         : table == air::kTableImage  ? header.log_image
         : table == air::kTableFixed  ? air::kFixedLogRows
                                      : 0;
}

Status read_instances(Reader& reader, Instance out[kMaxInstances], uint32_t& count) {
  count = reader.u32();
  if (!reader.ok() || count > kMaxInstances) return malformed("too many table instances");
  for (uint32_t i = 0; i < count; ++i) {
    out[i].table = reader.u8();
    out[i].log_height = reader.u8();
  }
  if (!reader.ok()) return malformed("the proof ends inside its shape");
  return {};
}

Status Shape::add(const Matrix& m) {
  if (matrix_count_ == kMaxMatrices) return malformed("too many matrices");
  Matrix& n = matrices_[matrix_count_++];
  n = m;
  columns_ += m.width;
  return {};
}

// Matrices of an instance follow one another tree by tree, in the order of their openings.
void Shape::number_openings() {
  uint32_t next[kMaxInstances + 1] = {};  // of each instance, and of what belongs to none
  const auto owner = [&](const Matrix& m) -> uint32_t& {
    return next[m.instance < 0 ? instance_count_ : static_cast<uint32_t>(m.instance)];
  };
  const auto count = [](const Matrix& m) { return m.opened ? m.width + 5u * m.running : 0u; };
  for (uint32_t i = 0; i < matrix_count_; ++i) owner(matrices_[i]) += count(matrices_[i]);
  for (uint32_t i = 0; i <= instance_count_; ++i) {
    const uint32_t first = openings_;
    openings_ += next[i];
    next[i] = first;
  }
  for (uint32_t i = 0; i < matrix_count_; ++i) {
    Matrix& m = matrices_[i];
    m.first_opening = owner(m);
    owner(m) += count(m);
  }
}

unsigned stack_columns(std::span<Stack> tree) {
  unsigned log_tree = kMinLogTree;
  for (const Stack& s : tree)
    if (s.log_height > log_tree) log_tree = s.log_height;
  uint16_t words = 0;
  for (Stack& s : tree) {
    s.log_slots = static_cast<uint8_t>(log_tree - s.log_height);
    s.width = static_cast<uint16_t>(((s.columns - 1) >> s.log_slots) + 1);
    s.used_slots = static_cast<uint16_t>((s.columns - 1) / s.width + 1);
    s.first_word = words;
    words = static_cast<uint16_t>(words + s.width);
  }
  return log_tree;
}

// Places the columns of all matrices into stacks.
void Shape::stack() {
  for (unsigned t = 0; t < kTreeCount; ++t) {
    const uint32_t first = stack_count_;
    const auto place = [&](unsigned log_height, bool running, bool opened, unsigned columns) {
      if (columns == 0) return Matrix::Place{};
      Stack* s = stacks_ + first;
      while (s != stacks_ + stack_count_ &&
             (s->log_height != log_height || s->running != running || s->opened != opened))
        ++s;
      const Matrix::Place at{static_cast<uint8_t>(s - stacks_), s->columns};
      s->columns = static_cast<uint16_t>(s->columns + columns);
      return at;
    };
    // Which there are, in their order, then what they hold.
    for (unsigned h = air::kMaxLogHeight + 1; h-- > air::kMinLogHeight;) {
      unsigned plain = 0, running = 0;
      for (const Matrix& m : matrices())
        if (m.tree == t && m.log_height == h && m.opened) {
          plain += m.width - 5u * m.running;
          running += m.running;
        }
      if (plain != 0)
        stacks_[stack_count_++] = {static_cast<Tree>(t), static_cast<uint8_t>(h), false, true};
      if (running != 0)
        stacks_[stack_count_++] = {static_cast<Tree>(t), static_cast<uint8_t>(h), true, true};
    }
    if (t == kTreeQuotient)
      stacks_[stack_count_++] = {kTreeQuotient, static_cast<uint8_t>(max_log_), false, false};
    for (uint32_t i = 0; i < matrix_count_; ++i) {
      Matrix& m = matrices_[i];
      if (m.tree != t) continue;
      m.plain = place(m.log_height, false, m.opened, m.width - 5u * m.running);
      m.next = place(m.log_height, true, m.opened, 5u * m.running);
    }
    log_tree_[t] = static_cast<uint8_t>(stack_columns({stacks_ + first, stack_count_ - first}));
    for (Stack* s = stacks_ + first; s != stacks_ + stack_count_; ++s) {
      if (!s->opened) continue;
      s->first_pair = pairs_;
      s->first_slot = point_slots_;
      pairs_ += s->width * (1u + s->running);
      point_slots_ += s->slots() * (1u + s->running);
    }
  }
}

Status Shape::make(std::span<const Instance> instances, const ProgramHeader& header,
                   const Profile& profile, Shape& out, uint32_t shard) {
  out = Shape();
  if (instances.size() > kMaxInstances) return malformed("too many table instances");
  uint8_t seen[256] = {};  // by table id
  for (size_t i = 0; i < instances.size(); ++i) {
    const Instance& in = instances[i];
    const air::TableInfo* info = air::find_table(in.table);
    if (info == nullptr) return malformed("unknown table");
    if (in.log_height < air::kMinLogHeight || in.log_height > air::kMaxLogHeight ||
        in.log_height + profile.log_blowup > kMaxLogDomain)
      return malformed("a table's height is out of range");
    if (i > 0) {
      const Instance& prev = instances[i - 1];
      bool ordered =
          prev.table < in.table || (prev.table == in.table && prev.log_height >= in.log_height);
      if (!ordered) return malformed("table instances are out of order");
    }
    if (++seen[in.table] > 1 && info->count == air::Count::kOnce)
      return malformed("a table occurs too often");
    if (info->first_shard_only && shard != 1)
      return malformed("a table of the first shard in a later one");
    const unsigned own = own_height(header, in.table);
    if (own != 0 && in.log_height != own)
      return malformed("a table's height differs from the program's");

    uint64_t rows = uint64_t{1} << in.log_height;
    out.instances_[i] = in;
    out.info_[i] = info;
    out.gamma_[i] = out.constraints_;
    out.constraints_ += info->layout.constraints;
    out.messages_ += rows * info->layout.messages();
    out.global_messages_ += rows * 2 * info->layout.global_items;
    out.slots_ += rows * info->slots;
    out.heights_ |= 1u << in.log_height;
    if (in.log_height > out.max_log_) out.max_log_ = in.log_height;
  }
  for (const air::TableInfo& t : air::tables())
    if (seen[t.id] == 0 && t.count != air::Count::kAny && (shard == 1 || !t.first_shard_only))
      return malformed("a required table is missing");
  out.instance_count_ = static_cast<uint32_t>(instances.size());
  if (out.messages_ > kMaxMessages) return malformed("too many bus messages");
  if (4 * out.slots_ >= kMaxTicks) return malformed("too many instruction slots");

  // Matrices in canonical order: tree by tree, instances in their order within a tree.
  for (unsigned t = kTreeProgram; t <= kTreeExt; ++t) {
    for (size_t i = 0; i < instances.size(); ++i) {
      const air::Layout& l = out.info_[i]->layout;
      const air::Preprocessed pre = out.info_[i]->pre;
      Matrix m{};
      m.tree = static_cast<Tree>(t);
      m.log_height = instances[i].log_height;
      m.opened = true;
      m.instance = static_cast<int16_t>(i);
      m.table = instances[i].table;
      bool present = false;
      if (t == kTreeProgram || t == kTreeFixed) {
        present =
            pre == (t == kTreeProgram ? air::Preprocessed::kProgram : air::Preprocessed::kProtocol);
        m.width = static_cast<uint16_t>(l.pre_columns);
      } else if (t == kTreePassOne || t == kTreeMain) {
        present = l.pass_one == (t == kTreePassOne);
        m.width = static_cast<uint16_t>(l.base_columns);
      } else {
        present = l.ext_columns() != 0;
        m.width = static_cast<uint16_t>(5 * l.ext_columns());
        m.running = static_cast<uint16_t>(l.running_columns());
      }
      if (present)
        if (Status s = out.add(m); !s) return s;
    }
  }
  // Quotients: two full chunks per height, tallest first; the third chunks; the FRI mask.
  for (int pass = 0; pass < 2; ++pass) {
    for (unsigned h = air::kMaxLogHeight + 1; h-- > air::kMinLogHeight;) {
      if ((out.heights_ >> h & 1) == 0) continue;
      Matrix m{};
      m.tree = kTreeQuotient;
      m.log_height = static_cast<uint8_t>(pass == 0 ? h : kSmallLogHeight);
      m.opened = true;
      m.instance = -1;
      m.width = pass == 0 ? 10 : 5;
      if (Status s = out.add(m); !s) return s;
    }
  }
  Matrix mask{};
  mask.tree = kTreeQuotient;
  mask.log_height = static_cast<uint8_t>(out.max_log_);
  mask.instance = -1;
  mask.width = 5;
  if (Status s = out.add(mask); !s) return s;
  if (out.columns_ > kMaxColumns) return malformed("too many columns");
  out.number_openings();
  out.stack();
  return {};
}

Status read_shape(Reader& reader, const Statement& statement, uint32_t shard, Shape& out) {
  Instance instances[kMaxInstances];
  uint32_t count = 0;
  if (Status s = read_instances(reader, instances, count); !s) return s;
  return Shape::make({instances, count}, statement.program, *statement.profile, out, shard);
}

}  // namespace mipzk::proof
