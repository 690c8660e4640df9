// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <cstdio>
#include <iostream>
#include <sstream>

namespace mipzk::cli {

Options::Options(const char* usage, const char* about, const char* positional)
    : usage_(usage), about_(about), positional_(positional) {
  visible_.add_options()("help,h", "show this text")("json", "results as one JSON object");
}

void Options::add_optional(const char* name, const char* value_name, const char* about) {
  visible_.add_options()(name, value(value_name), about);
  optional_.push_back(name);
}

bool Options::parse(const std::vector<std::string>& args) {
  po::options_description all;
  all.add(visible_);
  po::positional_options_description positions;
  if (!positional_.empty()) {
    po::options_description hidden;
    hidden.add_options()(positional_.c_str(), po::value<std::string>());
    all.add(hidden);
    positions.add(positional_.c_str(), 1);
  }
  try {
    // No guessing of abbreviations: a misspelt option is an error. "-" alone is a value.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    // An option with an optional value takes it after = only: the next argument is another one.
    const auto without_value = [&](std::vector<std::string>& rest) {
      std::vector<po::option> found;
      for (const char* name : optional_) {
        if (found.empty() && !rest.empty() && rest[0] == std::string("--") + name) {
          found.emplace_back(name, std::vector<std::string>{""});
          rest.erase(rest.begin());
        }
      }
      return found;
    };
    po::store(po::command_line_parser(args)
                  .options(all)
                  .positional(positions)
                  .style(style)
                  .extra_style_parser(without_value)
                  .run(),
              values_);
    po::notify(values_);
  } catch (const po::error& e) {
    throw Failure(kExitUsage, e.what(), usage_ + "; --help lists the options");
  }
  if (!has("help")) return true;
  std::cout << "usage: " << usage_ << "\n\n"
            << about_ << "\n\n"
            << visible_ << '\n'
            << examples_ << kExitCodeHelp;
  return false;
}

uint64_t Options::number(const char* name) const {
  return has(name) ? parse_number(text(name), std::string("--") + name) : 0;
}

uint64_t parse_number(const std::string& s, const std::string& what) {
  const auto bad = [&] { return Failure(kExitUsage, what + " wants a number, not " + quoted(s)); };
  uint64_t result = 0;
  size_t i = 0, digits = 0;
  const bool is_hex = s.rfind("0x", 0) == 0;
  const unsigned base = is_hex ? 16 : 10;
  for (i = is_hex ? 2 : 0; i < s.size(); ++i, ++digits) {
    const char c = s[i];
    unsigned digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (digit >= base) break;
    if (result > (UINT64_MAX - digit) / base) throw bad();
    result = result * base + digit;
  }
  if (digits == 0) throw bad();
  unsigned shift = 0;
  if (i + 1 == s.size()) shift = s[i] == 'K' ? 10 : s[i] == 'M' ? 20 : s[i] == 'G' ? 30 : 0;
  if (i != s.size() && shift == 0) throw bad();
  if (result > UINT64_MAX >> shift) throw bad();
  return result << shift;
}

std::string Options::required(const char* name) const {
  if (!has(name)) throw Failure(kExitUsage, std::string("a ") + name + " is missing", usage_);
  return text(name);
}

void show(const Options& options, const Facts& facts, bool to_stderr) {
  const std::string s = options.json() ? facts.json() : facts.text();
  std::FILE* out = to_stderr ? stderr : stdout;
  if (std::fwrite(s.data(), 1, s.size(), out) != s.size() || std::fflush(out) != 0)
    throw Failure(kExitFile, "cannot write to standard output");
}

}  // namespace mipzk::cli
