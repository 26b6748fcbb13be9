# SPDX-License-Identifier: GPL-2.0
"""taskmods --watch redraws on a terminal, marks what changed, and gives the terminal back."""

import errno
import fcntl
import itertools
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from harness.host import cli
from harness.observe import taskfiles
from recorded import Tree, tsv

pytestmark = pytest.mark.host

TAKE, GIVE = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l"
MARKED = re.compile(r"\033\[7m *([^\033]*?) *\033\[m")
TIMEOUT = 20.0


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path, cli.built())
    made.record([(1, 0, "S", "systemd", "swapper/0"), (2, 0, "S", "kthreadd", "swapper/0")],
                [(1, 1, "S", 0, 1, 5, "systemd")], {"S": (2, 2)})
    return made


def replace(tree: Tree, *rows: tuple[object, ...]) -> None:
    """Write the tasks anew, so that no reader sees half of them."""
    path = tree.root / "proc/taskmods/tasks"
    path.with_suffix(".new").write_text(tsv(taskfiles.TASKS_HEADER, rows), encoding="ascii")
    path.with_suffix(".new").rename(path)


def _begin() -> None:
    """Whoever runs the tests may ignore interrupts, as a shell does for what runs behind it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Watcher:
    """The command on a terminal of its own, there started by `around`."""

    def __init__(self, tree: Tree, *arguments: str, around: tuple[str, ...] = ()) -> None:
        self.master, slave = pty.openpty()
        self.resize(24, 80)
        self.before = termios.tcgetattr(self.master)
        self.process = subprocess.Popen(
            [*around, *tree.argv(*arguments)], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env={"TERM": "xterm", "PATH": os.environ["PATH"]},
            preexec_fn=_begin)
        os.close(slave)
        self.seen = ""
        self.deadline = time.monotonic() + TIMEOUT

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> bool:
        """Take what there is; return whether there may be more."""
        left = self.deadline - time.monotonic()
        assert left > 0 and select.select([self.master], [], [], left)[0], self.seen[-2000:]
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            assert error.errno == errno.EIO
            return False
        self.seen += data.decode(errors="surrogateescape")
        return bool(data)

    def frame(self) -> str:
        """Return the next whole picture that is drawn."""
        while not (match := re.search("\033\\[H(.*?)\033\\[J", self.seen, re.DOTALL)):
            assert self._read(), self.seen
        self.seen = self.seen[match.end():]
        return match[1].replace("\033[K", "").replace("\r\n", "\n")

    def await_text(self, text: str) -> None:
        while text not in self.seen:
            assert self._read(), self.seen

    def key(self, text: bytes) -> None:
        os.write(self.master, text)

    def end(self) -> tuple[int, str]:
        """Await its end; return its status and what it wrote since."""
        while self._read():
            pass
        return self.process.wait(TIMEOUT), self.seen


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for watcher in made:
        watcher.process.kill()
        watcher.process.wait()
        os.close(watcher.master)


@pytest.fixture
def watcher(tree: Tree, watchers: list[Watcher]) -> Watcher:
    """It watches the tasks, ten times a second."""
    watchers.append(Watcher(tree, "tasks", "--watch", "0.1"))
    return watchers[0]


def test_the_table_is_redrawn_and_what_changed_is_marked(tree: Tree, watcher: Watcher) -> None:
    """A row that is new, or is there again in another state; nothing the first time."""
    watcher.await_text(TAKE)
    first = watcher.frame()
    assert re.match(r"taskmods tasks, every 0.1 s: 2 of 2 rows, \d\d:\d\d:\d\d, q: quit\n\n"
                    r"PID PPID STATE COMM     PARENT.*\n"
                    r"  1    0 S     systemd  swapper/0.*\n", first)
    assert MARKED.findall(first) == []
    replace(tree, (1, 0, "R", "systemd", "swapper/0"), (2, 0, "S", "kthreadd", "swapper/0"),
            (9, 1, "D", "new\\033", "systemd"))
    while "new" not in (changed := watcher.frame()):
        assert MARKED.findall(changed) == []
    new = ["9", "1", "D", "new\\033", "systemd"]
    padding = ["0"] * (len(taskfiles.TASKS_COLUMNS) - len(new))
    assert MARKED.findall(changed) == ["R", *new, *padding]
    assert MARKED.findall(watcher.frame()) == []


def test_what_always_changes_is_not_marked(tree: Tree, watchers: list[Watcher]) -> None:
    watchers.append(Watcher(tree, "threads", "--watch", "0.1"))
    watchers[0].frame()
    tree.record(threads=[(1, 1, "S", 0, 1, 777, "systemd")])
    while "777" not in (changed := watchers[0].frame()):
        pass
    assert MARKED.findall(changed) == []


@pytest.mark.parametrize("how", ("q", "Q", "ctrl-c", "TERM", "HUP", "USR1", "ALRM"))
def test_it_ends_and_gives_the_terminal_back(watcher: Watcher, how: str) -> None:
    watcher.frame()
    held = termios.tcgetattr(watcher.master)
    assert not held[3] & (termios.ICANON | termios.ECHO) and held[3] & termios.ISIG
    if how.isupper() and len(how) > 1:
        watcher.process.send_signal(getattr(signal, f"SIG{how}"))
    else:
        watcher.key(b"\x03" if how == "ctrl-c" else how.encode())
    # The other end is asked before it is closed, as then there is nothing left to ask.
    watcher.await_text(GIVE)
    status, seen = watcher.end()
    assert (status, seen.endswith(GIVE)) == (0, True)
    assert termios.tcgetattr(watcher.master) == watcher.before


@pytest.mark.parametrize("keys", [
    # The last one is F2 on many terminals; a busy one gives several at once.
    (b"xyz\n", b"\033OQ"), (b"x\033OQ\033[1;5Q\033[20~z",)])
def test_other_keys_do_nothing(watcher: Watcher, keys: Sequence[bytes]) -> None:
    for some in keys:
        watcher.frame()
        watcher.key(some)
    for _ in range(3):
        watcher.frame()
    assert watcher.process.poll() is None


def test_a_key_after_a_function_key_counts(watcher: Watcher) -> None:
    watcher.frame()
    watcher.key(b"\033OQ\033[Aq")
    assert watcher.end()[0] == 0


def test_a_signal_that_was_ignored_stays_so(tree: Tree, watchers: list[Watcher]) -> None:
    """As nohup has it."""
    watchers.append(Watcher(tree, "tasks", "--watch", "0.1",
                            around=("sh", "-c", 'trap "" HUP; exec "$@"', "sh")))
    watchers[0].frame()
    watchers[0].process.send_signal(signal.SIGHUP)
    for _ in range(3):
        watchers[0].frame()
    watchers[0].key(b"q")
    assert watchers[0].end()[0] == 0


def test_stopped_and_continued(tree: Tree, watchers: list[Watcher]) -> None:
    """While it is stopped the shell has the terminal as it was."""
    shell = ("bash", "-c", 'set -m; "$@"; echo "status $?"; read -r; fg; echo "status $?"', "sh")
    watchers.append(Watcher(tree, "tasks", "--watch", "0.1", around=shell))
    watcher = watchers[0]
    watcher.frame()
    watcher.key(b"\x1a")
    watcher.await_text(f"status {128 + signal.SIGTSTP}")
    assert GIVE in watcher.seen
    assert termios.tcgetattr(watcher.master) == watcher.before
    watcher.seen = ""
    watcher.key(b"\n")
    watcher.await_text(TAKE)
    watcher.frame()
    watcher.key(b"q")
    watcher.await_text("status 0")
    assert watcher.end()[0] == 0
    assert termios.tcgetattr(watcher.master) == watcher.before


def test_a_smaller_window(tree: Tree, watchers: list[Watcher]) -> None:
    """It is drawn anew at once, no line longer or lower than the window."""
    tree.record([(pid, 1, "S", "a-long-name", "a-longer-name") for pid in range(1, 101)])
    watchers.append(Watcher(tree, "tasks", "--watch", "1000"))
    assert watchers[0].frame().count("\n") == 23
    watchers[0].resize(10, 20)
    lines = watchers[0].frame().split("\n")
    assert len(lines) == 10 and lines[-1] == ""
    assert max(map(len, lines)) == 20
    assert lines[3:5] == ["  1    1 S     a-lon", "  2    1 S     a-lon"]


def test_a_window_of_three_rows(tree: Tree, watchers: list[Watcher]) -> None:
    watchers.append(Watcher(tree, "tasks", "--watch", "1000"))
    watchers[0].frame()
    watchers[0].resize(3, 80)
    assert watchers[0].frame().count("\n") == 2


def test_a_line_as_wide_as_the_window_keeps_its_end(tree: Tree, watchers: list[Watcher]) -> None:
    """On many terminals what is cleared after it is its last character."""
    tree.record([(1, 0, "S", "systemd", "swapper/0")])
    watchers.append(Watcher(tree, "tasks", "--watch", "1000"))
    watchers[0].frame()
    watchers[0].resize(24, len("  1    0 S     systemd swapper/0"))
    watchers[0].await_text("swapper/0\r\n\033[J")
    assert "\033[K  1    0 S     systemd swapper/0\r\n" in watchers[0].seen


def test_redrawing_does_not_put_reading_off(tree: Tree, watchers: list[Watcher]) -> None:
    """As of a window that is being made larger: each size is drawn before the second is over."""
    watchers.append(Watcher(tree, "tasks", "--watch", "1"))
    watchers[0].frame()
    replace(tree, (1, 0, "S", "another", "swapper/0"))
    for rows in itertools.cycle((23, 24)):
        watchers[0].resize(rows, 80)
        if "another" in watchers[0].frame():
            break


def test_a_module_that_goes_ends_it_with_one_line(tree: Tree, watcher: Watcher) -> None:
    """Which stays to be seen, on the screen that was there before."""
    watcher.frame()
    (tree.root / "proc/taskmods/tasks").unlink()
    (tree.root / "sys/module/walker_mod/version").unlink()
    (tree.root / "sys/module/walker_mod").rmdir()
    status, seen = watcher.end()
    assert status == 3
    assert re.fullmatch(r"taskmods: .*: load it: modprobe walker_mod\r\n",
                        seen.partition(GIVE)[2])


def test_the_end_of_the_terminal_ends_it(tree: Tree) -> None:
    watcher = Watcher(tree, "report", "--watch", "1000")
    watcher.frame()
    os.close(watcher.master)
    watcher.process.wait(TIMEOUT)


@pytest.mark.parametrize("term", ("dumb", ""))
def test_a_terminal_that_cannot_be_drawn_on(tree: Tree, term: str) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(tree.argv("tasks", "--watch", "0.1"), stdin=slave, stdout=slave,
                               env={"TERM": term})
    os.close(slave)
    seen = b""
    while seen.count(b"PID") < 3:
        seen += os.read(master, 4096)
    process.terminate()
    process.wait()
    os.close(master)
    assert b"\033" not in seen


@pytest.mark.parametrize("options,times", ((("--json",), 3), (("--tsv",), 3), ((), 3)))
def test_elsewhere_one_reading_follows_the_other(tree: Tree, options: tuple[str, ...], times: int
                                                 ) -> None:
    process = subprocess.Popen(tree.argv("tasks", "--watch", "0.1", *options), text=True,
                               stdout=subprocess.PIPE)
    assert process.stdout
    once = tree.run("tasks", *options).stdout
    assert process.stdout.read(len(once) * times) == once * times
    process.terminate()
    assert process.wait(TIMEOUT) == -signal.SIGTERM
    if "--json" in options:
        assert len(json.loads(once)) == 2


def test_the_interval_is_kept(watcher: Watcher) -> None:
    watcher.frame()
    began = time.monotonic()
    # The first of these may have waited for us.
    for _ in range(10):
        watcher.frame()
    assert time.monotonic() - began > 0.8
