# SPDX-License-Identifier: Apache-2.0
"""Running programs and proving the runs.

    with mipzk.Context() as context:
        program = context.load(elf)
        job = context.job(program, private_input=secret)
        proof = job.prove()

Objects may be closed in any order, or not at all: each keeps alive what it needs. One job is used by one thread at a
time; several jobs of one context may run at once.
"""

import contextlib
import ctypes as C
import enum
import mmap
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple, Type, TypeVar, Union

from mipzk import _abi
from mipzk._buffer import copied, pinned
from mipzk._library import call, prover
from mipzk._running import Running
from mipzk.errors import ArgumentError, FaultError, StateError
from mipzk.verifier import Claim, Policy, profiles

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Buffer, Protocol

    class SupportsWrite(Protocol):
        def write(self, data: memoryview, /) -> Optional[int]: ...

    class SupportsRead(Protocol):
        def read(self, size: int, /) -> bytes: ...

_T = TypeVar("_T")
_Self = TypeVar("_Self", bound="_Object")


class Option(enum.IntEnum):
    """Options of a context, by the names and numbers of MIPZK_OPT_* in mipzk.h."""

    THREADS = 1
    MAX_GUEST_MEMORY = 2
    MAX_CYCLES = 3
    PROFILE = 4
    NO_HIDING = 5
    MAX_MEMORY = 6
    SHARD_CYCLES = 7
    SHARD_CELLS = 8


class Phase(enum.IntEnum):
    """Of a proof, in this order; of a run in several shards the first commitments of all come before the rest of
    each."""

    EXECUTE = 0
    TRACE = 1
    COMMIT = 2
    QUOTIENT = 3
    OPEN = 4
    QUERY = 5


@dataclass(frozen=True)
class Progress:
    """`done` of `total` units of about equal time are done (a total of 0 is not known yet), and `phase` (a Phase, or
    its number if it is a newer one) is at work."""

    phase: int
    done: int
    total: int

    @property
    def phase_name(self) -> str:
        """As "commit"."""
        return str(prover().mipzk_phase_name(self.phase).decode())


@dataclass(frozen=True)
class Run:
    """How a run ended. `cycles`: instructions."""

    exit_code: int
    cycles: int
    output: bytes


@dataclass(frozen=True)
class Estimate:
    """What proving a run takes.

    memory_bytes: that the process has at most; available_memory: that it may have, None if no bound is known.
    proof_bytes: about.
    cells: of the tables that are proved; shard_cells: of a shard.
    workers: shards that are proved at the same time.
    """

    exit_code: int
    cycles: int
    memory_bytes: int
    available_memory: Optional[int]
    proof_bytes: int
    cells: int
    shard_cells: int
    shards: int
    workers: int


@dataclass(frozen=True)
class ProgramInfo:
    """See mipzk_program_info in mipzk.h. For a Linux program this includes the in-guest kernel."""

    entry: int
    elf_flags: int
    segments: int
    symbols: int
    instructions: int
    image_words: int


@dataclass(frozen=True)
class Segment:
    """`flags`: 4 readable, 2 writable, 1 executable. Sizes in bytes; beyond `file_size` all is zero."""

    address: int
    memory_size: int
    file_size: int
    flags: int


@dataclass(frozen=True)
class Symbol:
    """Control characters and the like in the name are escaped."""

    name: str
    address: int
    size: int


PrintHook = Callable[[bytes], object]
MarkHook = Callable[[int, int], object]
CyclesHook = Callable[[int], object]
ProgressHook = Callable[[Progress], object]


class _Object:
    """An object of the library. It is freed once, when it is closed or forgotten, and never during a call."""

    _free = ""

    def __init__(self, pointer: int) -> None:
        self._pointer, self._uses, self._closed = pointer, 0, False
        self._release = getattr(prover(), self._free)
        self._guard = threading.RLock()  # a signal's handler may come while it is held

    @contextlib.contextmanager
    def _use(self) -> Iterator[int]:
        with self._guard:
            if self._closed:
                raise StateError(f"this {type(self).__name__} is closed")
            self._uses += 1
        try:
            yield self._pointer
        finally:
            with self._guard:
                self._uses -= 1
            self._free_if_unused()

    def _free_if_unused(self) -> None:
        with self._guard:
            pointer = 0
            if self._closed and not self._uses:
                pointer, self._pointer = self._pointer, 0
        if pointer:
            self._release(pointer)

    def close(self) -> None:
        """Frees the object now, or when the call that uses it ends. Closing twice does nothing."""
        with self._guard:
            self._closed = True
        self._free_if_unused()

    def __del__(self) -> None:
        if hasattr(self, "_guard"):
            self.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: Optional[BaseException],
                 traceback: "Optional[TracebackType]") -> None:
        self.close()


def _made(function: Callable[..., Any], *arguments: Any) -> int:
    out = C.c_void_p()
    call(function, *arguments, C.byref(out))
    return out.value or 0


class Context(_Object):
    """Options, threads and cancellation.

    threads: to use, the caller's included; default: all of the machine.
    max_guest_memory: bytes of memory that a PROGRAM may touch; default 1 GiB.
    max_cycles: instructions that a program may run; default 2**32.
    profile: name or id of the parameter set of proofs; see `mipzk.profiles`.
    no_hiding: leave out all that hides the private input, for measurements; verifiers refuse such proofs unless asked.
    max_memory: bytes that the process may have while a run is proved; 2**64 - 1: no bound; default: half of what is
        available beside what it has.
    shard_cycles: instructions that a shard has at most, 1024 to 2**26 - 1.
    shard_cells: cells of the tables of a shard, 2**20 to 2**30: longer runs are cut into shards of about so many.
    """

    _free = "mipzk_ctx_free"

    def __init__(self, *, threads: Optional[int] = None, max_guest_memory: Optional[int] = None,
                 max_cycles: Optional[int] = None, profile: Union[int, str, None] = None,
                 no_hiding: Optional[bool] = None, max_memory: Optional[int] = None,
                 shard_cycles: Optional[int] = None, shard_cells: Optional[int] = None) -> None:
        given = dict(locals())
        super().__init__(_made(prover().mipzk_ctx_new, _abi.ABI_VERSION))
        self._making = threading.Lock()  # several threads may ask for programs and jobs
        for option in Option:
            value: Union[int, str, None] = given[option.name.lower()]
            if isinstance(value, str):
                value = _profile_id(value)
            if value is not None:
                self.set(option, value)

    def set(self, option: Option, value: int) -> None:
        """For programs and jobs that are made afterwards; 0 restores the default."""
        with self._use() as ctx, self._making:
            call(prover().mipzk_ctx_set_u64, ctx, _abi.unsigned(option, "option", 32),
                 _abi.unsigned(value, f"{option!r}"))

    def cancel(self) -> None:
        """Ends every call of the context's jobs, under way or begun later, with CancelledError, until `resume`. From
        any thread, and from signal handlers."""
        with self._use() as ctx:
            prover().mipzk_ctx_cancel(ctx)

    def resume(self) -> None:
        """Ends the effect of `cancel` for calls that begin now."""
        with self._use() as ctx:
            prover().mipzk_ctx_resume(ctx)

    def load(self, elf: "Buffer") -> "Program":
        """The program in these bytes of an ELF file. ElfError says why not."""
        with self._use() as ctx, pinned(elf) as (address, size), self._making:
            return Program(_made(prover().mipzk_program_load_elf, ctx, address, size))

    def job(self, program: "Program", *, public_input: "Buffer" = b"", private_input: "Buffer" = b"",
            hints: "Buffer" = b"", seed: "Optional[Buffer]" = None, shape: "Buffer" = b"") -> "Job":
        """One run of a program, with its inputs, which are copied.

        public_input: part of what the proof states.
        private_input: what the proof hides. The library wipes its copy; nobody can wipe a `bytes` object: read secrets
            into a bytearray, and overwrite that afterwards.
        hints: words for the guest's mipzk_hint_word, in the program's byte order.
        seed: 32 random, SECRET bytes that make the proof repeatable; default: from the system's generator.
        shape: fixes the proof's shards and the heights of their tables; see mipzk_job_shape in mipzk.h.
        """
        with self._use() as ctx, program._use() as loaded, self._making:
            job = Job(_made(prover().mipzk_job_new, ctx, loaded))
        job.set_public_input(public_input)
        job.set_private_input(private_input)
        job.set_hints(hints)
        if seed is not None:
            job.set_seed(seed)
        job.set_shape(shape)
        return job

    def verify(self, program_id: "Buffer", proof: "Union[Buffer, SupportsRead]",
               policy: Optional[Policy] = None) -> Claim:
        """`mipzk.verify` on all threads, for proofs of many shards: the same verdict for the same bytes.

        `proof` is bytes, or a binary file (or what has its `read`), which is read once, in order, in memory that does
        not grow with the number of shards. Others may write to such a file meanwhile. An exception of `read` comes out
        of the call, and so does Ctrl-C.
        """
        library, wanted, claim = prover(), (policy or Policy())._struct(), _abi.make(_abi.Claim)

        def body(running: Running[Claim]) -> Claim:
            with self._use() as ctx, pinned(program_id) as (id_address, id_size):
                if id_size != 32:
                    raise ArgumentError(f"a program id has 32 bytes, not {id_size}")
                data: Any = proof
                read = getattr(data, "read", None)
                if read is None or isinstance(data, mmap.mmap):  # which has a `read`, too
                    with pinned(data) as (address, size):
                        call(library.mipzk_ctx_verify, ctx, id_address, address, size, wanted, claim)
                        return Claim._of(claim, address)
                front = C.c_void_p()
                try:
                    call(library.mipzk_ctx_verify_stream, ctx, id_address, _reader(running, read), None, wanted,
                         C.byref(front), claim)
                    return Claim._of(claim, library.mipzk_blob_data(front))
                finally:
                    library.mipzk_blob_free(front)
        return Running(body).wait()


class Program(_Object):
    """A loaded ELF file, from `Context.load`."""

    _free = "mipzk_program_free"

    @property
    def id(self) -> bytes:
        """32 bytes that commit to all code and initial data: what a verifier must know in advance."""
        buffer = C.create_string_buffer(32)
        with self._use() as program:
            prover().mipzk_program_id(program, buffer)
        return buffer.raw

    @property
    def info(self) -> ProgramInfo:
        """Facts about it, as loaded."""
        info = _abi.make(_abi.ProgramInfo)
        with self._use() as program:
            call(prover().mipzk_program_inspect, program, info)
        return ProgramInfo(info.entry, info.elf_flags, info.segments, info.symbols, info.instructions,
                           info.image_words)

    @property
    def segments(self) -> List[Segment]:
        """As loaded."""
        found = []
        for index in range(self.info.segments):
            segment = _abi.make(_abi.Segment)
            with self._use() as program:
                call(prover().mipzk_program_segment, program, index, segment)
            found.append(Segment(segment.address, segment.memory_size, segment.file_size, segment.flags))
        return found

    def symbols(self) -> Iterator[Symbol]:
        """Ascending by address."""
        address, size = C.c_uint32(), C.c_uint32()
        for index in range(self.info.symbols):
            with self._use() as program:
                name = prover().mipzk_program_symbol(program, index, C.byref(address), C.byref(size))
            yield Symbol(name.decode(), address.value, size.value)

    @property
    def shape(self) -> bytes:
        """The least shape of a shard with every table that a run may need, to be joined with those of typical proofs."""
        size = C.c_size_t()
        with self._use() as program:
            return copied(prover().mipzk_program_shape(program, C.byref(size)), size.value)


class Job(_Object):
    """One run of a program, and its proof, from `Context.job`.

    `execute`, `estimate` and `prove` let other threads run, and Ctrl-C ends them: KeyboardInterrupt is raised at once,
    and the library stops within about a tenth of a second; until then the job can only be closed.

    Hooks are called on the thread of the call, while the library waits. What they return does not matter; an exception
    that one raises ends the call and comes out of it. They must not use the job, except for `cancel`.

    on_print: text (any bytes) that the program shows to people. Escape control characters for a terminal.
    on_mark: the number of instructions so far, and the program's mark.
    on_cycles: the number of instructions so far, about every 2**18.
    progress: after each step of a proof.

    Text and marks come during the first run for the same inputs only.
    """

    _free = "mipzk_job_free"

    def __init__(self, pointer: int) -> None:
        super().__init__(pointer)
        self._calls: "weakref.WeakSet[Running[Any]]" = weakref.WeakSet()
        self._asking: Optional[Running[Any]] = None
        self._answer: Any = None  # C has its address

    def set_public_input(self, data: "Buffer") -> None:
        """Replaces it and forgets the results of a run. At most 67108860 bytes (InputError), as all inputs."""
        self._give("mipzk_job_public_input", data)

    def set_private_input(self, data: "Buffer") -> None:
        """The library wipes its copy when it is replaced, or the job closed."""
        self._give("mipzk_job_private_input", data)

    def set_hints(self, data: "Buffer") -> None:
        """As secret as the private input."""
        self._give("mipzk_job_hints", data)

    def add_argument(self, text: str) -> None:
        """Appends an argument of a Linux program; argv[0] is "guest". Public. ArgumentError for other programs."""
        self._say("mipzk_job_argument", text)

    def add_environment(self, name: str, value: str) -> None:
        """Appends to the environment of a Linux program, which is empty. Public."""
        if "=" in name:
            raise ArgumentError(f"the name of a variable has no '=': {name!r}")
        self._say("mipzk_job_environment", f"{name}={value}")

    def add_file(self, name: str, data: "Buffer", *, public: bool = False) -> None:
        """A file that a Linux program finds at `name`, an absolute path. Unless it is public, its bytes, its name and
        that it is there are the choice of whoever makes the proof."""
        with self._use() as job, pinned(data) as (address, size):
            call(prover().mipzk_job_file, job, _text(name), address, size, _abi.FILE_PUBLIC if public else 0)

    def set_clock(self, seconds: int) -> None:
        """A Linux program's clock as it begins, in seconds since 1970, 1 to 2147483646. Public."""
        with self._use() as job:
            call(prover().mipzk_job_clock, job, _abi.unsigned(seconds, "seconds"))

    def set_random(self, seed: "Buffer") -> None:
        """32 bytes from which a Linux program's random numbers follow, as secret as the private input. Without them
        they are the same in every run."""
        with self._use() as job, pinned(seed) as (address, size):
            if size != 32:
                raise ArgumentError(f"a seed of random numbers has 32 bytes, not {size}")
            call(prover().mipzk_job_random, job, address)

    @property
    def claimed_input(self) -> bytes:
        """The public input that a proof of this job claims: of a Linux program all that is public, for a verifier that
        expects these inputs."""
        size = C.c_size_t()
        with self._use() as job:
            return copied(prover().mipzk_job_claimed_input(job, C.byref(size)), size.value)

    def set_answers(self, answer: "Optional[Callable[[bytes], Optional[Buffer]]]") -> None:
        """What the program gets when it asks for something by a name (mipzk_ask); None: there is no answer.

        It is called on the thread of the call, as hooks are, and once for each time that the first run asks; later runs
        have the answers until an input is set. They are hints: as secret as the private input, and for the program to
        check. None in place of a function: nobody answers.
        """
        def trampoline(_: Any, name: int, size: int, take: Any, take_user: int) -> int:
            found: "List[Optional[Buffer]]" = []

            def look(word: bytes) -> None:
                found.append(None if answer is None else answer(word))
            running = self._asking
            if running is None or running.ask(look, copied(name, size)):
                return 1
            if not found or found[0] is None:
                return 0
            with pinned(found[0]) as (address, length):
                return int(take(take_user, address, length))
        with self._use() as job:
            wanted = _abi.ask_fn() if answer is None else _abi.ask_fn(trampoline)
            call(prover().mipzk_job_on_ask, job, wanted, None)
            self._answer = wanted

    def set_shape(self, data: "Buffer") -> None:
        """Empty: the heights follow the run again."""
        self._give("mipzk_job_shape", data)

    def set_seed(self, seed: "Buffer") -> None:
        """32 random, secret bytes."""
        with self._use() as job, pinned(seed) as (address, size):
            if size != 32:
                raise ArgumentError(f"a seed has 32 bytes, not {size}")
            call(prover().mipzk_job_seed, job, address)

    def _say(self, function: str, text: str) -> None:
        with self._use() as job:
            call(getattr(prover(), function), job, _text(text))

    def _give(self, function: str, data: "Buffer") -> None:
        with self._use() as job, pinned(data) as (address, size):
            call(getattr(prover(), function), job, address, size)

    def execute(self, *, on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                on_cycles: Optional[CyclesHook] = None) -> Run:
        """Runs the program without proving. FaultError, CycleLimitError, MemoryLimitError, NoMemoryError."""
        cycles, exit_code = C.c_uint64(), C.c_uint32()

        def body(_: Running[Run], job: int) -> Run:
            call(prover().mipzk_job_execute, job, C.byref(cycles), C.byref(exit_code))
            return Run(exit_code.value, cycles.value, self._output(job))
        return self._begin(body, on_print, on_mark, on_cycles).wait()

    def estimate(self, *, on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                 on_cycles: Optional[CyclesHook] = None) -> Estimate:
        """Runs the program as `prove` does and says what proving takes. As `execute`, and UnprovableError."""
        def body(_: Running[Estimate], job: int) -> Estimate:
            e = _abi.make(_abi.Estimate)
            call(prover().mipzk_job_estimate, job, e)
            known = e.available_memory != 2**64 - 1
            return Estimate(e.exit_code, e.cycles, e.memory_bytes, e.available_memory if known else None,
                            e.proof_bytes, e.cells, e.shard_cells, e.shards, e.workers)
        return self._begin(body, on_print, on_mark, on_cycles).wait()

    def estimate_shape(self, *, on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                       on_cycles: Optional[CyclesHook] = None) -> bytes:
        """The shape that a proof of the run has, for the `shape` of other jobs. As `estimate`."""
        def body(_: Running[bytes], job: int) -> bytes:
            return _blob(prover().mipzk_job_estimate_shape, job)
        return self._begin(body, on_print, on_mark, on_cycles).wait()

    def estimate_time(self, *, on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                      on_cycles: Optional[CyclesHook] = None) -> float:
        """About the seconds that proving will take on this machine as busy as it is now, from proving a small run of
        the library's own for about a second. As `estimate`."""
        def body(_: Running[float], job: int) -> float:
            milliseconds = C.c_uint64()
            call(prover().mipzk_job_estimate_time, job, C.byref(milliseconds))
            return milliseconds.value / 1000
        return self._begin(body, on_print, on_mark, on_cycles).wait()

    def prove(self, *, progress: Optional[ProgressHook] = None, on_print: Optional[PrintHook] = None,
              on_mark: Optional[MarkHook] = None, on_cycles: Optional[CyclesHook] = None) -> bytes:
        """Runs the program and proves the run. As `execute`, and UnprovableError.

        Any exit code is provable, but verifiers refuse other ones than 0 unless told: look at it first.
        """
        def body(running: Running[bytes], job: int) -> bytes:
            return _prove(job, lambda p: running.ask(progress, p))
        return self._begin(body, on_print, on_mark, on_cycles).wait()

    def prove_to(self, file: "SupportsWrite", *, progress: Optional[ProgressHook] = None,
                 on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                 on_cycles: Optional[CyclesHook] = None) -> None:
        """As `prove`, but gives the proof piece by piece to a binary file (or what has its `write`), so that it is
        never whole in memory. What was written before an exception is of no use."""
        def write(piece: bytes) -> None:
            rest = memoryview(piece)
            while rest:  # unbuffered files may take less than they are given
                taken = file.write(rest)
                rest = rest[len(rest) if taken is None else taken:]

        def body(running: Running[None], job: int) -> None:
            call(prover().mipzk_job_prove_to, job, _progress(lambda p: running.ask(progress, p)), None,
                 _abi.write_fn(lambda _, data, size: running.ask(write, copied(data, size))), None)
        self._begin(body, on_print, on_mark, on_cycles).wait()

    def proving(self, *, on_print: Optional[PrintHook] = None, on_mark: Optional[MarkHook] = None,
                on_cycles: Optional[CyclesHook] = None) -> "Proving":
        """As `prove`, step by step: iterate over what this returns, then take its `proof`."""
        def body(running: Running[bytes], job: int) -> bytes:
            return _prove(job, running.tell)
        return Proving(self._begin(body, on_print, on_mark, on_cycles))

    def cancel(self) -> None:
        """Ends the call that is under way with CancelledError, if there is one, within about a tenth of a second.
        From any thread and from signal handlers."""
        for running in list(self._calls):
            running.cancel()

    @property
    def output(self) -> Optional[bytes]:
        """Of the last successful run; None before, and when an input was set afterwards."""
        with self._use() as job:
            return self._output(job) if prover().mipzk_job_output(job, C.byref(C.c_size_t())) else None

    @staticmethod
    def _output(job: int) -> bytes:
        size = C.c_size_t()
        return copied(prover().mipzk_job_output(job, C.byref(size)), size.value)

    def _begin(self, body: Callable[[Running[_T], int], _T], on_print: Optional[PrintHook],
               on_mark: Optional[MarkHook], on_cycles: Optional[CyclesHook]) -> Running[_T]:
        """`body` with the job and its hooks, to be run elsewhere."""
        def run(running: Running[_T]) -> _T:
            with self._use() as job, _hooks(job, running, on_print, on_mark, on_cycles):
                library = prover()
                self._asking = running
                running.set_stop(lambda: library.mipzk_job_cancel(job))
                try:
                    return body(running, job)
                except FaultError as error:
                    error.fault_text = library.mipzk_job_fault_text(job).decode()
                    raise
                finally:
                    running.set_stop(None)
                    self._asking = None
                    library.mipzk_job_resume(job)
        running = Running(run)
        self._calls.add(running)
        return running


class Proving:
    """A proof in the making: an iterator over its Progress, with the `proof` in the end.

        with job.proving() as steps:
            for step in steps:
                print(step.phase_name, step.done, step.total)
        proof = steps.proof

    The work goes on while the loop's body does its own. Leaving early cancels it.
    """

    def __init__(self, running: Running[bytes]) -> None:
        self._running, self._events = running, running.events()

    def __iter__(self) -> Iterator[Progress]:
        return self._events

    @property
    def proof(self) -> bytes:
        """Waits for the end; raises what proving raised."""
        for _ in self._events:
            pass
        return self._running.result()

    def cancel(self) -> None:
        """Ends the work with CancelledError, which `proof` raises; from any thread."""
        self._running.cancel()

    def __enter__(self) -> "Proving":
        return self

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: Optional[BaseException],
                 traceback: "Optional[TracebackType]") -> None:
        self._events.close()


def _text(text: str) -> bytes:
    """As C has it."""
    if "\0" in text:
        raise ArgumentError(f"there is a zero byte in {text!r}")
    return text.encode()


def _profile_id(name: str) -> int:
    known = {p.name: p.id for p in profiles()}
    if name not in known:
        raise ArgumentError(f"there is no profile {name!r}; there are {', '.join(known)}")
    return known[name]


@contextlib.contextmanager
def _hooks(job: int, running: Running[_T], on_print: Optional[PrintHook], on_mark: Optional[MarkHook],
           on_cycles: Optional[CyclesHook]) -> Iterator[None]:
    """Sets a job's hooks for one call. That for cycles is always set, because it can end the call."""
    library = prover()
    kept: List[Tuple[Callable[..., Any], Any]] = []  # C has their addresses

    def set_hook(function: Callable[..., Any], trampoline: Any) -> None:
        call(function, job, trampoline, None)
        kept.append((function, trampoline))

    try:
        set_hook(library.mipzk_job_on_cycles, _abi.cycles_fn(lambda _, cycles: running.ask(on_cycles, cycles)))
        if on_print is not None:
            set_hook(library.mipzk_job_on_print,
                     _abi.print_fn(lambda _, text, size: running.ask(on_print, copied(text, size))))
        if on_mark is not None:
            set_hook(library.mipzk_job_on_mark,
                     _abi.mark_fn(lambda _, cycle, mark: running.ask(on_mark, cycle, mark)))
        yield
    finally:
        for function, trampoline in kept:
            call(function, job, type(trampoline)(), None)


def _reader(running: Running[Any], read: Callable[[int], bytes]) -> Any:
    """A mipzk_read_fn that has the caller read."""
    def fill(buffer: int, size: int, taken: List[int]) -> None:
        piece = read(size)
        if len(piece) > size:
            raise ValueError(f"read({size}) gave {len(piece)} bytes")
        C.memmove(buffer, piece, len(piece))
        taken.append(len(piece))

    def trampoline(_: Any, buffer: int, size: int) -> int:
        taken: List[int] = []
        stop = running.ask(fill, buffer, min(size, 1 << 20), taken)
        return -1 if stop or not taken else taken[0]
    return _abi.read_fn(trampoline)


def _progress(step: Callable[[Progress], int]) -> Any:
    return _abi.progress_fn(lambda _, p: step(Progress(p[0].phase, p[0].done, p[0].total)))


def _prove(job: int, step: Callable[[Progress], int]) -> bytes:
    return _blob(prover().mipzk_job_prove, job, _progress(step), None)


def _blob(function: Any, *arguments: Any) -> bytes:
    library = prover()
    blob = _made(function, *arguments)
    try:
        return copied(library.mipzk_blob_data(blob), library.mipzk_blob_size(blob))
    finally:
        library.mipzk_blob_free(blob)
