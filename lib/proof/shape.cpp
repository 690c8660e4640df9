// SPDX-License-Identifier: Apache-2.0
#include "proof/shape.hpp"

namespace mipzk::proof {
namespace {

Error malformed(const char* text) { return Error(Errc::kMalformed, text); }

}  // namespace

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
  n.first_pair = pairs_;
  if (m.opened) pairs_ += m.width + 5u * m.running;
  columns_ += m.width;
  return {};
}

Status Shape::make(std::span<const Instance> instances, const ProgramHeader& header,
                   const Profile& profile, Shape& out) {
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
    if ((in.table == air::kTableRom && in.log_height != header.log_rom) ||
        (in.table == air::kTableRegion && in.log_height != header.log_region) ||
        (in.table == air::kTableImage && in.log_height != header.log_image) ||
        (in.table == air::kTableFixed && in.log_height != air::kFixedLogRows))
      return malformed("a table's height differs from the program's");

    uint64_t rows = uint64_t{1} << in.log_height;
    out.instances_[i] = in;
    out.info_[i] = info;
    out.gamma_[i] = out.constraints_;
    out.constraints_ += info->layout.constraints;
    out.messages_ += rows * info->layout.messages();
    out.slots_ += rows * info->slots;
    out.heights_ |= 1u << in.log_height;
    if (in.log_height > out.max_log_) out.max_log_ = in.log_height;
  }
  for (const air::TableInfo& t : air::tables())
    if (seen[t.id] == 0 && t.count != air::Count::kAny)
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
      bool present = false;
      if (t == kTreeProgram || t == kTreeFixed) {
        present =
            pre == (t == kTreeFixed ? air::Preprocessed::kProtocol : air::Preprocessed::kProgram);
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
  return {};
}

}  // namespace mipzk::proof
