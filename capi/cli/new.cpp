// SPDX-License-Identifier: Apache-2.0
// mipzk new: a project with a program that is proved, and a test.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "files.hpp"
#include "options.hpp"

namespace mipzk::cli {
namespace {

// All say the same, each in its language: two private factors of a public number.
constexpr char kC[] =
    R"TEXT(/* Proves that its prover knows two factors of a public number, without showing them. */
#include <mipzk_guest.h>
#include <zkvm_io.h>

/* Eight bytes of public input: the number; twice four bytes of private input: the factors. Big-endian. */
static uint64_t number(const uint8_t* bytes, size_t size) {
  uint64_t n = 0;
  for (size_t i = 0; i < size; ++i) n = n << 8 | bytes[i];
  return n;
}

int main(void) {
  const uint8_t *public_input, *private_input;
  size_t public_size, private_size;
  mipzk_public_input(&public_input, &public_size);
  read_input(&private_input, &private_size);
  if (public_size != 8 || private_size != 8) return 1;
  uint64_t p = number(private_input, 4), q = number(private_input + 4, 4);
  if (p < 2 || q < 2 || p * q != number(public_input, 8)) return 2;
  write_output((const uint8_t*)"composite", 9);
  return 0;
}
)TEXT";

constexpr char kCpp[] =
    R"TEXT(// Proves that its prover knows two factors of a public number, without showing them.
#include <mipzk_guest.h>
#include <zkvm_io.h>

#include <span>

// Eight bytes of public input: the number; twice four bytes of private input: the factors. Big-endian.
static uint64_t number(std::span<const uint8_t> bytes) {
  uint64_t n = 0;
  for (const uint8_t b : bytes) n = n << 8 | b;
  return n;
}

static std::span<const uint8_t> input(void (*read)(const uint8_t**, size_t*)) {
  const uint8_t* bytes;
  size_t size;
  read(&bytes, &size);
  return {bytes, size};
}

int main() {
  const auto n = input(mipzk_public_input), factors = input(read_input);
  if (n.size() != 8 || factors.size() != 8) return 1;
  const uint64_t p = number(factors.first(4)), q = number(factors.last(4));
  if (p < 2 || q < 2 || p * q != number(n)) return 2;
  write_output(reinterpret_cast<const uint8_t*>("composite"), 9);
  return 0;
}
)TEXT";

constexpr char kGo[] =
    R"TEXT(// Proves that its prover knows two factors of a public number, without showing them.
package main

import (
	"encoding/binary"
	"io"
	"os"
)

// Eight bytes of public input: the number; twice four bytes of private input: the factors. Big-endian.
func main() {
	public, err := io.ReadAll(os.NewFile(3, "public input"))
	if err != nil {
		os.Exit(1)
	}
	private, err := io.ReadAll(os.Stdin)
	if err != nil || len(public) != 8 || len(private) != 8 {
		os.Exit(1)
	}
	p := uint64(binary.BigEndian.Uint32(private))
	q := uint64(binary.BigEndian.Uint32(private[4:]))
	if p < 2 || q < 2 || p*q != binary.BigEndian.Uint64(public) {
		os.Exit(2)
	}
	os.Stdout.WriteString("composite")
}
)TEXT";

constexpr char kRust[] =
    R"TEXT(//! Proves that its prover knows two factors of a public number, without showing them.
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::FromRawFd;
use std::process::exit;

/// Eight bytes of public input: the number; twice four bytes of private input: the factors. Big-endian.
fn main() -> io::Result<()> {
    let (mut public, mut private) = (Vec::new(), Vec::new());
    // SAFETY: the public input is file descriptor 3, and nobody else has it.
    unsafe { File::from_raw_fd(3) }.read_to_end(&mut public)?;
    io::stdin().read_to_end(&mut private)?;
    let (Ok(public), Ok(private)) = (<[u8; 8]>::try_from(public), <[u8; 8]>::try_from(private)) else {
        exit(1);
    };
    let factors = u64::from_be_bytes(private);
    let (p, q) = (factors >> 32, factors & 0xffff_ffff);
    if p < 2 || q < 2 || p * q != u64::from_be_bytes(public) {
        exit(2);
    }
    io::stdout().write_all(b"composite")
}
)TEXT";

// What it takes to build one of them; {0}: its name.
struct Language {
  const char* name;
  const char* source;
  const char* text;
  const char* more;  // another file that it needs, and its text
  const char* more_text;
  const char* build;
};

constexpr Language kLanguages[] = {
    {"c", "main.c", kC, nullptr, nullptr, "mipzk-cc -O2 main.c -o $@"},
    {"cpp", "main.cpp", kCpp, nullptr, nullptr, "mipzk-c++ -std=c++20 -O2 main.cpp -o $@"},
    {"go", "main.go", kGo, "go.mod", "module {0}\n\ngo 1.19\n",
     "GOOS=linux GOARCH=mips CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $@"},
    {"rust", "src/main.rs", kRust, "Cargo.toml",
     "[package]\nname = \"{0}\"\nversion = \"0.1.0\"\nedition = "
     "\"2021\"\n\n[profile.release]\nopt-level = 2\n",
     "mipzk-cargo build --std && cp target/mips-unknown-linux-gnu/release/{0} $@"},
};

constexpr char kMakefile[] = R"TEXT(# make          builds the program
# make test     runs it, proves the run, verifies the proof, and tries a wrong input
MIPZK = mipzk

{0}.elf: {1}
	{2}

test: {0}.elf
	MIPZK=$(MIPZK) sh test.sh {0}.elf

clean:
	rm -rf {0}.elf target build

.PHONY: test clean
)TEXT";

constexpr char kTest[] =
    R"TEXT(# Runs the program, proves the run and verifies the proof; and sees that a wrong input is none.
# usage: test.sh PROGRAM.elf
set -eu
mipzk=${MIPZK:-mipzk}
rm -rf build
mkdir build
printf '\000\000\000\000\000\000\000\043' >build/number   # 35
printf '\000\000\000\005\000\000\000\007' >build/factors  # 5, 7
printf '\000\000\000\005\000\000\000\011' >build/wrong    # 5, 9
"$mipzk" prove "$1" --public build/number --private build/factors --proof build/proof --output build/output
[ "$(cat build/output)" = composite ]
"$mipzk" verify build/proof --elf "$1" --public build/number --expect-output build/output
if "$mipzk" prove "$1" --public build/number --private build/wrong --proof build/none --expect-exit-code 0; then
  echo "a wrong input was proved" >&2
  exit 1
fi
echo "all is well"
)TEXT";

constexpr char kUsage[] =
    "usage: mipzk new LANGUAGE NAME\n\n"
    "Makes the folder NAME with a program in c, cpp, go or rust that proves to know two\n"
    "factors of a public number, a Makefile and a test: `make test` builds, runs, proves and\n"
    "verifies. The compilers are mipzk-cc, mipzk-c++, go and mipzk-cargo.\n\n"
    "Options:\n  -h [ --help ]              show this text\n\n";

// What all languages and make take as the name of a program.
bool is_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 64 && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), fits) && name != "test" && name != "build";
}

void make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0) return;
  throw Failure(kExitFile, "cannot make the folder " + quoted(path) + ": " + std::strerror(errno),
                errno == EEXIST ? "choose another name: nothing is overwritten" : "");
}

void write(const std::string& path, const std::string& text) {
  write_file(path, reinterpret_cast<const uint8_t*>(text.data()), text.size(), "file");
}

}  // namespace

int new_command(const Args& args) {
  const auto is_help = [](const std::string& s) { return s == "--help" || s == "-h"; };
  if (std::any_of(args.begin(), args.end(), is_help)) {
    std::fputs(kUsage, stdout);
    std::fputs(kExitCodeHelp, stdout);
    return kExitOk;
  }
  if (args.size() != 2) throw Failure(kExitUsage, "new wants LANGUAGE NAME", "mipzk new c hello");
  const auto language = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                     [&](const Language& l) { return args[0] == l.name; });
  if (language == std::end(kLanguages))
    throw Failure(kExitUsage, "there is no template in " + quoted(args[0]),
                  "the languages are c, cpp, go and rust");
  const std::string& name = args[1];
  if (!is_name(name))
    throw Failure(kExitUsage, quoted(name) + " is no name for a program",
                  "lower-case letters, digits, - and _, a letter first; not test or build");
  const auto filled = [&](const char* text) { return fmt::format(fmt::runtime(text), name); };
  make_folder(name);
  const std::string folder = name + "/";
  if (std::strchr(language->source, '/') != nullptr) make_folder(folder + "src");
  write(folder + language->source, language->text);
  if (language->more != nullptr) write(folder + language->more, filled(language->more_text));
  write(folder + "Makefile",
        fmt::format(fmt::runtime(kMakefile), name, language->source, filled(language->build)));
  write(folder + "test.sh", kTest);
  write(folder + ".gitignore", "*.elf\n/build/\n/target/\n");
  fmt::print("made {0}: cd {0} && make test\n", name);
  return kExitOk;
}

}  // namespace mipzk::cli
