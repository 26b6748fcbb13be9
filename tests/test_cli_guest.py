# SPDX-License-Identifier: GPL-2.0
"""taskmods in a guest: what it shows is what the modules tell, whoever asks, wherever.

Here is a root who can mount, and become another user; not every host has one.
"""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.guest.agent import Result
from harness.guest.places import FIXTURES_DIR
from harness.guest.vm import VM
from harness.host.cli import FOR_GUESTS, built
from harness.observe import holders, taskfiles
from test_cli_doctor import MODULES, findings, machine

PROGRAM = "/tmp/taskmods"
RECORDED = "/tmp/recorded"
USER = ("as", "1000", "1000")
# What reading a memory map is given before it is taken for hanging, and all of ours together.
HANGS = 2
TIMEOUT = 20.0
VIEWS = ("tasks", "tree", "threads", "report", "stuck", "metrics")


@pytest.fixture
def cli(suite: VM) -> VM:
    """The guest with the modules loaded and the command in it."""
    if suite.run("test", "-x", PROGRAM).status:
        compiler = suite.parts.kernel.architecture.tool("gcc")
        suite.write(PROGRAM, built(compiler, FOR_GUESTS).read_bytes())
        suite.run("chmod", "755", PROGRAM, check=True)
    return suite


def taskmods(vm: VM, *arguments: str) -> Result:
    result = vm.run(PROGRAM, *arguments)
    assert (result.status, result.err) == (0, "")
    return result


@pytest.mark.parametrize("name", ("tasks", "threads"))
def test_it_shows_what_the_file_has(cli: VM, name: str) -> None:
    """In a namespace where nothing moves, to the byte, with hostile names in it."""
    specs = [(state, b"a\tb\n\\\xff\033[31m") for state in "SDTtZLM"]
    with holders.held(cli, b"holder", *specs, own_namespace=True) as held:
        # How long ago each ran is other in each reading.
        shown, file = (re.sub(r"(\t[A-Za-z]\t\d+\t\d+)\t\d+\t", r"\1", text) for text in (
            taskmods(cli, name, "--tsv", "--proc", held.proc).out,
            cli.read(f"{held.proc}/taskmods/{name}")))
    assert shown == file and shown.count("\n") > len(specs)


def test_filters_and_the_tree(cli: VM) -> None:
    specs = [("S", b"sleeper"), ("D", b"waiter"), ("T", b"stopped"), ("Z", b"gone")]
    with holders.held(cli, b"holder", *specs, own_namespace=True) as held:
        def names(*options: str) -> list[str]:
            out = taskmods(cli, "tasks", "--json", "--proc", held.proc, *options).out
            return [row["comm"] for row in json.loads(out)]

        assert names("--state", "T,Z") == ["stopped", "gone"]
        assert names("--parent", "holder", "--name", "s*") == ["sleeper", "stopped"]
        assert names("--user", "0") == names()
        tree = taskmods(cli, "tree", "--state", "S", "--proc", held.proc).out.splitlines()
    assert [line[tree[0].index("COMM"):] for line in tree[1:]] == [
        "holder", "|-- sleeper", "`-- waiter", "    `-- waiter"]


def test_counts_are_those_of_the_report(cli: VM) -> None:
    specs = [("S", b"x"), ("D", b"x"), ("D", b"x"), ("M", b"x"), ("Z", b"x"), ("t", b"x")]
    with holders.held(cli, b"holder", *specs, own_namespace=True) as held:
        counts = taskfiles.read_report(cli, held.proc)
        metrics = taskmods(cli, "metrics", "--proc", held.proc).out
    for letter, name in taskfiles.REPORT_ROWS.items():
        assert f'taskmods_processes{{state="{letter}"}} {counts[name].processes}\n' in metrics
        assert f'taskmods_threads{{state="{letter}"}} {counts[name].threads}\n' in metrics
    threads = counts["TOTAL"].threads
    assert re.search(rf'^taskmods_user_threads{{uid="0",user="(root|0)"}} {threads}$', metrics,
                     re.MULTILINE)
    assert 'taskmods_version_info{component="core_mod",version="' in metrics


@pytest.mark.needs("CONFIG_CGROUPS")
def test_control_groups_by_path(cli: VM) -> None:
    group = "/sys/fs/cgroup/a.slice/b.service"
    cli.sh(f"mount -t cgroup2 none /sys/fs/cgroup; mkdir -p {group}")
    try:
        with holders.held(cli, b"holder", ("D", b"held")) as held:
            cli.sh(f"echo {held.pids[0]} > {group}/cgroup.procs")
            (stuck,) = json.loads(taskmods(cli, "stuck", "--json", "--name", "held").out)
            metrics = taskmods(cli, "metrics").out
    finally:
        cli.sh(f"until rmdir {group} 2> /dev/null; do :; done; rmdir {Path(group).parent}; "
               "umount /sys/fs/cgroup")
    assert stuck["cgroup"] == "/a.slice/b.service"
    assert 'taskmods_cgroup_threads{cgroup="/a.slice/b.service"} 1\n' in metrics
    assert 'taskmods_cgroup_blocked_threads{cgroup="/a.slice/b.service"} 1\n' in metrics
    assert 'taskmods_cgroup_threads{cgroup="/"} ' in metrics


@pytest.fixture
def mm_stuck(cli: VM) -> Iterator[VM]:
    """The guest with a task that holds the lock of its memory map, in state D."""
    since = cli.log_end()
    cli.run("insmod", f"{FIXTURES_DIR}/mm_stuck.ko", check=True)
    job = cli.start("sh", "-c", "echo > /proc/mm_stuck")
    cli.await_log(rf"mm_stuck: held by {job.pid}$", since)
    yield cli
    cli.run("cat", "/proc/mm_stuck", check=True)
    job.wait()
    cli.run("rmmod", "mm_stuck", check=True)


def test_a_task_that_is_stuck_does_not_hang_it(mm_stuck: VM) -> None:
    """Though it hangs who reads the task's command line, as ps does."""
    (stuck,) = json.loads(taskmods(mm_stuck, "stuck", "--json", "--name", "sh").out)
    reader = ("timeout", "-s", "KILL", str(HANGS), "cat", f"/proc/{stuck['pid']}/cmdline")
    assert mm_stuck.run(*reader).status in (-9, 137)
    for view in VIEWS:
        result = mm_stuck.run(PROGRAM, view, timeout=TIMEOUT)
        assert (result.status, result.err) == (0, ""), view
    (row,) = json.loads(taskmods(mm_stuck, "stuck", "--json", "--name", "sh").out)
    assert row["seconds"] is None or row["seconds"] >= HANGS - 0.5
    assert mm_stuck.run(PROGRAM, "stuck", "--min", "100000").status == 1


def test_the_doctor_finds_nothing_wrong(cli: VM) -> None:
    done = taskmods(cli, "doctor", "--verbose")
    assert done.out.endswith(f"nothing is wrong with taskmods on {cli.parts.kernel.release}\n")
    assert "ok  signature: core_mod has none\n" in done.out
    assert re.search(r"^ok  loaded: walker_mod$", done.out, re.MULTILINE)


def test_the_doctor_finds_out_why_a_load_failed(cli: VM) -> None:
    """And says who is not root what it could not see."""
    cli.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert cli.run("insmod", f"{cli.parts.suite_dir}/walker_mod.ko").status
    done = cli.run(PROGRAM, "doctor")
    user = cli.run(*USER, PROGRAM, "doctor")
    assert done.status == user.status == 20
    assert re.search(r"^23  log: \[\d+\.\d+\] walker_mod: Unknown symbol tcore_\w+ \(err -2\): "
                     "insmod loads no dependencies: modprobe MODULE loads first what "
                     "exports the symbol.$", done.out, re.MULTILINE)
    missing = cli.run(PROGRAM, "tasks")
    assert (missing.status, missing.err) == (
        3, "taskmods: /proc/taskmods/tasks is not there: walker_mod is not loaded: load it: "
        "modprobe walker_mod\n")
    cli.run("modprobe", "report_mod", check=True)


def test_where_proc_hides_it_says_so(cli: VM) -> None:
    cli.sh("mkdir -p /tmp/hidden; mount -t proc -o hidepid=2 proc /tmp/hidden")
    try:
        refused = cli.run(*USER, PROGRAM, "tasks", "--proc", "/tmp/hidden")
        allowed = cli.run("as", "+19", "1000", "1000", PROGRAM, "tasks", "--proc", "/tmp/hidden")
    finally:
        cli.sh("umount /tmp/hidden")
    assert refused.status == 3 and "Permission denied: where /proc has hidepid" in refused.err
    assert allowed.status == 0


@pytest.fixture
def recorded(cli: VM, tmp_path: Path) -> Iterator[VM]:
    """The guest with a recorded machine in it, on which nothing is wrong."""
    packed = io.BytesIO()
    # The test's own directory is closed to others.
    recording = machine(tmp_path / "root")
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(recording.root, RECORDED)
    cli.run("tar", "-xzo", "-C", "/", stdin=packed.getvalue(), check=True)
    yield cli
    cli.sh(f"rm -r {RECORDED}")


@pytest.mark.host
def test_a_file_that_cannot_be_read(recorded: VM) -> None:
    recorded.sh(f"chmod 0 {RECORDED}/proc/taskmods/tasks")
    done = recorded.run(*USER, PROGRAM, "tasks", "--sysroot", RECORDED)
    assert (done.status, done.err) == (
        3, f"taskmods: cannot read {RECORDED}/proc/taskmods/tasks: Permission denied: where /proc "
        "has hidepid, or core_mod a mode=, ask as root\n")


@pytest.mark.host
@pytest.mark.parametrize("path,said", (
    (f"{MODULES}/updates/taskmods/core_mod.ko", "cannot read .*/updates/taskmods/core_mod.ko"),
    (f"{MODULES}/updates", "cannot look into .*/updates"),
    ("etc/modprobe.d/taskmods.conf", "cannot read /etc/modprobe.d/taskmods.conf"),
    ("etc/modprobe.d", "cannot read /etc/modprobe.d"),
))
def test_what_may_not_be_read_is_not_taken_for_missing(recorded: VM, path: str, said: str) -> None:
    recorded.sh(f"chmod 0 {RECORDED}/{path}")
    done = recorded.run(*USER, PROGRAM, "doctor", "--sysroot", RECORDED)
    assert (done.status, findings(done.out)) == (0, []), done.out
    assert re.search(rf"^\?   [\w.]+: {said}: Permission denied$", done.out, re.MULTILINE)


@pytest.mark.host
def test_what_needs_a_privilege_is_said(recorded: VM) -> None:
    recorded.sh(f"chmod 0 {RECORDED}/dev/kmsg")
    done = recorded.run(*USER, PROGRAM, "doctor", "--sysroot", RECORDED)
    assert (done.status, findings(done.out)) == (0, [])
    assert "?   log: cannot read /dev/kmsg: Permission denied: ask as root" in done.out
    recorded.sh(f"rm {RECORDED}/dev/kmsg")
    assert "?   log: cannot read /dev/kmsg: No such file or directory\n" in (
        recorded.run(PROGRAM, "doctor", "--sysroot", RECORDED).out)


@pytest.mark.host
@pytest.mark.needs("CONFIG_CGROUPS")
@pytest.mark.parametrize("unified", (False, True))
def test_numbers_of_other_file_systems_are_not_taken_for_groups(recorded: VM, unified: bool
                                                                ) -> None:
    """As on a host with version 1 alone, or with version 2 beside it."""
    there = "/sys/fs/cgroup"
    mount = f"mkdir {there}/unified; mount -t cgroup2 none {there}/unified" if unified else ":"
    header = taskfiles.THREADS_HEADER.replace("\t", "\\t")
    done = recorded.run(
        "unshare", "-m", "sh", "-euc",
        f"mount -t tmpfs none {there}; mkdir {there}/wrong; {mount}; "
        f"group=$(stat -c %i {there}/wrong); top=$(stat -c %i {there}/unified || echo 1); "
        f"printf '{header}\\n1\\t1\\tD\\t0\\t%s\\t5\\tx\\n2\\t2\\tD\\t0\\t%s\\t4\\ty\\n' "
        "$group $top > $0/taskmods/threads; exec $1 stuck --tsv --proc $0",
        f"{RECORDED}/proc", PROGRAM)
    assert [line.split("\t")[4] for line in done.out.splitlines()] == [
        "CGROUP", "-", "/" if unified else "-"], done.err


@pytest.mark.host
def test_a_full_disk_leaves_the_old_file(recorded: VM) -> None:
    """It is a disk of one page, which the old file fills."""
    place = f"{RECORDED}/textfiles"
    textfile = f"{place}/taskmods.prom"
    recorded.sh(f"mkdir {place}; mount -t tmpfs -o size=4k none {place}; echo old > {textfile}")
    try:
        done = recorded.run(PROGRAM, "metrics", "--textfile", textfile, "--sysroot", RECORDED)
        assert (done.status, done.err) == (
            3, f"taskmods: cannot write {textfile}: No space left on device: what was there is "
            "unchanged\n")
        assert recorded.sh(f"cat {textfile}; ls -A {place}") == "old\ntaskmods.prom\n"
    finally:
        recorded.sh(f"umount {place}")
