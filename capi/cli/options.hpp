// SPDX-License-Identifier: Apache-2.0
// The command line of one subcommand.
#pragma once

#include <algorithm>
#include <boost/any.hpp>
#include <boost/program_options.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"

namespace mipzk::cli {

namespace po = boost::program_options;

class Options {
 public:
  // `positional` names the option that a bare argument sets.
  Options(const char* usage, const char* about, const char* positional);

  po::options_description& visible() { return visible_; }
  // An option that may stand alone or have a value after =; text() is "" when it has none.
  void add_optional(const char* name, const char* value_name, const char* about);
  // Text for --help between the options and the exit codes.
  void set_examples(const char* text) { examples_ = text; }

  // False when help was asked for and shown. Throws Failure(kExitUsage).
  bool parse(const std::vector<std::string>& args);

  bool has(const char* name) const { return values_.count(name) != 0; }
  // Whether the option of add_optional() is there without a value.
  bool stands_alone(const char* name) const {
    return has(name) && text(name).empty() &&
           std::find(optional_.begin(), optional_.end(), std::string_view(name)) != optional_.end();
  }
  std::string text(const char* name) const {
    return has(name) ? values_[name].as<std::string>() : "";
  }
  // The values of an option that may be given more than once (list_value), in their order; none of
  // one that is another kind of option in this command.
  std::vector<std::string> list(const char* name) const {
    using List = std::vector<std::string>;
    const auto* values = has(name) ? boost::any_cast<List>(&values_[name].value()) : nullptr;
    return values != nullptr ? *values : List();
  }
  // Decimal or 0x hexadecimal, 0 when absent; K, M and G multiply by powers of 1024.
  uint64_t number(const char* name) const;
  bool json() const { return has("json"); }
  // An option as messages name it: "--output", "the program".
  std::string described(const char* name) const {
    return name == positional_ ? "the " + positional_ : std::string("--") + name;
  }
  // The positional argument; a usage failure when it is missing.
  std::string required(const char* name) const;

 private:
  std::string usage_, about_, positional_, examples_;
  std::vector<const char*> optional_;
  po::options_description visible_{"Options", 100};
  po::variables_map values_;
};

// A number as Options::number reads it; `what` names it in the usage failure.
uint64_t parse_number(const std::string& text, const std::string& what);

// "an integer" options are strings for Boost, because its own conversion takes -1 for 2^64 - 1.
inline po::typed_value<std::string>* value(const char* name) {
  return po::value<std::string>()->value_name(name);
}

inline po::typed_value<std::vector<std::string>>* list_value(const char* name) {
  return po::value<std::vector<std::string>>()->composing()->value_name(name);
}

// Shows the facts of a successful command.
void show(const Options& options, const Facts& facts, bool to_stderr = false);

using Args = std::vector<std::string>;
int run_command(const Args& args);
int prove_command(const Args& args);
int verify_command(const Args& args);
int inspect_command(const Args& args);
int id_command(const Args& args);
int new_command(const Args& args);
int security_command(const Args& args);

}  // namespace mipzk::cli
