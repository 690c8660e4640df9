// SPDX-License-Identifier: Apache-2.0
// The mipzk command-line tool. It uses the C interface and base/visible.hpp, except for tools.cpp.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "base/visible.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "report.hpp"

namespace mipzk::cli {
namespace {

struct Command {
  const char* name;
  const char* about;
  int (*run)(const Args&);
};

constexpr Command kCommands[] = {
    {"run", "run a program without proving", run_command},
    {"prove", "run a program and prove the run", prove_command},
    {"verify", "verify a proof", verify_command},
    {"inspect", "show what a program or a proof is", inspect_command},
    {"id", "print the id of a program, for `mipzk verify --program-id`", id_command},
    {"new", "make a project: a program that is proved, and a test", new_command},
    {"security", "show parameter sets, or the security of a proof", security_command},
};

void help(std::FILE* out) {
  std::fputs("usage: mipzk COMMAND [options]\n\nProves runs of MIPS programs.\n\nCommands:\n", out);
  for (const Command& c : kCommands) std::fprintf(out, "  %-10s %s\n", c.name, c.about);
  std::fprintf(out,
               "\nOptions:\n  -h, --help     show this text, or that of a command (also: mipzk "
               "help COMMAND)\n"
               "  --version      show the version\n\n%s",
               kExitCodeHelp);
}

void explain(const Failure& e, bool json) {
  progress().clear();
  // Arguments and names in files may hold anything.
  const std::string detail = visible_text(e.detail);
  std::fprintf(stderr, "mipzk: %s\n", visible_name(e.what()).c_str());
  if (!detail.empty())
    std::fprintf(stderr, "%s%s", detail.c_str(), detail.back() == '\n' ? "" : "\n");
  if (!e.cure.empty()) std::fprintf(stderr, "  %s\n", visible_text(e.cure).c_str());
  if (!json) return;
  Facts facts;
  facts.add_json("ok", "false");
  facts.add("exit_code_of_mipzk", static_cast<uint64_t>(e.exit_code));
  facts.add("status", std::string(e.status));
  facts.add("message", std::string(e.what()));
  std::fputs(facts.json().c_str(), stdout);
}

int run(const Args& all) {
  if (all.empty()) {
    help(stderr);
    return kExitUsage;
  }
  const std::string& name = all[0];
  if (name == "help" && all.size() == 2 && all[1] != "help") return run({all[1], "--help"});
  if (name == "--help" || name == "-h" || name == "help") {
    help(stdout);
    return kExitOk;
  }
  const auto is_version = [](const std::string& s) { return s == "--version"; };
  if (std::any_of(all.begin(), all.end(), is_version)) {
    std::printf("mipzk %s (ABI %u)\n", mipzk_version(), mipzk_abi_version());
    return kExitOk;
  }
  const Args args(all.begin() + 1, all.end());
  for (const Command& c : kCommands)
    if (name == c.name) return c.run(args);
  throw Failure(kExitUsage, "there is no command " + quoted(name),
                "mipzk --help lists the commands");
}

// A file that is opened later would get the number of a standard stream that was closed, and be
// read or written as that stream. What takes its place here can be neither, as before.
void hold_closed_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) < 0) (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int guarded(const Args& all) {
  const bool json = std::find(all.begin(), all.end(), "--json") != all.end();
  try {
    return run(all);
  } catch (const Failure& e) {
    explain(e, json);
    return e.exit_code;
  } catch (const std::bad_alloc&) {
    explain({kExitMemory, "out of memory"}, json);
    return kExitMemory;
  } catch (const std::exception& e) {
    explain({kExitInternal, e.what(), "this is a defect of mipzk: please report it"}, json);
    return kExitInternal;
  }
}

}  // namespace
}  // namespace mipzk::cli

int main(int argc, char** argv) {
  // A core file would hold the private input.
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // A file that grows beyond the limit is an error of writing, which removes what was begun.
  std::signal(SIGXFSZ, SIG_IGN);
  mipzk::cli::hold_closed_streams();
  return mipzk::cli::guarded(mipzk::cli::Args(argv + (argc > 0 ? 1 : 0), argv + argc));
}
