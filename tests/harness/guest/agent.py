# SPDX-License-Identifier: GPL-2.0
"""Commands in the guest: the host's side of tests/guest/agent.c; wire.h there has the frames."""

import math
import mmap
import os
import re
import signal
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from ..host.errors import GuestError

COMMAND_TIMEOUT = 30.0

_HEADER = struct.Struct("<IIB")
_NUMBER = struct.Struct("<I")
_TIME = struct.Struct("<QI")
# What the agent's first frame begins with.
_HELLO = _HEADER.pack(_NUMBER.size, 0, ord("H"))
_FLAG_PTY = 1
# What the guest's port takes at once without loss, however slow the guest is to read it.
_INPUT_PIECE = 1024
# What it takes before all that came is read: more may be lost where the guest is slow.
_UNREAD = 16 * _INPUT_PIECE


@dataclass(frozen=True)
class Result:
    """How a command ended: its exit status (negative: the signal), and what it wrote."""

    argv: tuple[str, ...]
    status: int
    out: str
    err: str


class Job:
    """A command that runs in the guest, or ran."""

    def __init__(self, agent: "Agent", number: int, argv: tuple[str, ...],
                 write: Callable[[bytes], None] | None) -> None:
        self._agent = agent
        self.number = number
        self.argv = argv
        self.write = write
        self.pid = 0
        self.out = bytearray()
        self.err = bytearray()
        self.status: int | None = None

    def hear(self, data: bytes) -> None:
        """Take what the command wrote to stdout."""
        if self.write:
            self.write(data)
        else:
            self.out += data

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.status is not None

    def expect(self, pattern: str, timeout: float = COMMAND_TIMEOUT) -> re.Match[str]:
        """Wait until stdout holds `pattern`, a regular expression; return the first match.

        Raises GuestError where the command ends or the time is up without it.
        """
        match, seen = None, -1

        def is_over() -> bool:
            nonlocal match, seen
            # It is asked after each frame, also of other commands.
            if seen != len(self.out):
                match, seen = re.search(pattern, self._text()), len(self.out)
            return match is not None or self.status is not None

        self._agent.wait_until(is_over, timeout, f"{pattern!r} from {' '.join(self.argv)}")
        if match is None:
            raise self._agent.lost(f"{' '.join(self.argv)} ended without {pattern!r}: {self.err!r}")
        return match

    def _text(self) -> str:
        return self.out.decode(errors="surrogateescape")

    def send(self, data: bytes) -> None:
        """Write to the command's stdin.

        Raises GuestError where the guest does not take in time what is long.
        """
        if len(data) > _INPUT_PIECE and self._agent.half:
            self._agent.send_by_memory(self.number, data)
            return
        for start in range(0, len(data), _INPUT_PIECE):
            self._agent.send(self.number, b"I", data[start:start + _INPUT_PIECE])
            if (start + _INPUT_PIECE) % _UNREAD == 0:
                self._agent.await_reading()

    def end_input(self) -> None:
        """Close the command's stdin."""
        self._agent.send(self.number, b"E")

    def kill(self, signum: int = signal.SIGKILL) -> None:
        """Send a signal to the command's process group."""
        self._agent.send(self.number, b"K", bytes([signum]))

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the command's terminal."""
        self._agent.send(self.number, b"W", struct.pack("<HH", rows, columns))

    def wait(self, timeout: float = COMMAND_TIMEOUT) -> Result:
        """Wait for the end of the command.

        Raises GuestError where the guest is gone or the time is up.
        """
        self._agent.wait_until(lambda: self.status is not None, timeout,
                               f"the end of {' '.join(self.argv)}")
        assert self.status is not None
        return Result(self.argv, os.waitstatus_to_exitcode(self.status),
                      self._text(), self.err.decode(errors="surrogateescape"))

    def finish(self, timeout: float = COMMAND_TIMEOUT) -> Result:
        """Close its stdin, which is what our own programs end by, and wait for its end.

        Raises GuestError where the guest is gone or the time is up.
        """
        self.end_input()
        return self.wait(timeout)


class Agent:
    """The connection; a thread of its own reads what the guest sends.

    What is long goes through `shared`, memory of which each side writes to a half; `half` is its
    size, 0 where the guest has none. What a guest has time for is measured by `clock`, in seconds;
    one that needs `patience` has so many times as long for everything. Errors end with what `tail`
    returns, the end of the guest's console. `doubled` are the bytes that its port takes for a sign
    unless they come twice.
    """

    def __init__(self, to_guest: IO[bytes], from_guest: IO[bytes], shared: mmap.mmap,
                 tail: Callable[[], str], clock: Callable[[], float], patience: float = 1,
                 doubled: bytes = b"") -> None:
        self._tail = tail
        self._clock = clock
        self._patience = patience
        self._doubled = doubled
        self._to_guest = to_guest
        self._from_guest = from_guest
        self._shared = shared
        self.half = 0
        # The guest has not read yet what we put into our half of the memory, or sent.
        self._is_full = False
        self._using_memory = threading.Lock()
        self._jobs: dict[int, Job] = {}
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self._next = 1
        self._there = False
        self._gone = False
        threading.Thread(target=self._read, daemon=True).start()

    def lost(self, what: str) -> GuestError:
        """Return the error for a guest that is gone, or did not answer in time: `what` says so."""
        return GuestError(f"{what}; {self._tail()}")

    def ask_for_hello(self) -> None:
        """Have an agent that greeted another run before greet us; its clock is set to ours."""
        self.send(0, b"h", _TIME.pack(*divmod(time.time_ns(), 10**9)))

    def hello(self, timeout: float) -> None:
        """Wait for the agent's greeting.

        Raises GuestError where there is none.
        """
        self.wait_until(lambda: self._there, timeout, "the agent")

    def start(self, argv: Sequence[str], pty: bool = False,
              write: Callable[[bytes], None] | None = None) -> Job:
        """Start a command in the guest; it has its pid once this returns.

        With `pty` it gets a terminal of its own. Its stdout goes to `write` as it comes, or else
        is kept.

        Raises GuestError where the guest is gone.
        """
        with self._news:
            job = Job(self, self._next, tuple(argv), write)
            self._jobs[self._next] = job
            self._next += 1
        flags = _FLAG_PTY if pty else 0
        words = b"".join(os.fsencode(word) + b"\0" for word in argv)
        self.send(job.number, b"R", bytes([flags]) + words)
        self.wait_until(lambda: job.pid != 0 or job.status is not None, 30,
                        f"the start of {' '.join(argv)}")
        return job

    def send_by_memory(self, job: int, data: bytes) -> None:
        """Write to a command's stdin through the shared memory, and wait until that is taken.

        Raises GuestError where the guest is gone or the time is up.
        """
        with self._using_memory:
            for start in range(0, len(data), self.half):
                piece = data[start:start + self.half]
                self._shared[:len(piece)] = piece
                self._is_full = True
                self.send(job, b"i", _NUMBER.pack(len(piece)))
                self.wait_until(lambda: not self._is_full, 30, "its reading of what it is sent")

    def await_reading(self) -> None:
        """Wait until all that was sent before is read.

        Raises GuestError where the guest is gone or the time is up.
        """
        with self._using_memory:
            self._is_full = True
            self.send(0, b"P")
            self.wait_until(lambda: not self._is_full, 30, "its reading of what it is sent")

    def send(self, job: int, kind: bytes, payload: bytes = b"") -> None:
        """Send one frame; a guest that is gone is noticed by whoever waits for it."""
        data = _HEADER.pack(len(payload), job, kind[0]) + payload
        for byte in self._doubled:
            data = data.replace(bytes([byte]), bytes([byte, byte]))
        try:
            with self._sending:
                while data:
                    data = data[self._to_guest.write(data):]
        except (OSError, ValueError):
            pass

    def wait_until(self, done: Callable[[], bool], timeout: float, what: str) -> None:
        """Wait until `done()` holds; it is looked at after each frame from the guest.

        Raises GuestError where the guest is gone or the time is up.
        """
        timeout *= self._patience
        deadline = self._clock() + timeout
        with self._news:
            while not done():
                if self._gone:
                    raise self.lost(f"the guest ended while we waited for {what}")
                left = None if timeout == math.inf else deadline - self._clock()
                if left is not None and left <= 0:
                    raise self.lost(
                        f"the guest was silent: no sign of {what} within {timeout:g} s")
                self._news.wait(left)

    def _read(self) -> None:
        data = b""
        try:
            while piece := self._from_guest.read(65536):
                data = self._handle_frames(data + piece)
        finally:
            self._from_guest.close()
            with self._news:
                self._gone = True
                self._news.notify_all()

    def _handle_frames(self, data: bytes) -> bytes:
        """Act on the whole frames in `data`; return what is left."""
        with self._news:
            if not self._there:
                # UEFI firmware takes the port for a terminal and writes to it first.
                _, hello, after = data.partition(_HELLO)
                if not hello:
                    return data
                data = hello + after
            while len(data) >= _HEADER.size:
                length, number, kind = _HEADER.unpack_from(data)
                end = _HEADER.size + length
                if len(data) < end:
                    break
                self._handle(number, chr(kind), data[_HEADER.size:end])
                data = data[end:]
            self._news.notify_all()
        return data

    def _handle(self, number: int, kind: str, payload: bytes) -> None:
        if kind == "H":
            (size,) = _NUMBER.unpack(payload)
            self.half = size // 2
            self._there = True
        elif kind == "A":
            self._is_full = False
        elif kind == "S":
            (self._jobs[number].pid,) = _NUMBER.unpack(payload)
        elif kind == "O":
            self._jobs[number].hear(payload)
        elif kind == "o":
            (length,) = _NUMBER.unpack(payload)
            self._jobs[number].hear(self._shared[self.half:self.half + length])
            self.send(0, b"A")
        elif kind == "e":
            self._jobs[number].err += payload
        elif kind == "X":
            (self._jobs.pop(number).status,) = _NUMBER.unpack(payload)
