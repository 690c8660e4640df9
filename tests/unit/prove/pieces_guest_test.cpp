// SPDX-License-Identifier: Apache-2.0
// Pieces of a program whose kernel takes faults: it has more rows of code than instructions.
#include <gtest/gtest.h>

#include "prove/run.hpp"
#include "prove/work.hpp"
#include "unit/vm/faulty_guest.hpp"

namespace mipzk {
namespace {

TEST(PiecesOfFaults, AreReadAsTheyWereWritten) {
  Pool pool(2);
  const auto program = prove::load_program(pool, test::faulty_guest(2).program());
  ASSERT_TRUE(program);
  ASSERT_GT(program->program.code_rows(), program->program.rom.size());
  prove::Options options;
  options.seed.assign(32, 5);
  const prove::Run inputs;
  prove::Request request;
  request.program = program->id;
  auto run = prove::plan_run(pool, *program, inputs, {}, options);
  ASSERT_TRUE(run) << run.error().message;
  const auto planned = std::make_shared<const prove::RunPlan>(std::move(*run));
  const prove::ProofPlan plan = prove::make_plan(pool, *program, request, planned, options, 0);
  const prove::PieceBytes bytes = prove::write_plan(plan);
  const auto read = prove::read_plan(bytes, *program);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(prove::write_plan(*read) == bytes);

  prove::RepeatedRun source(program->program, inputs, *planned, nullptr);
  ASSERT_TRUE(source.begin());
  const auto record = source.next();
  ASSERT_TRUE(record);
  const auto tables = prove::digest_of_tables(*program);
  const prove::PieceBytes work = prove::write_work(plan, tables, 1, **record, {});
  const auto again = prove::read_work(work, *program, tables);
  EXPECT_TRUE(again) << again.error().message;
}

}  // namespace
}  // namespace mipzk
