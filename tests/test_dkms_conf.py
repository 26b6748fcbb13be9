# SPDX-License-Identifier: GPL-2.0
"""What packages and DKMS are told of the modules, besides their sources."""

import pytest

from harness.commands import deb
from harness.host.paths import TOP
from harness.host.run import run
from harness.kernels.suite import OURS

pytestmark = pytest.mark.host


def test_there_is_one_version() -> None:
    """core_mod.h has it, and each module; dkms.conf and the changelog must follow."""
    version = deb.version()
    for name, line in deb.VERSIONS.items():
        assert line.format(version) in (TOP / name).read_text(encoding="utf-8").splitlines()
    changelog = (TOP / "debian/changelog").read_text(encoding="utf-8")
    assert changelog.startswith(f"taskmods ({version}) ")


def test_dkms_builds_what_kbuild_does() -> None:
    """dkms.conf names each module, where kbuild puts it."""
    script = ('. ./dkms.conf; for n in 0 1 2 3; do echo "${BUILT_MODULE_NAME[n]} '
              '${BUILT_MODULE_LOCATION[n]} ${DEST_MODULE_LOCATION[n]}"; done; echo "$AUTOINSTALL"; '
              'for k in 4.19.0-1-amd64 5.9.9 5.10.0-46-amd64 6.1.0-56-rt-amd64 7.3 10.0; do '
              '[[ $k =~ $BUILD_EXCLUSIVE_KERNEL ]] && echo $k; done')
    said = run(["bash", "-c", script], "read dkms.conf", cwd=TOP)
    assert said.splitlines() == [*(f"{name} {name} /updates/dkms" for name in OURS.modules), "  ",
                                 "yes", "5.10.0-46-amd64", "6.1.0-56-rt-amd64", "7.3", "10.0"]
