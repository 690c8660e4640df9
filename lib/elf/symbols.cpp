// SPDX-License-Identifier: Apache-2.0
#include "elf/symbols.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/visible.hpp"
#include "elf/load.hpp"
#include "elf/refuse.hpp"
#include "elf/segments.hpp"

namespace mipzk::elf {
namespace {

// How good a name is for people, 0 is best; -1 for symbols of no interest.
int rank(const Elf32_Sym& s, const isa::Segment& segment) {
  if (s.st_shndx == SHN_UNDEF || s.st_shndx == SHN_COMMON) return -1;
  int kind = 0;
  switch (ELF32_ST_TYPE(s.st_info)) {
    case STT_FUNC:
      kind = 0;
      break;
    case STT_OBJECT:
      kind = 1;
      break;
    case STT_NOTYPE:
      // Labels of assembly code, such as __start. Absolute ones are numbers, not places.
      if (!segment.executable || s.st_shndx == SHN_ABS) return -1;
      kind = 2;
      break;
    default:
      return -1;
  }
  switch (ELF32_ST_BIND(s.st_info)) {
    case STB_GLOBAL:
      return 3 * kind;
    case STB_WEAK:
      return 3 * kind + 1;
    default:
      return 3 * kind + 2;
  }
}

// Empty when there is no usable name. Names reach terminals and the lines of reports.
std::string name_at(ByteView strings, uint32_t offset) {
  if (offset >= strings.size()) return {};
  const ByteView rest = strings.subspan(offset);
  const auto end = std::find(rest.begin(), rest.end(), uint8_t{0});
  if (end == rest.end()) return {};
  const std::string_view name(reinterpret_cast<const char*>(rest.data()),
                              static_cast<size_t>(end - rest.begin()));
  return visible_name(name, kMaxSymbolName);
}

}  // namespace

Status read_symbols(const File& file, isa::ProgramImage& image) {
  const auto& sections = file.sections();
  const auto table = std::find_if(sections.begin(), sections.end(),
                                  [](const Elf32_Shdr& s) { return s.sh_type == SHT_SYMTAB; });
  if (table == sections.end()) return {};
  if (table->sh_link >= sections.size() || sections[table->sh_link].sh_type != SHT_STRTAB) {
    return refuse(
        "damaged symbol table: section %u is no string table; strip the file to load it without "
        "symbols",
        table->sh_link);
  }
  const ByteView strings = file.section_bytes(table->sh_link);
  Result<std::vector<Elf32_Sym>> entries =
      file.section_symbols(static_cast<size_t>(table - sections.begin()));
  if (!entries) return entries.error();

  std::vector<std::pair<int, isa::Symbol>> found;
  for (const Elf32_Sym& s : *entries) {
    if (found.size() == kMaxSymbols) break;
    const isa::Segment* segment = find_segment(image.segments, s.st_value);
    const int r = segment == nullptr ? -1 : rank(s, *segment);
    if (r < 0) continue;
    std::string name = name_at(strings, s.st_name);
    if (!name.empty()) found.emplace_back(r, isa::Symbol{s.st_value, s.st_size, std::move(name)});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.address, a.first) < std::tie(b.second.address, b.first);
  });
  image.symbols.reserve(found.size());
  for (auto& [r, symbol] : found) image.symbols.push_back(std::move(symbol));
  return {};
}

}  // namespace mipzk::elf
