#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows README.md's lines for installing, and uses what is there then as others do: pkg-config, static linking, CMake's
find_package, mipzk-cc. Takes the source tree into another project, without what the prover needs; makes the Debian
packages.

usage: package_test.py CMAKE BUILD_FOLDER SOURCE_FOLDER GUEST     (standard library only)

BUILD_FOLDER saves the time of a second build: `cmake --build build` copies its libraries and its tool instead.
"""

import os
import pathlib
import re
import shlex
import shutil
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
add_executable(verify verify.c)
target_link_libraries(verify PRIVATE mipzk::verify)
"""

# Nothing but a C compiler is there.
VERIFIER = """
cmake_minimum_required(VERSION 3.22)
project(verifier C)
find_package(mipzk 0.1 REQUIRED COMPONENTS verify)
if(TARGET mipzk::mipzk)
  message(FATAL_ERROR "the prover was not asked for")
endif()
add_executable(verify verify.c)
target_link_libraries(verify PRIVATE mipzk::verify)
"""

# With the sources inside, as FetchContent does it.
INSIDE = """
cmake_minimum_required(VERSION 3.22)
project(inside C)
set(MIPZK_BUILD_PROVER OFF)
add_subdirectory(@SOURCE@ mipzk EXCLUDE_FROM_ALL)
add_executable(verify verify.c)
target_link_libraries(verify PRIVATE mipzk::verify)
install(TARGETS verify)
"""

# What the prover and the tool look for.
WITHOUT = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("OpenSSL", "Threads", "PkgConfig", "Boost", "fmt")]

# Package -> what must be in it.
DEBIAN = {"libmipzk-verify0": "libmipzk_verify.so.0", "libmipzk0": "libmipzk.so.0", "libmipzk-dev": "include/mipzk/mipzk.h",
          "mipzk": "bash-completion/completions/mipzk"}

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


CACHED = [f"-DCMAKE_{language}_COMPILER_LAUNCHER=ccache" for language in ("C", "CXX") if shutil.which("ccache")]


def check_debian(folder, build):
    """Makes the packages of an installed build."""
    if shutil.which("dpkg-shlibdeps") is None:
        print("no packages are made: dpkg-shlibdeps not found; on Debian: apt-get install dpkg-dev")
        return
    run("cpack", "-G", "DEB", "-B", folder / "deb", cwd=build)
    packages = {path.name.split("_")[0]: path for path in (folder / "deb").glob("*.deb")}
    if set(packages) != set(DEBIAN):
        sys.exit(f"Debian packages: {sorted(packages)}")
    for name, path in packages.items():
        files = run("dpkg-deb", "-c", path)
        if DEBIAN[name] not in files or f"doc/mipzk" not in files:
            sys.exit(f"{name} has {files}")
    depends = run("dpkg-deb", "-f", packages["libmipzk-verify0"], "Depends")
    if re.search(r"ssl|elf|stdc", depends):
        sys.exit(f"the verifier's package depends on {depends}")


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

        for name, project, options in (("only", VERIFIER, [f"-DCMAKE_PREFIX_PATH={prefix}"]),
                                       ("inside", INSIDE.replace("@SOURCE@", source), CACHED)):
            other = folder / name
            other.mkdir()
            (other / "verify.c").write_text(VERIFY)
            (other / "CMakeLists.txt").write_text(project)
            run(cmake, "-S", other, "-B", other / "b", "-G", "Ninja", *WITHOUT, *options)
            run(cmake, "--build", other / "b", "--target", "verify")
            run(other / "b" / "verify")
        run(cmake, "--install", folder / "inside" / "b", "--prefix", folder / "inside" / "prefix")
        left = [p.name for p in (folder / "inside" / "prefix").rglob("*") if p.is_file()]
        if left != ["verify"]:
            sys.exit(f"a project with the sources inside installs {left}")
        check_debian(folder, folder / "tree" / "build")

        tool = prefix / "bin" / "mipzk"
        words = run("bash", "-c", f"source {prefix}/share/bash-completion/completions/mipzk; COMP_CWORD=1; "
                    f"COMP_WORDS=({tool} pro); _mipzk; echo ${{COMPREPLY[@]}}; COMP_CWORD=2; "
                    f"COMP_WORDS=({tool} prove --keep); _mipzk; echo ${{COMPREPLY[@]}}")
        if words.split() != ["prove", "--keep-state"]:
            sys.exit(f"completion: {words}")
        manual = (prefix / "share" / "man" / "man1" / "mipzk.1").read_text()
        for command in re.findall(r"^  ([a-z]+) ", run(tool, "--help"), re.M):
            if f"\n.B {command}\n" not in manual:
                sys.exit(f"the manual page lacks {command}")
        if not list(prefix.rglob("LICENSE")):
            sys.exit("the license is not installed")
        compiler = next(prefix.rglob("mipzk-cc"))
        example = pathlib.Path(source) / "docs" / "examples" / "sha256_guest.c"
        run(compiler, example, "-o", folder / "sha256.elf")
        run(tool, "run", folder / "sha256.elf")
        # Projects that `mipzk new` makes. One in Rust compiles Rust's standard library, a minute: not here.
        path = dict(os.environ, PATH=f"{prefix}/bin:{os.environ['PATH']}")
        for language in ("c", "cpp", "go") if shutil.which("go") else ("c", "cpp"):
            run(tool, "new", language, f"my-{language}", cwd=folder)
            printed = run("make", "-s", "test", cwd=folder / f"my-{language}", env=path)
            if not printed.endswith("all is well\n"):
                sys.exit(f"{language}: {printed}")
        for words, says in ((("c", "my-c"), "nothing is overwritten"), (("c", "../x"), "is no name"),
                            (("c", "Test"), "is no name"), (("cobol", "x"), "c, cpp, go and rust"), (("c",), "LANGUAGE NAME")):
            failed = subprocess.run([tool, "new", *words], cwd=folder, capture_output=True, text=True)
            if failed.returncode not in (2, 3) or says not in failed.stderr:
                sys.exit(f"mipzk new {words}: {failed}")
        print("installed files work:", len([p for p in prefix.rglob("*") if p.is_file()]))


if __name__ == "__main__":
    main()
