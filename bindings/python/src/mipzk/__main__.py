# SPDX-License-Identifier: Apache-2.0
"""python -m mipzk: run, prove and verify from the command line. The tool `mipzk` does all of this and more."""

import argparse
import json
import pathlib
import sys
from typing import Any, Dict, List, Optional, Union

import mipzk

# Exit codes of the tool (docs/CAPI.md) that have no status.
_USAGE, _FILE, _INTERRUPTED = 2, 3, 130
_EXIT_CODES = {
    mipzk.ArgumentError: 2, mipzk.NoMemoryError: 12, mipzk.CancelledError: 130, mipzk.UnsupportedError: 6,
    mipzk.ElfError: 4, mipzk.InputError: 5, mipzk.FaultError: 5, mipzk.CycleLimitError: 5, mipzk.MemoryLimitError: 5,
    mipzk.UnprovableError: 5, mipzk.MalformedError: 6, mipzk.PolicyError: 6, mipzk.RejectedError: 7,
    mipzk.WrongProgramError: 8, mipzk.ExitCodeError: 11,
}

Facts = Dict[str, Union[int, str]]


def read(path: Optional[str]) -> bytes:
    if path is None:
        return b""
    return sys.stdin.buffer.read() if path == "-" else pathlib.Path(path).read_bytes()


def job_of(context: mipzk.Context, arguments: argparse.Namespace) -> mipzk.Job:
    program = context.load(read(arguments.program))
    return context.job(program, public_input=read(arguments.public), private_input=read(arguments.private))


def run(arguments: argparse.Namespace) -> Facts:
    with mipzk.Context(threads=arguments.threads, max_cycles=arguments.max_cycles) as context:
        result = job_of(context, arguments).execute(on_print=show)
    return {"exit_code": result.exit_code, "cycles": result.cycles, "output": result.output.hex()}


def prove(arguments: argparse.Namespace) -> Facts:
    with mipzk.Context(threads=arguments.threads, max_cycles=arguments.max_cycles, profile=arguments.profile,
                       shard_cycles=arguments.shard_cycles) as context:
        job = job_of(context, arguments)
        with job.proving(on_print=show) as steps:
            for step in steps:
                if sys.stderr.isatty():
                    print(f"\r{100 * step.done // max(step.total, 1):3}% {step.phase_name:10}", end="", file=sys.stderr, flush=True)
            proof = steps.proof
    if sys.stderr.isatty():
        print("\r" + 40 * " ", end="\r", file=sys.stderr)
    pathlib.Path(arguments.proof).write_bytes(proof)
    info = mipzk.inspect(proof)
    if info.exit_code != 0:
        print(f"the program ended with exit code {info.exit_code}: verifiers must be told", file=sys.stderr)
    return {"program_id": info.program_id.hex(), "exit_code": info.exit_code, "proof_bytes": len(proof),
            "output": info.output.hex()}


def verify(arguments: argparse.Namespace) -> Facts:
    if arguments.elf is not None:
        with mipzk.Context() as context:
            program_id = context.load(read(arguments.elf)).id
    else:
        program_id = bytes.fromhex(arguments.program_id)
    policy = mipzk.Policy(min_security_bits=arguments.min_security, max_proof_bytes=arguments.max_proof_bytes,
                          exit_code=arguments.expect_exit_code, any_exit_code=arguments.any_exit_code)
    claim = mipzk.verify(program_id, read(arguments.proof), policy)
    return {"valid": "yes", "exit_code": claim.exit_code, "public_input": claim.public_input.hex(),
            "output": claim.output.hex()}


def show(text: bytes) -> None:
    """What the program prints: a terminal gets no control characters of its choice."""
    shown = text.decode("utf-8", "backslashreplace")
    if sys.stderr.isatty():
        shown = "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in shown)
    sys.stderr.write(shown)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m mipzk", description="Run, prove and verify MIPS programs.")
    top.add_argument("--version", action="version", version=mipzk.__version__)
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, function: Any, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(function=function)
        added.add_argument("--json", action="store_true", help="results as one JSON object")
        return added

    for name, function, text in (("run", run, "run a program, without proving"),
                                 ("prove", prove, "run a program and prove the run")):
        added = command(name, function, text)
        added.add_argument("program", metavar="PROGRAM.elf")
        added.add_argument("--public", metavar="FILE", help="public input, part of what is proved")
        added.add_argument("--private", metavar="FILE", help="private input; - is standard input")
        added.add_argument("--max-cycles", type=int, metavar="N", help="stop the program after N instructions")
        added.add_argument("--threads", type=int, metavar="N", help="threads to use (default: all)")
        if name == "prove":
            added.add_argument("--proof", metavar="FILE", required=True, help="where to write the proof")
            added.add_argument("--profile", metavar="NAME", help="parameter set")
            added.add_argument("--shard-cycles", type=int, metavar="N", help="cut a longer run into shards")

    added = command("verify", verify, "verify a proof")
    added.add_argument("proof", metavar="PROOF")
    program = added.add_mutually_exclusive_group(required=True)
    program.add_argument("--program-id", metavar="HEX", help="id of the program that you trust")
    program.add_argument("--elf", metavar="FILE", help="the program itself, in place of its id")
    added.add_argument("--expect-exit-code", type=int, default=0, metavar="N", help="default 0")
    added.add_argument("--any-exit-code", action="store_true", help="accept every exit code")
    added.add_argument("--min-security", type=int, default=0, metavar="N", help="bits, default 100")
    added.add_argument("--max-proof-bytes", type=int, default=0, metavar="N", help="default 8 GiB")
    return top


def main(words: Optional[List[str]] = None) -> int:
    """The exit code; results go to standard output, everything else to standard error."""
    arguments = parser().parse_args(words)
    try:
        facts = arguments.function(arguments)
    except mipzk.Error as error:
        print(f"mipzk: {error}", file=sys.stderr)
        if isinstance(error, mipzk.FaultError):
            print(error.fault_text, file=sys.stderr)
        return _EXIT_CODES.get(type(error), 1)
    except OSError as error:
        print(f"mipzk: {error}", file=sys.stderr)
        return _FILE
    except ValueError as error:
        print(f"mipzk: {error}", file=sys.stderr)
        return _USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    if arguments.json:
        print(json.dumps(facts))
    else:
        for name, value in facts.items():
            print(f"{name.replace('_', ' '):20}  {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
