// SPDX-License-Identifier: Apache-2.0
// Honest shards to start from: programs written in place, and the guests of tests/guests.
#pragma once

#include <memory>

#include "adversarial/trace_check.hpp"
#include "unit/vm/faulty_guest.hpp"

namespace mipzk::attack {

inline constexpr unsigned kTail = 64;  // R of the test profiles

// Programs live as long as the test program, because shards point to them.
const prove::LoadedProgram& keep(isa::Program program);

struct Bytes3 {
  std::vector<uint8_t> private_input, public_input, hints;
};

vm::Recording record(const prove::LoadedProgram& program, const Bytes3& in);
// The traces of a recording, also of a falsified one.
Shard build(const prove::LoadedProgram& program, const std::vector<uint8_t>& public_input,
            const vm::Recording& recording, unsigned tail_rows = kTail);
// Those of each shard of a run, under the claims of the whole.
std::vector<Shard> build_all(const prove::LoadedProgram& program,
                             const std::vector<uint8_t>& public_input,
                             const vm::Recording& recording, unsigned tail_rows = kTail);
Shard run(const prove::LoadedProgram& program, const Bytes3& in, unsigned tail_rows = kTail);

// ${PROJECT_BINARY_DIR}/guests/<name>.elf, with the in-guest kernel if it makes system calls.
const prove::LoadedProgram& guest(const std::string& name);

// About thirty instructions: adds the public word n times to the private one; the sum is the
// output, the exit code is 7.
const prove::LoadedProgram& small_sum(unsigned n);
// small_sum(5) with a data segment of so many bytes, which it does not touch.
const prove::LoadedProgram& sum_with_data(uint32_t bytes);

// A program of a few hundred instructions in which every table occurs, BUMP included; and the same
// without faults, whose kernel takes none.
const prove::LoadedProgram& every_table(bool little_endian = false);
const prove::LoadedProgram& every_instruction(bool little_endian = false);
// For both.
Bytes3 every_table_input(bool little_endian = false);

// A Linux program: read(0, 12 bytes), an addition of floats, writes of what was read to standard
// output and error, and exit with the number of bytes.
const prove::LoadedProgram& linux_program(bool little_endian);
// The private half of the inputs of a Linux program that reads these bytes from descriptor 0.
std::vector<uint8_t> linux_stream(ByteView bytes);

}  // namespace mipzk::attack
