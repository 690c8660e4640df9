#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows README.md's lines for installing, and uses what is there then as others do: pkg-config, static linking, CMake's
find_package, mipzk-cc.

usage: package_test.py CMAKE BUILD_FOLDER SOURCE_FOLDER GUEST     (standard library only)

BUILD_FOLDER saves the time of a second build: `cmake --build build` copies its libraries and its tool instead.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PROJECT = """
cmake_minimum_required(VERSION 3.22)
project(user C)
find_package(mipzk 0.1 REQUIRED)
add_executable(shared user.c)
target_link_libraries(shared PRIVATE mipzk::mipzk)
add_executable(static user.c)
target_link_libraries(static PRIVATE mipzk::static)
set_target_properties(static PROPERTIES LINKER_LANGUAGE CXX)
enable_language(CXX)
add_executable(verify verify.c)
target_link_libraries(verify PRIVATE mipzk::verify)
"""

# Loads the guest that is its argument and runs it on nothing.
USER = r"""
#include <mipzk/mipzk.h>
#include <stdio.h>
static unsigned char elf[1 << 20];
int main(int argc, char **argv) {
  mipzk_ctx *ctx; mipzk_program *program; mipzk_job *job; uint64_t cycles = 0; size_t size = 0;
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 2;
  size = fread(elf, 1, sizeof elf, file);
  if (mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, NULL) || mipzk_program_load_elf(ctx, elf, size, &program, NULL) ||
      mipzk_job_new(ctx, program, &job, NULL) || mipzk_job_execute(job, &cycles, NULL, NULL)) return 1;
  mipzk_ctx_free(ctx); mipzk_program_free(program); mipzk_job_free(job);
  fclose(file);
  return cycles > 10 ? 0 : 1;
}
"""

VERIFY = r"""
#define MIPZK_VERIFY_ONLY
#include <mipzk/mipzk.h>
static unsigned char workspace[4 << 20], id[32];
int main(void) {
  mipzk_claim claim = {sizeof claim, 0, {0, 0}, {0, 0}};
  return mipzk_verify(id, id, 32, 0, workspace, sizeof workspace, &claim, 0) == MIPZK_E_MALFORMED ? 0 : 1;
}
"""


def run(*command, **options):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=500, **options)
    if result.returncode != 0:
        sys.exit(f"{command}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


# The reader has only what `tests/setup build` installs, so no GoogleTest.
SHIM = """#!/bin/sh
case $1 in
  --build) [ "$2" = build ] && mkdir -p build/capi/cli && cp -P {build}/capi/libmipzk* build/capi &&
    cp {build}/capi/cli/mipzk build/capi/cli ;;
  --install) exec {cmake} "$@" ;;
  *) exec {cmake} -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON "$@" ;;
esac
"""


def follow_readme(folder, cmake, build, source):
    """Runs the block of README.md about installing in a copy of the source tree; its prefix."""
    readme = (source / "README.md").read_text(encoding="utf-8")
    (block,) = [b for b in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "cmake --install" in b]
    tree, home, shims = folder / "tree", folder / "home", folder / "shims"
    for path in (tree, home, shims):
        path.mkdir()
    for path in source.iterdir():
        if not path.name.startswith((".", "build")):
            (tree / path.name).symlink_to(path)
    shim = shims / "cmake"
    shim.write_text(SHIM.format(build=build, cmake=cmake))
    shim.chmod(0o755)
    environment = dict(os.environ, HOME=str(home), PATH=f"{shims}:{os.environ['PATH']}")
    printed = run("sh", "-ec", block + "\n./attest || echo usage: $?", cwd=tree, env=environment)
    if not printed.endswith("usage: 2\n"):
        sys.exit(f"the example does not run: {printed}")
    return home / "mipzk"


def main():
    cmake, build, source, guest = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        installed = follow_readme(folder, cmake, pathlib.Path(build), pathlib.Path(source))
        prefix = folder / "moved"
        installed.rename(prefix)
        libraries = next(prefix.rglob("libmipzk_verify.a")).parent
        # To be loaded by its soname; without the name for linkers, -lmipzk_verify is the archive.
        shared = libraries / "libmipzk_verify.so"
        if shared.exists() or not shared.with_suffix(".so.0").exists():
            sys.exit("the verifier's shared library is not installed, or under a name for linkers")
        (folder / "user.c").write_text(USER)
        (folder / "verify.c").write_text(VERIFY)
        environment = dict(os.environ, PKG_CONFIG_PATH=str(libraries / "pkgconfig"), LD_LIBRARY_PATH=str(libraries))

        def flags(*options):
            return shlex.split(run("pkg-config", *options, env=environment))

        run("cc", folder / "user.c", *flags("--cflags", "--libs", "mipzk"), "-o", folder / "user")
        run(folder / "user", guest, env=environment)
        run("c++", "-std=c++20", pathlib.Path(source) / "docs" / "examples" / "attest.cpp",
            *flags("--cflags", "--libs", "mipzk"), "-o", folder / "attest_cpp")
        run(folder / "attest_cpp", guest, env=environment)
        words = [f"-l:lib{w[2:]}.a" if w == "-lmipzk" else w
                 for w in flags("--cflags", "--libs", "--static", "mipzk")]
        run("cc", folder / "user.c", *words, "-o", folder / "user_static")
        run(folder / "user_static", guest)
        run("cc", folder / "verify.c", *flags("--cflags", "--libs", "mipzk_verify"), "-o", folder / "verifier")
        run(folder / "verifier")

        (folder / "CMakeLists.txt").write_text(PROJECT)
        run(cmake, "-S", folder, "-B", folder / "b", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
        run(cmake, "--build", folder / "b")
        for name in ("shared", "static"):
            run(folder / "b" / name, guest)
        run(folder / "b" / "verify")

        tool = prefix / "bin" / "mipzk"
        compiler = next(prefix.rglob("mipzk-cc"))
        example = pathlib.Path(source) / "docs" / "examples" / "sha256_guest.c"
        run(compiler, example, "-o", folder / "sha256.elf")
        run(tool, "run", folder / "sha256.elf")
        print("installed files work:", len([p for p in prefix.rglob("*") if p.is_file()]))


if __name__ == "__main__":
    main()
