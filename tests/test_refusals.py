# SPDX-License-Identifier: GPL-2.0
"""What the kernel refuses: the tool's status and words, the raw call's errno, and what is left."""

import pytest

from harness.guest.agent import Job
from harness.guest.places import FIXTURES_DIR
from harness.guest.vm import VM
from harness.observe import loaded
from harness.observe.loaded import State, states

LOADED = {"core_mod": State(2, ("report_mod", "walker_mod")),
          "walker_mod": State(0), "report_mod": State(0)}
FILES = {"walker_mod": "tasks", "report_mod": "report"}


def assert_refused(vm: VM, command: list[str], status: int, says: str) -> None:
    """The tool's message ends with `says`; what stands before differs between versions of kmod."""
    result = vm.run(*command)
    assert (result.status, result.out) == (status, "")
    assert result.err.splitlines()[-1].endswith(says), result.err


def open_and_hold(vm: VM, path: str) -> Job:
    """A reader that has opened the file, and keeps it open until its stdin ends."""
    job = vm.start("sh", "-c", f"exec 3< {path}; echo open; read line")
    job.expect("open\n")
    return job


@pytest.mark.parametrize("module", FILES)
def test_unload_while_its_file_is_open(suite: VM, module: str) -> None:
    """Each open counts, a holder has no name, and closing frees it."""
    path = f"/proc/taskmods/{FILES[module]}"
    first, second = open_and_hold(suite, path), open_and_hold(suite, path)
    assert states(suite) == LOADED | {module: State(2)}
    assert_refused(suite, ["rmmod", module], 1, f"Module {module} is in use")
    assert suite.call("delete_module", module, "0") == "EAGAIN"
    assert states(suite) == LOADED | {module: State(2)}
    assert first.finish().status == 1
    assert states(suite) == LOADED | {module: State(1)}
    assert_refused(suite, ["rmmod", module], 1, f"Module {module} is in use")
    second.finish()
    assert states(suite) == LOADED
    assert suite.run("rmmod", module).status == 0
    suite.run("modprobe", module, check=True)


@pytest.mark.parametrize("module", FILES)
def test_a_killed_reader_holds_nothing(suite: VM, module: str) -> None:
    reader = open_and_hold(suite, f"/proc/taskmods/{FILES[module]}")
    assert states(suite) == LOADED | {module: State(1)}
    reader.kill()
    assert reader.wait().status == -9
    assert states(suite) == LOADED


def test_open_while_its_module_is_unloaded(vm: VM) -> None:
    """It is gone by then, to whoever opens it: no reference is taken that would come too late."""
    vm.run("modprobe", "core_mod", check=True)
    vm.run("insmod", f"{FIXTURES_DIR}/leaving.ko", check=True)
    vm.run("cat", "/proc/taskmods/leaving", check=True)
    since = vm.log_end()
    vm.run("rmmod", "leaving", "core_mod", check=True)
    assert [record.text for record in vm.log(since) if "leaving" in record.text] == [
        "leaving: open while it leaves: -2", "leaving: open once it has left: -2"]


NEEDS = {
    "walker_mod": {"check_interface", "escape", "file_register", "file_unregister", "put_number",
                   "walk", "walk_threads"},
    "report_mod": {"check_interface", "count", "file_register", "file_unregister"},
}


@pytest.mark.parametrize("module", NEEDS)
def test_load_without_the_core(vm: VM, module: str) -> None:
    """The kernel names every symbol that is missing, with err -2, which is ENOENT."""
    since = vm.log_end()
    path = f"{vm.parts.suite_dir}/{module}.ko"
    assert_refused(vm, ["insmod", path], 1, "Unknown symbol in module")
    missing = [record.text for record in vm.log(since) if "Unknown symbol" in record.text]
    assert sorted(missing) == sorted(
        f"{module}: Unknown symbol tcore_{name} (err -2)" for name in NEEDS[module])
    assert vm.call("finit_module", path, "0", "") == "ENOENT"
    assert loaded.modules(vm) == {}
