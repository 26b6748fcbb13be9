# SPDX-License-Identifier: GPL-2.0
"""On a mount with hidepid the files open only for whom that option exempts.

The kernel's own judgement stands beside each expectation: who is exempt may read, on the same
mount, a file of process 1's, which is root's and has all capabilities.
"""

from collections.abc import Iterator

import pytest

from harness import procfs
from harness.vm import VM

MOUNT = "/tmp/hidepid"
GROUP = 4321
CAP_SYS_PTRACE = 19
CAP_SYS_ADMIN = 21

ROOT = ("as", "0", "0")
ROOT_UNTRACING = ("as", f"-{CAP_SYS_PTRACE}", "0", "0")
# Root's first group, 0, is the group of a mount without gid=.
ROOT_UNTRACING_ELSEWHERE = ("as", f"-{CAP_SYS_PTRACE}", "0", "7")
ROOT_UNTRACING_MEMBER = ("as", f"-{CAP_SYS_PTRACE}", "0", f"7,{GROUP}")
USER = ("as", "1000", "1000")
USER_PRIMARY = ("as", "1000", str(GROUP))
USER_MEMBER = ("as", "1000", f"1000,{GROUP}")
USER_TRACING = ("as", f"+{CAP_SYS_PTRACE}", "1000", "1000")
USER_ADMIN = ("as", f"+{CAP_SYS_ADMIN}", "1000", "1000")
EVERYBODY = (ROOT, ROOT_UNTRACING, ROOT_UNTRACING_ELSEWHERE, ROOT_UNTRACING_MEMBER, USER,
             USER_PRIMARY, USER_MEMBER, USER_TRACING, USER_ADMIN)

TRACING = (ROOT, USER_TRACING)
OF_GROUP = (ROOT_UNTRACING_MEMBER, USER_PRIMARY, USER_MEMBER)
OF_GROUP_0 = (ROOT_UNTRACING,)
# The mount's options, and for whom the files open there.
MOUNTS = {
    "": EVERYBODY,
    "hidepid=0": EVERYBODY,
    f"gid={GROUP}": EVERYBODY,
    "hidepid=1": TRACING + OF_GROUP_0,
    "hidepid=2": TRACING + OF_GROUP_0,
    "hidepid=invisible": TRACING + OF_GROUP_0,
    f"hidepid=1,gid={GROUP}": TRACING + OF_GROUP,
    f"hidepid=2,gid={GROUP}": TRACING + OF_GROUP,
    # Here no group helps.
    "hidepid=4": TRACING,
    f"hidepid=4,gid={GROUP}": TRACING,
    f"hidepid=ptraceable,gid={GROUP}": TRACING,
}
FILES = ("taskmods/tasks", "taskmods/report")


@pytest.fixture
def mounted(suite: VM, request: pytest.FixtureRequest) -> Iterator[VM]:
    """The guest with a /proc at MOUNT, with the options that the test is parametrised by."""
    options = request.param
    wanted = ["-o", options] if options else []
    suite.run("mkdir", "-p", MOUNT, check=True)
    suite.run("mount", "-t", "proc", *wanted, "proc", MOUNT, check=True)
    yield suite
    suite.run("umount", MOUNT, check=True)


def opens(vm: VM, who: tuple[str, ...], path: str) -> bool:
    """Return whether `who` can read a file; a refusal must be EACCES, or hide process 1."""
    result = vm.run(*who, "cat", f"{MOUNT}/{path}")
    if result.status:
        reasons = ("No such file or directory", "Operation not permitted")
        assert result.err.strip().endswith(reasons if path.startswith("1/")
                                           else "Permission denied"), result
    return not result.status


@pytest.mark.parametrize("mounted, exempt", MOUNTS.items(), ids=[key or "plain" for key in MOUNTS],
                         indirect=["mounted"])
def test_files_open_for_the_exempt_alone(mounted: VM, exempt: tuple[tuple[str, ...], ...]) -> None:
    found = {path: [who for who in EVERYBODY if opens(mounted, who, path)]
             for path in (*FILES, "1/stat")}
    expected = [who for who in EVERYBODY if who in exempt]
    assert found == {path: expected for path in found}


@pytest.mark.parametrize("mounted", ["hidepid=2"], indirect=True)
def test_another_mount_is_as_open_as_before(mounted: VM) -> None:
    for file in (procfs.TASKS, procfs.REPORT):
        assert mounted.run(*USER, "cat", file).status == 0
        assert mounted.run(*USER, "cat", f"{MOUNT}{file.removeprefix('/proc')}").status


@pytest.mark.parametrize("mounted", ["hidepid=2"], indirect=True)
def test_a_file_that_is_open_stays_readable(mounted: VM) -> None:
    """Who may open is asked when it is opened, as with any file."""
    script = f"exec 3< {MOUNT}/taskmods/tasks; {' '.join(USER)} cat /proc/self/fd/3 <&3; cat <&3"
    refused_then_read = mounted.run(*ROOT, "sh", "-c", script)
    assert "Permission denied" in refused_then_read.err
    assert 1 in procfs.parse_tasks(refused_then_read.out)
    inherited = mounted.run(*ROOT, "sh", "-c",
                            f"exec 3< {MOUNT}/taskmods/tasks; {' '.join(USER)} cat <&3")
    assert inherited.status == 0
    assert 1 in procfs.parse_tasks(inherited.out)


def test_who_owns_the_namespace_is_exempt_there(suite: VM) -> None:
    """An ordinary user is root of a user namespace, and so over its pid namespace's tasks."""
    script = ("mount -t proc -o hidepid=2 proc /proc && cat /proc/taskmods/tasks && "
              "exec cat /proc/taskmods/report")
    result = suite.run(*USER, "unshare", "-U", "-r", "-p", "-f", "-m", "sh", "-c", script)
    text, report = result.out.split("STATE  ")
    assert [(process.name, process.parent) for process in procfs.parse_tasks(text).values()] == [
        (b"sh", b"-"), (b"cat", b"sh")]
    assert procfs.parse_report("STATE  " + report)["TOTAL"].processes == 1
