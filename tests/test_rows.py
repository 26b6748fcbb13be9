# SPDX-License-Identifier: GPL-2.0
"""Rows themselves: one that is wrong in any single way fails, and shows both sides of it."""

import os
import re

import pytest

from harness.commands.test import expression
from harness.guest.vm import VM
from harness.observe.facts import Facts
from harness.plugin import Boot
from harness.rows.row import Row
from harness.rows.run import try_row as try_any
from harness.rows.steps import (Await, Call, Cmd, Events, Host, Loaded, Note, Send, Stage, Step,
                                Traced)

FACTS = Facts("some", {"linux": (6, 1), "kmod": (30,)}, frozenset({"CONFIG_MODULES"}),
              frozenset({"XZ"}))

# Its directory is named so: another for each process that tests at a time.
NAME = f"wrong{os.environ.get('PYTEST_XDIST_WORKER', '')}"

# What is wrong: the step, what the failure names, and what was expected and seen.
WRONG: dict[str, tuple[Step, str, str, str]] = {
    "status": (Cmd("false"), "exit status", "0", "1"),
    "says": (Cmd("echo no; echo yes", says="no"), "its message ends with", "no", "yes"),
    "shows": (Cmd("echo a; echo b", shows=("b", "a$")), "output", "a$", "a"),
    "hides": (Cmd("echo sight", hides="s.g"), "output without", "s.g", "sig"),
    "log": (Cmd("echo said > /dev/kmsg", log=("^unsaid$",)), "kernel log", "^unsaid$", "said"),
    "errno": (Call("delete_module", ("nothing", "0"), errno="EBUSY"), "errno", "EBUSY", "ENOENT"),
    "loaded": (Loaded("core_mod 0"), "modules loaded", "core_mod 0", ""),
    "events": (Events("load core_mod"), "events", "load core_mod", ""),
    "functions": (Traced("true", path=(Stage("the call", ("load_module",)),)),
                  "functions", "load_module", ""),
    "host": (Host("exit 3"), "exit status", "0", "3"),
}


def try_row(row: Row, vm: VM) -> None:
    def boot(**_: object) -> VM:
        raise NotImplementedError

    try_any(row, FACTS, vm.parts, boot, lambda: vm)


def row_of(*steps: Step, order: str | None = "") -> Row:
    return Row(NAME, "A row that is wrong", "That it is noticed.", steps, order=order)


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_step_of_which_something_else_comes_fails(vm: VM, number: int) -> None:
    what_is_wrong, (step, what, expected, seen) = list(WRONG.items())[number]
    with pytest.raises(pytest.fail.Exception) as failure:
        try_row(row_of(Note("It was right until here."), step), vm)
    first, named, columns, values, *rest = str(failure.value).splitlines()
    assert first.startswith(f"{NAME}, step 2, ")
    assert named == f"{what}:"
    assert columns.split() == ["expected", "seen"]
    assert values.split() == ["!", *expected.split(), *seen.split()]
    assert "what was typed, at last:" in rest and "  | It was right until here." in rest
    # A row that has not asked for the guest yet is not to blame on it.
    shown = "no guest was booted for it yet" if what_is_wrong == "host" else "end of its console:"
    assert any(shown in line for line in rest)


def test_a_row_that_loses_its_guest_says_where(boot: Boot) -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        try_row(row_of(Cmd("true"), Cmd("echo c > /proc/sysrq-trigger")), boot())
    assert str(failure.value).startswith(f"{NAME}, step 2, echo c > /proc/sysrq-trigger\n")
    assert "sysrq triggered crash" in str(failure.value)


@pytest.mark.slow
def test_functions_that_come_in_another_order_fail(vm: VM) -> None:
    """As do those that come after the one where it should have stopped."""
    path = (Stage("the call", ("load_module",)), Stage("arguments", ("parse_args",)),
            Stage("init", ("do_init_module",)))
    load, unload = "modprobe core_mod", Cmd("modprobe -r core_mod")
    order = "+core_mod -core_mod"
    try_row(row_of(Traced(load, path=path), unload, order=order), vm)
    for wrong in (Traced(load, path=(path[0], path[2], path[1])),
                  Traced(load, path=path, until="arguments")):
        with pytest.raises(pytest.fail.Exception, match="functions:"):
            try_row(row_of(wrong, order=order), vm)
        vm.run("modprobe", "-r", "core_mod", check=True)


@pytest.mark.slow
def test_functions_that_the_kernel_does_not_have_are_said_to_be_missing(vm: VM) -> None:
    """Of several the first that it has is taken."""
    there, missing = ("none_such", "load_module"), ("none_such", "nor_this")
    try_row(row_of(Traced("modprobe core_mod", path=(Stage("the call", there),)),
                   Cmd("modprobe -r core_mod"), order="+core_mod -core_mod"), vm)
    with pytest.raises(pytest.fail.Exception, match="can trace none of .*none_such.*nor_this"):
        try_row(row_of(Traced("true", path=(Stage("the call", missing),))), vm)


def test_a_file_that_no_step_made_is_missed_by_name(vm: VM) -> None:
    with pytest.raises(pytest.fail.Exception, match="(?s)step 1, Send.*has no lost.ko"):
        try_row(row_of(Send(("lost.ko",))), vm)


def test_another_order_of_loading_fails(vm: VM) -> None:
    """Also where each step is right: what the kernel's events say counts."""
    steps = (Cmd("modprobe walker_mod"), Cmd("rmmod walker_mod core_mod"))
    try_row(row_of(*steps, order="+core_mod +walker_mod -walker_mod -core_mod"), vm)
    with pytest.raises(pytest.fail.Exception, match="(?s)after its last step.*order of loads"):
        try_row(row_of(*steps, order="+walker_mod +core_mod -walker_mod -core_mod"), vm)


def test_a_record_that_does_not_come_is_not_waited_for_in_vain(vm: VM) -> None:
    try_row(row_of(Cmd("echo it is here > /dev/kmsg"), Await("it is h.re")), vm)
    with pytest.raises(pytest.fail.Exception, match="(?s)step 1, Await.*end of its console"):
        try_row(row_of(Await("it is not here", timeout=1)), vm)


def test_steps_for_other_versions_are_left_out(vm: VM) -> None:
    try_row(row_of(Cmd("false", when="kmod >= 31"), Cmd("false", when="!CONFIG_MODULES"),
                   Cmd("false", when="linux < 6.1 and kmod < 31")), vm)
    with pytest.raises(pytest.fail.Exception, match="exit status"):
        try_row(row_of(Cmd("false", when="linux >= 6.1 and kmod < 31")), vm)


def test_a_forgotten_comma_is_refused() -> None:
    """Else each letter would be a pattern, and found."""
    with pytest.raises(TypeError, match="ls: shows must be a tuple: is a comma missing?"):
        Cmd("ls", shows="not a tuple")  # type: ignore[arg-type]


@pytest.mark.host
def test_behaviours_can_be_chosen_by_the_programs_that_they_run() -> None:
    chosen = set(re.findall(r"[\w-]+", expression("uses_depmod or uses_modinfo")))
    assert {"missing-index", "hellop"} <= chosen
    assert not {"busy-open-file", "remove-chain"} & chosen
    assert expression("lsmod and not uses_nothing") == "lsmod and not uses_nothing"
