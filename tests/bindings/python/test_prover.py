# SPDX-License-Identifier: Apache-2.0
"""Running and proving from Python: objects, inputs, hooks, progress, errors."""

import array
import gc
import io
import mmap
import pickle
import struct
import threading
import weakref

import pytest
from conftest import ANSWER, guest

import mipzk


def test_runs_and_proves(context, echo, proof):
    job = context.job(echo, public_input=b"public", private_input=b"secret")
    assert job.output is None
    run = job.execute()
    assert (run.exit_code, run.output, job.output) == (0, ANSWER, ANSWER)
    estimate = job.estimate()
    assert estimate.cycles == run.cycles > 100 and estimate.memory_bytes > 1 << 20
    assert estimate.shards == estimate.workers == 1 and estimate.proof_bytes > 1 << 18
    assert 0 < job.estimate_time() < 1000
    job.set_public_input(b"other")
    assert job.output is None
    claim = mipzk.verify(echo.id, proof)
    assert claim == mipzk.Claim(0, b"public", ANSWER, 1, 100, True)


def test_a_program_tells_what_is_in_it(context, echo):
    assert len(echo.id) == 32
    assert len(echo.segments) == echo.info.segments > 0
    assert echo.segments[0].flags & 1 and echo.info.instructions > 10
    assert {"main", "_start"} <= {symbol.name for symbol in echo.symbols()}
    context.job(echo, shape=echo.shape)
    with pytest.raises(mipzk.ArgumentError):
        context.job(echo, shape=b"junk")


def test_a_shape_fixes_shards_and_heights(context, echo):
    job = context.job(echo)
    shape = mipzk.inspect(job.prove()).shape
    assert shape == job.estimate_shape()
    job.set_shape(shape + shape)
    info = mipzk.inspect(job.prove())
    assert info.shards == 2 and len(info.shape) == 4 * 2 + 2 * info.tables
    job.set_shape(info.shape)
    assert mipzk.inspect(job.prove()).shape == info.shape
    job.set_private_input(bytes(100000))
    with pytest.raises(mipzk.UnprovableError):
        job.estimate_shape()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda b: array.array("B", b)])
def test_inputs_of_every_kind(context, kind):
    program = context.load(kind(guest("echo")))
    job = context.job(program, public_input=kind(b"public"), private_input=kind(b"secret"))
    assert job.execute().output == ANSWER


def test_a_mapped_file_is_an_input(context, echo, tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"secret")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        job = context.job(echo, public_input=b"public", private_input=mapped)
    assert job.execute().output == ANSWER
    whole = memoryview(b"-public-")
    assert context.job(echo, public_input=whole[1:-1]).execute().output.startswith(b"public")
    with pytest.raises(BufferError):
        context.job(echo, public_input=whole[::2])
    for wrong in ("text", None, 5):
        with pytest.raises(TypeError):
            context.job(echo, public_input=wrong)


def test_inputs_are_let_go(context, echo):
    data = bytearray(b"secret")
    context.job(echo, private_input=data)
    data.clear()  # a BufferError while somebody holds the bytes


def test_a_seed_repeats_a_proof(context, echo):
    proofs = {context.job(echo, seed=bytes(32)).prove() for _ in range(2)}
    assert len(proofs) == 1
    assert context.job(echo).prove() not in proofs
    with pytest.raises(mipzk.ArgumentError):
        context.job(echo, seed=bytes(31))


def test_options():
    with mipzk.Context(threads=1, max_cycles=100, profile="C100", max_guest_memory=1 << 20, no_hiding=True,
                       max_memory=1 << 30, shard_cycles=1 << 20, shard_cells=1 << 22) as context:
        job = context.job(context.load(guest("echo")))
        with pytest.raises(mipzk.CycleLimitError):
            job.execute()
        context.set(mipzk.Option.MAX_CYCLES, 0)
        proof = context.job(context.load(guest("echo"))).prove()
    info = mipzk.inspect(proof)
    assert (info.profile, info.hiding) == ("C100", False)
    for wrong in (-1, 1 << 64):
        with pytest.raises(ValueError):
            mipzk.Context(max_cycles=wrong)
    with pytest.raises(mipzk.ArgumentError, match="S100"):
        mipzk.Context(profile="S99")
    with pytest.raises(mipzk.UnsupportedError):
        mipzk.Context(profile=99)


def test_errors_are_the_library_s_own(context):
    with pytest.raises(mipzk.ElfError) as raised:
        context.load(b"junk")
    assert str(raised.value) == raised.value.message and raised.value.status == -10
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (type(copy), str(copy), copy.status) == (mipzk.ElfError, str(raised.value), -10)
    job = context.job(context.load(guest("faults")), private_input=b"\x01")
    for call in (job.execute, job.estimate, job.prove):
        with pytest.raises(mipzk.FaultError) as fault:
            call()
        assert "call stack" in fault.value.fault_text or "at 0x" in fault.value.fault_text
    assert issubclass(mipzk.ArgumentError, ValueError) and issubclass(mipzk.NoMemoryError, MemoryError)


def test_what_a_guest_shows(context):
    job = context.job(context.load(guest("exit_code")), private_input=bytes(5))
    shown, marks, threads = [], [], set()

    def note(into):
        def hook(*values):
            threads.add(threading.get_ident())
            into.append(values)
        return hook

    assert job.execute(on_print=note(shown), on_mark=note(marks)).exit_code == 0
    assert b"".join(text for (text,) in shown) == b"exit_code: about to end\n"
    assert [mark for _, mark in marks] == [7, 0xffffffff]
    assert threads == {threading.get_ident()}, "a hook ran on another thread"


class Oops(Exception):
    pass


def oops(*_):
    raise Oops


def test_what_a_hook_raises_comes_out_of_the_call(context):
    job = context.job(context.load(guest("sha256")), private_input=bytes(100000))
    for call in (job.execute, job.estimate, job.prove):
        with pytest.raises(Oops):
            call(on_cycles=oops)
    with pytest.raises(Oops):
        job.prove(progress=oops)
    job = context.job(context.load(guest("exit_code")), private_input=bytes(5))
    for hooks in ({"on_print": oops}, {"on_mark": oops}):
        job.set_public_input(b"")
        with pytest.raises(Oops):
            job.execute(**hooks)
    job.set_public_input(b"")
    assert job.execute().exit_code == 0


def test_progress_as_a_callback_and_as_an_iterator(context, echo):
    job, called = context.job(echo, seed=bytes(32)), []
    proof = context.job(echo, seed=bytes(32)).prove(progress=called.append)
    with job.proving() as steps:
        seen = list(steps)
    assert seen == called and steps.proof == proof
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[0].phase_name == "execute" and seen[-1].done == seen[-1].total > 0
    assert {step.total for step in seen} <= {0, seen[-1].total}
    assert {step.phase for step in seen} == set(mipzk.Phase)
    assert job.proving().proof == proof


class Slow(io.RawIOBase):
    """An unbuffered file that takes a few bytes at a time."""

    def __init__(self):
        self.taken = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.taken += data[:100000]
        return min(len(data), 100000)


def test_a_proof_to_a_file(context, echo):
    job = context.job(echo, seed=bytes(32))
    proof, whole, slow, steps = job.prove(), io.BytesIO(), Slow(), []
    job.prove_to(whole, progress=steps.append)
    job.prove_to(slow)
    assert whole.getvalue() == bytes(slow.taken) == proof and steps

    class Full(io.RawIOBase):
        def write(self, data):
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        job.prove_to(Full())


def test_verifying_with_a_context(context, echo, proof, tmp_path):
    path = tmp_path / "proof"
    path.write_bytes(proof)
    claim = mipzk.verify(echo.id, proof)
    assert context.verify(echo.id, proof) == claim
    assert context.verify(echo.id, io.BytesIO(proof)) == claim
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert context.verify(echo.id, file) == context.verify(echo.id, mapped) == claim
    with pytest.raises(mipzk.MalformedError):
        context.verify(echo.id, io.BytesIO(proof[:-1]))
    for wrong in (proof, io.BytesIO(proof)):
        with pytest.raises(mipzk.ExitCodeError):
            context.verify(echo.id, wrong, mipzk.Policy(exit_code=1))

    class Broken:
        def __init__(self, answer):
            self.answer = answer

        def read(self, size):
            return self.answer(size)

    with pytest.raises(Oops):
        context.verify(echo.id, Broken(oops))
    with pytest.raises(ValueError, match="gave"):
        context.verify(echo.id, Broken(lambda size: bytes(size + 1)))


def test_leaving_the_iteration_cancels(context, echo):
    job = context.job(echo)
    with job.proving() as steps:
        for _ in steps:
            break
    with pytest.raises(mipzk.CancelledError):
        steps.proof
    wait_until_free(job)
    assert job.execute().exit_code == 0


def wait_until_free(job):
    """Until the call that was left has ended on its thread."""
    for thread in threading.enumerate():
        if thread.name == "mipzk":
            thread.join()


def test_what_linux_programs_find(context, echo):
    program = context.load(guest("echo.linux"))
    with context.job(program, public_input=b"public", private_input=b"secret") as job:
        job.add_argument("--verbose")
        job.add_environment("HOME", "/root=")
        job.add_file("/etc/public", bytearray(b"for all"), public=True)
        job.add_file("/etc/private", b"for us")
        job.set_clock(1_700_000_000)
        claimed = job.claimed_input
        job.set_random(bytes(range(32)))
        assert job.claimed_input == claimed
        for word in (b"public", b"--verbose", b"HOME=/root=", b"/etc/public", b"for all", struct.pack(">I", 1_700_000_000)):
            assert word in claimed
        assert b"for us" not in claimed and b"private" not in claimed
        assert job.execute().output == ANSWER
        for wrong in (lambda: job.add_argument("a\0b"), lambda: job.add_environment("a=b", "c"), lambda: job.set_clock(0),
                      lambda: job.add_file("relative", b""), lambda: job.add_file("/etc/private", b""),
                      lambda: job.set_random(b"short"), lambda: context.job(echo).add_argument("x")):
            with pytest.raises(mipzk.ArgumentError):
                wrong()
        assert job.claimed_input == claimed
    assert context.job(echo, public_input=b"plain").claimed_input == b"plain"


def test_answers(context):
    """They are asked for once, on the caller's thread."""
    program = context.load(guest("ask"))
    asked = []

    def answer(name):
        asked.append((name, threading.current_thread()))
        return {b"word": b"abcd", b"text": bytearray(b"a longer text")}.get(name)

    hints = b"".join(number.to_bytes(4, "big") for number in (1, 2, 3))
    with context.job(program, hints=hints) as job:
        job.set_answers(answer)
        run = job.execute()
        assert run.exit_code == 0 and run.output[:20] == struct.pack(">I12sI", 4, b"abcd", 13)
        assert run.output[20:30] == b"a longer t" and run.output[32:36] == b"\xff" * 4
        claim = mipzk.verify(program.id, job.prove())
        assert claim.output == run.output
        assert asked == [(name, threading.current_thread()) for name in (b"word", b"text", b"missing", b"word")]

        def fail(name):
            raise KeyError(name)
        job.set_answers(fail)
        with pytest.raises(KeyError):
            job.execute()
        job.set_answers(None)
        with pytest.raises(mipzk.FaultError):
            job.execute()


def test_cancelling(context, endless):
    with mipzk.Context(max_cycles=1 << 62) as own:
        program = own.load(endless)
        job = own.job(program)
        with pytest.raises(mipzk.CancelledError):
            job.execute(on_cycles=lambda _: job.cancel())
        with pytest.raises(mipzk.CancelledError):
            job.execute(on_cycles=lambda _: own.cancel())
        with pytest.raises(mipzk.CancelledError):
            own.job(program).prove()
        own.resume()
        with pytest.raises(mipzk.CancelledError):
            job.execute(on_cycles=lambda _: threading.Thread(target=job.cancel).start())
        steps = job.proving()
        job.cancel()  # that call, before it begins
        with pytest.raises(mipzk.CancelledError):
            steps.proof
        job.cancel()  # nothing is under way


def test_a_job_in_use_says_so(context, endless):
    with mipzk.Context(max_cycles=1 << 62) as own:
        job = own.job(own.load(endless))
        refused, freed, early = [], [], []
        free, job._release, pointer = job._release, freed.append, job._pointer

        def again(_):
            for call in (job.execute, job.prove, lambda: job.set_hints(b"")):
                try:
                    call()
                except mipzk.StateError as error:
                    refused.append(error)
            job.close()  # in use: freed afterwards
            early.extend(freed)
            job.cancel()

        with pytest.raises(mipzk.CancelledError):
            job.execute(on_cycles=again)
        assert len(refused) == 3 and early == [] and freed == [pointer]
        free(pointer)
        with pytest.raises(mipzk.StateError, match="closed"):
            job.execute()


def test_objects_are_closed_in_any_order(echo):
    context = mipzk.Context()
    program = context.load(guest("echo"))
    job = context.job(program)
    context.close()
    program.close()
    program.close()
    assert job.execute().exit_code == 0
    for use in (lambda: program.id, lambda: context.job(program), lambda: context.load(b""), context.cancel):
        with pytest.raises(mipzk.StateError, match="closed"):
            use()
    with job:
        pass
    gone = weakref.ref(job)
    del job
    gc.collect()
    assert gone() is None


def test_jobs_run_at_once(context, echo):
    answers = []

    def work(number):
        job = context.job(echo, private_input=bytes([number]))
        answers.append((number, job.execute().output[0], mipzk.inspect(job.prove()).output[0]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(number, number, number) for number in range(4)]
