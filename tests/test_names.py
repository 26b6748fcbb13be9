# SPDX-License-Identifier: GPL-2.0
"""A process may call itself anything: no name breaks or forges a line, and none is lost."""

from contextlib import ExitStack

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, taskfiles
from harness.observe.taskfiles import Logged

HOSTILE = {
    "empty": b"",
    "tab": b"a\tb",
    "newline": b"a\nb",
    "carriage-return": b"a\rb",
    "escape-sequence": b"\x1b[2J\x1b[31mred",
    "backslash": b"a\\b",
    "looks-escaped": b"\\040\\x20\\\\n",
    "first-control": b"\x01\x02\x1f",
    "delete": b"\x7f~\x80",
    "high-bytes": bytes(range(0x80, 0x8f)),
    "last-bytes": bytes(range(0xf1, 0x100)),
    "utf-8": "né·pas".encode(),
    "latin-1-space": b"a\xa0b\x85c",
    "longest-of-escapes": b"\xff" * taskfiles.COMM_BYTES,
    "longest-of-newlines": b"\n" * taskfiles.COMM_BYTES,
    "spaces": b"  a  b  ",
    "only-space": b" ",
    "quotes": b"'\"`$(id)`\"'",
    "formats": b"%s%n%d%p%*c%%",
    "stat-like": b") R 1 1 (x",
    "line-of-file": b"\n1\t0\tS\tx\tinit\n",
    "end-of-line-of-file": b"x\ty\n9\t0\tS\tz\tu",
    "line-of-log": b"pid=1 comm=a",
    "end-of-line-of-log": b"a state=S\n<0>b",
}


def test_file_holds_the_exact_names(suite: VM) -> None:
    """Of each process, and as that of its children's parent; the kernel's own file agrees."""
    with ExitStack() as stack:
        families = {
            case: stack.enter_context(holders.held(suite, name, ("S", name), ("S", b"child")))
            for case, name in HOSTILE.items()}
        listed = taskfiles.read_tasks(suite)
        stats = kernelstat.read_stats(suite)
    found, kernels = {}, {}
    for case, family in families.items():
        same, child = (listed[pid] for pid in family.pids)
        found[case] = (listed[family.pid].name, same.name, same.parent, child.name, child.parent)
        kernels[case] = stats[family.pid].name
    assert kernels == HOSTILE
    assert found == {case: (name, name, name, b"child", name) for case, name in HOSTILE.items()}


def test_log_has_one_line_a_process_with_its_exact_name(vm: VM) -> None:
    """logged_tasks() takes nothing but whole lines of the form, so none can be forged either."""
    specs = [("S", name) for name in HOSTILE.values()]
    name = HOSTILE["end-of-line-of-log"]
    with holders.held(vm, name, *specs) as tasks:
        before = kernelstat.read_stats(vm)
        mark = vm.log_end()
        vm.run("modprobe", "walker_mod", "num=0", check=True)
        records = vm.log(mark)
        after = kernelstat.read_stats(vm)
        vm.run("modprobe", "-r", "walker_mod", check=True)

    logged = taskfiles.logged_tasks(records)
    lived = kernelstat.lived_through(before, after)
    pids = [line.pid for line in logged]
    assert pids == sorted(set(pids))
    assert set(lived) <= set(pids)
    by_pid = {line.pid: line for line in logged}
    (loader,) = set(pids) - set(before) - set(after)
    assert by_pid[loader].name == b"modprobe"
    assert [by_pid[pid] for pid in tasks.pids] == [
        Logged(pid, child, "S", name) for pid, (_, child) in zip(tasks.pids, specs)]
    for pid, stat in lived.items():
        assert stat.has_name(by_pid[pid].name), (stat, by_pid[pid])
