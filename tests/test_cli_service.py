# SPDX-License-Identifier: GPL-2.0
"""taskmods-metrics.service and its timer, under the systemd of a whole Debian."""

import pytest

from harness.commands import deb
from harness.guest import distro
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host import cli
from harness.observe.metrics import samples
from harness.plugin import Boot

pytestmark = [pytest.mark.host, pytest.mark.slow, pytest.mark.needs("debian")]

PLACE = "/var/lib/prometheus/node-exporter"
UNITS = ("taskmods-metrics.service", "taskmods-metrics.timer")


@pytest.fixture
def guest(boot: Boot, parts: Parts) -> VM:
    """A Debian with the modules loaded, and the command and its units where packages put them."""
    files = {f"/usr/lib/systemd/system/{name}": (cli.SOURCES / name).read_bytes()
             for name in UNITS}
    program = cli.built(parts.kernel.architecture.tool("gcc"), cli.FOR_GUESTS)
    vm = boot(distro.parts(parts), files={**files, "/usr/bin/taskmods": program.read_bytes()})
    vm.sh(f"mkdir -p {PLACE}; chmod 644 /usr/lib/systemd/system/taskmods-*; "
          "systemctl daemon-reload; modprobe report_mod")
    return vm


def written(vm: VM) -> dict[tuple[str, ...], float]:
    """Return what the service has written; it must be alone there, and to be read by all."""
    assert vm.sh(f"ls -A {PLACE}; stat -c %a {PLACE}/*") == "taskmods.prom\n644\n"
    return samples(vm.read(f"{PLACE}/taskmods.prom"))


def test_the_service_and_its_timer(guest: VM) -> None:
    assert guest.run("systemd-analyze", "verify", "--man=no", *UNITS).err == ""
    guest.run("systemctl", "start", UNITS[0], check=True)
    first = written(guest)
    assert first["taskmods_cgroup_threads", "/init.scope"] >= 1
    assert first["taskmods_user_threads", "0", "root"] > 20
    assert first["taskmods_version_info", "walker_mod", deb.version()] == 1

    # Where /proc hides tasks, the one capability that it has opens the files.
    guest.sh(f"rm {PLACE}/*; mount -o remount,hidepid=2 /proc")
    guest.run("systemctl", "start", UNITS[0], check=True)
    assert written(guest).keys() >= {("taskmods_blocked_lastrun_max_seconds",)}
    guest.sh("mount -o remount,hidepid=0 /proc")

    guest.sh(f"rm {PLACE}/*; systemctl enable --now {UNITS[1]} 2>&1; "
             f"until [ -e {PLACE}/taskmods.prom ]; do sleep 0.1; done")
    assert written(guest)
    guest.sh(f"systemctl disable --now {UNITS[1]} 2>&1; modprobe -r report_mod walker_mod")
    failed = guest.run("systemctl", "start", UNITS[0])
    assert failed.status
    assert "walker_mod is not loaded: load it: modprobe" in guest.sh(
        f"journalctl -q -o cat -u {UNITS[0]}").replace("report_mod", "walker_mod")
    # What was there is there.
    assert written(guest)
