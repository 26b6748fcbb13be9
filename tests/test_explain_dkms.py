# SPDX-License-Identifier: GPL-2.0
"""taskmods explain knows what dkms really says: each release of Debian's has other words.

In a system with dkms there are sources, of which most have one thing wrong; commands are typed, one
after the other, and what each says is explained.
"""

from pathlib import Path

import pytest

from harness.guest import dkms
from harness.host import cli

pytestmark = [pytest.mark.host, pytest.mark.nightly]

MAKEFILE = "obj-m := {name}.o\n"
SOURCE = '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("a test");\n'
CONF = """\
PACKAGE_NAME={name}
PACKAGE_VERSION=1
MAKE[0]="make -C ${{kernel_source_dir}} M=${{dkms_tree}}/{name}/1/build PAHOLE_VERSION=0"
CLEAN="true"
BUILT_MODULE_NAME[0]={name}
DEST_MODULE_LOCATION[0]=/updates/dkms
AUTOINSTALL=yes
"""
# What the dkms.conf of a source has besides, by its name.
MORE = {
    "right": "",
    "failing": "",
    "exclusive": "BUILD_EXCLUSIVE_KERNEL='^9\\.'\n",
    "misnamed": "BUILT_MODULE_NAME[0]=other\n",
    "unlocated": "DEST_MODULE_LOCATION[0]=somewhere\n",
    "needy": "BUILD_DEPENDS=nothing_such\n",
    "patched": "PATCH[0]=none.patch\n",
    "misfit": "PATCH[0]=misfit.patch\n",
    "obsolete": "OBSOLETE_BY=2.6\n",
}
PATCH = "--- a/right.c\n+++ b/right.c\n@@ -1 +1 @@\n-none\n+other\n"
# What is typed, with the release as $k; and the records of which one explains what is said: more
# than one where releases of dkms find different things wrong.
TYPED = (
    ("dkms add none/1", "dkms-no-source"),
    ("dkms build none/1 -k $k", "dkms-no-source"),
    ("dkms add right/1; dkms add right/1", "dkms-already-added"),
    ("dkms build right/1 -k 9.9.9-none", "dkms-no-headers"),
    ("mkdir -p /lib/modules/9.9.9-none; dkms install right/1 -k 9.9.9-none", "dkms-no-headers"),
    ("dkms remove other/1 --all", "dkms-not-located"),
    ("dkms uninstall right/1 -k $k", "dkms-not-located"),
    ("dkms build right/1 -k $k; dkms build right/1 -k $k", "dkms-already-built"),
    ("dkms install right/1 -k $k; dkms install right/1 -k $k", "dkms-already-installed"),
    ("echo >> $(ls /lib/modules/$k/updates/dkms/right.ko*); dkms status right/1", "dkms-diff"),
    ("rm /lib/modules/$k/updates/dkms/right.ko*; dkms status right/1",
     "dkms-missing-built dkms-diff"),
    ("dkms install failing/1 -k $k", "dkms-build-failed"),
    ("cat /var/lib/dkms/failing/1/build/make.log", "c-undeclared"),
    ("dkms install exclusive/1 -k $k", "dkms-build-exclusive"),
    ("dkms install misnamed/1 -k $k", "dkms-build-name"),
    ("dkms install unlocated/1 -k $k", "dkms-bad-conf"),
    ("dkms install obsolete/1 -k $k", "dkms-obsolete dkms-build-exclusive"),
    ("dkms install patched/1 -k $k", "dkms-patch"),
    ("dkms install misfit/1 -k $k", "dkms-patch"),
    ("dkms autoinstall -k $k", "dkms-autoinstall-failed dkms-build-failed"),
    ("dkms add needy/1; dkms autoinstall -k $k", "dkms-autoinstall-deps"),
    ("mkdir /usr/src/empty-1; dkms add empty/1", "dkms-no-conf"),
    ("rm -r /usr/src/right-1; dkms status", "dkms-broken dkms-no-conf"),
    ("dkms frobnicate", "dkms-usage"),
)


def lay_out(root: Path) -> None:
    """Put the sources where dkms looks for them."""
    for name, more in MORE.items():
        place = root / f"usr/src/{name}-1"
        place.mkdir()
        wrong = "int init_module(void) { return NO_SUCH_FLAG; }\n" if name == "failing" else ""
        for file, text in (("Makefile", MAKEFILE.format(name=name)), (f"{name}.c", SOURCE + wrong),
                           ("dkms.conf", CONF.format(name=name) + more)):
            (place / file).write_text(text, encoding="utf-8")
    patches = root / "usr/src/misfit-1/patches"
    patches.mkdir()
    (patches / "misfit.patch").write_text(PATCH, encoding="utf-8")


@pytest.mark.parametrize("suite", dkms.suites())
def test_what_dkms_says_is_explained(suite: str, tmp_path: Path) -> None:
    root, release = tmp_path / "root", dkms.release(suite)
    dkms.unpack(suite, root)
    lay_out(root)
    unexplained = {}
    for typed, records in TYPED:
        said = dkms.run(root, ["sh", "-c", f"k={release}; {typed}"]).stdout
        if not {answer["id"] for answer in cli.answers(said)} & set(records.split()):
            unexplained[typed] = f"not {records}: {said}"
    assert not unexplained, "\n".join(unexplained.values())
