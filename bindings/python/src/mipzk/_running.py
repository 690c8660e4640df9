# SPDX-License-Identifier: Apache-2.0
"""Long calls of the library that can be interrupted.

Python handles signals on its main thread and only between two of its own instructions, so Ctrl-C would wait for a call
that takes minutes. Therefore the library runs on a thread of its own, while the caller waits for events in Python: for
hooks to be called (on the caller's thread, so that they may raise, and use what belongs to that thread) and for the end.
An exception on the caller's side, a KeyboardInterrupt for instance, asks the library to stop: by `stop`, which it
notices in the middle of a run or of a step of a proof, or by what the next hook returns.
"""

import queue
import threading
from typing import Any, Callable, Generator, Generic, Optional, Tuple, TypeVar

from mipzk.errors import CancelledError

_T = TypeVar("_T")
_Hook = Optional[Callable[..., Any]]

# For how long an interrupt waits for the library before it is raised all the same.
_GRACE = 0.1


class Running(Generic[_T]):
    """`body` on a thread of its own, from `events` on; it gets this object for its `ask` and `tell`."""

    def __init__(self, body: Callable[["Running[_T]"], _T]) -> None:
        self._cancelled = False
        self._stop: Optional[Callable[[], None]] = None
        self._stopping = threading.Lock()
        self._events: "queue.SimpleQueue[Optional[Tuple[_Hook, Tuple[Any, ...]]]]" = queue.SimpleQueue()
        self._answers = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, args=(body,), name="mipzk")
        self._done = False
        self._result: Optional[_T] = None
        self._error: Optional[BaseException] = None

    # On the library's thread.

    def _run(self, body: Callable[["Running[_T]"], _T]) -> None:
        try:
            self._result = body(self)
        except BaseException as error:
            self._error = error
        finally:
            self._events.put(None)

    def set_stop(self, stop: Optional[Callable[[], None]]) -> None:
        """What ends the library's call from another thread, as long as that is under way."""
        with self._stopping:
            self._stop = stop
            if stop is not None and self._cancelled:
                stop()

    def stopped(self) -> bool:
        """Nobody wants the result any more. When the interpreter ends, nobody does."""
        return self._cancelled or not threading.main_thread().is_alive()

    def ask(self, hook: _Hook, *values: Any) -> int:
        """Has the caller call `hook`, and waits; 1 if the library is to stop, as it wants to know."""
        if hook is not None and not self.stopped():
            self._events.put((hook, values))
            while not self._answers.acquire(timeout=_GRACE) and not self.stopped():
                pass
        return int(self.stopped())

    def tell(self, value: Any) -> int:
        """Gives `value` to whoever iterates over `events`, without waiting."""
        self._events.put((None, (value,)))
        return int(self.stopped())

    # On the caller's.

    def cancel(self) -> None:
        """Asks the library to stop; from any thread."""
        self._cancelled = True
        # A signal handler may find the lock taken by the code that it interrupts: then the library is not yet, or no
        # longer, in its call, or it is told by who has the lock.
        if self._stopping.acquire(blocking=False):
            try:
                if self._stop is not None:
                    self._stop()
            finally:
                self._stopping.release()
        self._answers.release()

    def events(self) -> Generator[Any, None, None]:
        """Runs `body` to its end, calls hooks, and gives what it tells meanwhile."""
        try:
            self._thread.start()
            while True:
                event = self._events.get()
                if event is None:
                    break
                hook, values = event
                if hook is None:
                    yield values[0]
                else:
                    hook(*values)
                    self._answers.release()
            self._thread.join()
            self._done = True
        except BaseException as error:
            self.cancel()
            if self._thread.ident is not None:
                # A hook's own exception finds the library waiting, so it ends at once. An interrupt may find it
                # in the middle of a step: it ends later by itself, and lets go of what it uses then.
                self._thread.join(None if isinstance(error, Exception) else _GRACE)
            raise

    def result(self) -> _T:
        """Of `body`, after `events` came to their end; raises what it raised."""
        if not self._done:
            raise CancelledError("the call was left before its end")
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def wait(self) -> _T:
        """Runs to the end."""
        for _ in self.events():
            pass
        return self.result()
