# SPDX-License-Identifier: GPL-2.0
"""Guests for tests, as a plugin of pytest's: it names what tests ask for, as fixtures.

One guest serves many tests, until one of them fails or leaves something behind.
"""

import ctypes
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from .commands import chosen
from .guest import snapshot
from .guest.recipe import Parts
from .guest.vm import VM
from .host.errors import GuestError, HarnessError
from .observe import facts, gcov, health, kmodcounts
from .rows.row import Row

Boot = Callable[..., VM]


class Pool:
    """The guest that tests share.

    `mark` is the first log record of the test that has it, `before` what it must be like again.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._vm: VM | None = None
        self.mark = 0
        self.before = health.Before()

    def take(self) -> VM:
        try:
            if self._vm is None:
                self._vm = snapshot.guest(self._parts)
                self._vm.run("depmod", check=True)
                self.before = health.look(self._vm)
                self._vm.log_end()
            # What was logged since the look after the last test is this one's to answer for.
            self.mark = self._vm.log_seen
            return self._vm
        except HarnessError:
            self.discard()
            raise

    @property
    def guest(self) -> VM | None:
        """The guest, if there is one."""
        return self._vm

    def discard(self) -> None:
        if self._vm is not None:
            self._vm.close()
            self._vm = None


_PR_SET_PDEATHSIG = 1
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what make coverage asks for."""
    parser.addoption("--counts", action="store_true",
                     help="keep which lines of the modules run in the guests")


def pytest_configure(config: pytest.Config) -> None:
    """Have a process that tests for another end with it, however that ends; and its guests so."""
    if hasattr(config, "workerinput"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    node.stash[FAILED] = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have groups first; tell what a behaviour's test is about, for the table and for JUnit.

    A group is one worker's: begun at the end it would have the others wait for it.
    """
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("behaviour"):
            row = item.callspec.params["row"]
            assert isinstance(row, Row)
            item.user_properties.append(("what", row.title))


@pytest.fixture(scope="session")
def parts(request: pytest.FixtureRequest) -> Parts:
    """What guests are made of, fixture modules included."""
    counts = request.config.getoption("--counts")
    return replace(chosen.parts(), at_close=_keep_counts if counts else None)


def _keep_counts(vm: VM) -> None:
    gcov.fetch(vm)
    if vm.parts.kmod:
        kmodcounts.fetch(vm)


@pytest.fixture(scope="session")
def pool(parts: Parts) -> Iterator[Pool]:
    shared = Pool(parts)
    yield shared
    shared.discard()


@pytest.fixture(scope="session")
def known(parts: Parts, pool: Pool) -> facts.Facts:
    """What the guests' kernel and kmod are."""
    return facts.read(parts.kernel, pool.take())


@pytest.fixture(autouse=True)
def _needs(request: pytest.FixtureRequest) -> None:
    """Skip a test whose mark `needs`, requirements as in facts.py, the guests do not meet."""
    for mark in request.node.iter_markers("needs"):
        for requirement in mark.args:
            reason = request.getfixturevalue("known").unmet(requirement)
            if reason:
                pytest.skip(reason)


@pytest.fixture
def vm(pool: Pool, request: pytest.FixtureRequest) -> Iterator[VM]:
    """A guest with the modules installed, none loaded; it must be so again after the test."""
    yield from serve(pool, request)


def serve(pool: Pool, request: pytest.FixtureRequest) -> Iterator[VM]:
    """Give a test the pool's guest; one that fails, or leaves something, is its last."""
    guest = pool.take()
    yield guest
    if request.node.stash.get(FAILED, False):
        pool.discard()
        return
    try:
        problems = health.problems(guest, pool.mark, pool.before)
    except GuestError as error:
        problems = [str(error)]
    if problems:
        pool.discard()
        pytest.fail(f"{request.node.name} " + f"\n{request.node.name} ".join(problems),
                    pytrace=False)


@pytest.fixture
def suite(vm: VM) -> Iterator[VM]:
    """The guest with the modules of the suite loaded, and unloaded again after the test."""
    vm.run(*vm.parts.suite.load, check=True)
    yield vm
    vm.run(*vm.parts.suite.unloads[0], check=True)


@pytest.fixture
def boot(parts: Parts) -> Iterator[Boot]:
    """A function that gives a guest of the test's own; its arguments are VM's.

    The first, what the guest is made of, may be left out. One that nothing is to be told at its
    boot does not boot: it goes on where another was saved.
    """
    guests: list[VM] = []

    def boot_one(made: Parts = parts, **options: object) -> VM:
        is_plain = not any(options.values())
        guests.append(snapshot.guest(made) if is_plain
                      else VM(made, **options))  # type: ignore[arg-type]
        return guests[-1]

    yield boot_one
    for guest in guests:
        guest.close()
