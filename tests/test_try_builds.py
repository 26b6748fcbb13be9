# SPDX-License-Identifier: GPL-2.0
"""make try before it boots anything: how suites are built, and what is seen then.

Each suite is a few files, as its author would have them.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from frontdoor import make

from harness.host import sandbox, tools
from harness.host.errors import HarnessError
from harness.host.paths import TOP
from harness.kernels import choice, table
from harness.kernels.kernel import Kernel
from harness.suites import build, plan, source
from harness.suites.built import Built, BuildFailed

pytestmark = [pytest.mark.host, pytest.mark.slow,
              pytest.mark.skipif(bool(sandbox.refusal()), reason="no sandbox can be made here")]

Files = Mapping[str, str]


def module(more: str = "", licence: str = "GPL") -> str:
    return (f'#include <linux/module.h>\n{more}\nMODULE_LICENSE("{licence}");\n'
            'MODULE_DESCRIPTION("a test");\n')


GIVES = "int given(void); int given(void) { return 1; } EXPORT_SYMBOL_GPL(given);"
TAKES = ("int given(void); static int start(void) { return given() - 1; } module_init(start); "
         "static void stop(void) { } module_exit(stop);")
CHAIN = {"giver.c": module(GIVES), "taker.c": module(TAKES)}
OBJECTS = "obj-m := giver.o taker.o\n"
CONF = ("PACKAGE_NAME=chain\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME[0]=giver\n"
        "DEST_MODULE_LOCATION[0]=/extra\n")
BOTH = CONF + "BUILT_MODULE_NAME[1]=taker\nDEST_MODULE_LOCATION[1]=/extra\n"
WRAPPER = ("all:\n\t@echo BTF: $(origin CONFIG_DEBUG_INFO_BTF_MODULES)\n"
           "\t$(MAKE) -C $(KSRC) M=$(CURDIR)/src modules\n")
CLASSIC = ("ifneq ($(KERNELRELEASE),)\n" + OBJECTS + "else\nall:\n"
           "\t$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) modules\nendif\n")
PATCH = ("--- a/taker.c\n+++ b/taker.c\n@@ -1,1 +1,1 @@\n-#error not patched\n"
         "+#include <linux/module.h>\n")


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    tools.install("vm", "try")


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Files], Path]:
    """A function that writes a suite's files, which nobody may change, and returns their folder."""
    def write(files: Files) -> Path:
        for name, text in files.items():
            path = tmp_path / tmp_path.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                path.chmod(0o755)
        return tmp_path / tmp_path.name

    return write


def state(place: Path) -> dict[Path, tuple[int, int, int]]:
    there = {path: path.stat() for path in place.rglob("*")}
    return {path: (stat.st_mtime_ns, stat.st_mode, stat.st_size) for path, stat in there.items()}


def built(tree: Path, own: Kernel) -> Built:
    result = build.built(source.of_directory(tree), own)
    assert isinstance(result, Built), result
    return result


def failed(tree: Path, own: Kernel) -> BuildFailed:
    result = build.built(source.of_directory(tree), own)
    assert isinstance(result, BuildFailed), result
    return result


# What a suite has besides the chain's two sources, and what it is built by.
WAYS: tuple[tuple[str, Files], ...] = (
    ("Kbuild, which has obj-m", {"Kbuild": OBJECTS}),
    ("Makefile, which has obj-m", {"Makefile": CLASSIC}),
    ("dkms.conf", {"Makefile": CLASSIC, "dkms.conf": BOTH}),
    ("debian/chain-dkms.dkms", {
        "Makefile": CLASSIC, "debian/changelog": "chain (2.5-1) unstable; urgency=low\n",
        "debian/chain-dkms.dkms": BOTH.replace("VERSION=1", "VERSION=#MODULE_VERSION#") +
        'MAKE="[ $module_version = 2.5 ] && make -C $kernel_source_dir '
        'M=$dkms_tree/$module/$module_version/build"\n'}),
)


@pytest.mark.parametrize("how, files", WAYS, ids=[how for how, _ in WAYS])
def test_it_is_built_by_what_is_there(tree: Callable[[Files], Path], own: Kernel, how: str,
                                      files: Files) -> None:
    place = tree({**CHAIN, **files})
    before = state(place)
    result = built(place, own)
    assert result.how == how
    assert {one.name: one.needs for one in result.modules} == {"giver": (), "taker": ("giver",)}
    assert (result.wrong, result.intree) == ((), ())
    assert state(place) == before


@pytest.mark.nightly
@pytest.mark.parametrize("how, files", WAYS[1:3], ids=[how for how, _ in WAYS[1:3]])
def test_it_is_built_for_another_architecture(tree: Callable[[Files], Path], how: str, files: Files
                                              ) -> None:
    """Whoever calls make: no dkms.conf says for which processor."""
    result = built(tree({**CHAIN, **files}), choice.get("6.1-arm64"))
    assert (result.how, len(result.modules)) == (how, 2)


def test_a_makefile_that_calls_kbuild(tree: Callable[[Files], Path], own: Kernel) -> None:
    files = {f"src/{name}": text for name, text in CHAIN.items()}
    result = built(tree({**files, "Makefile": WRAPPER, "src/Kbuild": OBJECTS}), own)
    assert result.how == "Makefile, which calls kbuild"
    assert len(result.modules) == 2
    # Headers with a vmlinux would have kbuild look for pahole.
    assert result.log and "\nBTF: command line\n" in result.log.read_text(encoding="utf-8")


def test_dkms_conf_is_read_as_dkms_reads_it(tree: Callable[[Files], Path], own: Kernel) -> None:
    """Patches by kernel, scripts, places below, and the make whose pattern fits."""
    major = own.release.partition(".")[0]
    result = built(tree({
        "Kbuild": "obj-m := a/\n", "a/Kbuild": OBJECTS,
        **{f"a/{name}": text for name, text in CHAIN.items()},
        "a/taker.c": "#error not patched\n" + CHAIN["taker.c"],
        "patches/fix": PATCH.replace("/taker.c", "/a/taker.c"),
        # Also what configure builds, to see what the kernel has.
        "prepare": f"#!/bin/sh\n[ \"$1\" = {own.release} ] && touch prepared conftest.ko\n",
        "finish": "#!/bin/sh\ncp Kbuild \"$1\"\n",
        # As a script of its author's would have it filled in.
        "dkms.conf": BOTH.replace("VERSION=1", "VERSION='@PKGVER@'") +
        "BUILT_MODULE_LOCATION[0]=a/\nBUILT_MODULE_LOCATION[1]=a\n"
        f"PATCH[0]=fix\nPATCH_MATCH[0]='^{major}[.]'\nPATCH[1]=nowhere\nPATCH_MATCH[1]='^1[.]'\n"
        # On two lines, and replaced once more when it is read again.
        "PRE_BUILD=\"prepare\n  \\$kernelver\"\nMAKE[0]=false\n"
        "MAKE[1]=\"[ -e prepared ] && make -C $kernel_source_dir @CFLAGS@ M=$PWD\"\n"
        f"MAKE_MATCH[1]='^{major}[[:punct:]]'\n"
        "POST_BUILD='finish $dkms_tree/chain/0/$kernelver/$arch/'\n"
    }), own)
    assert result.how == "dkms.conf" and len(result.modules) == 2
    assert result.wrong == ()


# What is wrong with a suite: its files, and what is said of it; `lacks` where it is not for this
# kernel at all.
I2C = module("#include <linux/i2c.h>\nint x(struct i2c_adapter *a, struct i2c_msg *m);\n"
             "int x(struct i2c_adapter *a, struct i2c_msg *m) { return i2c_transfer(a, m, 1); }")
USB = module("#include <linux/usb.h>\nint x(struct usb_driver *d);\n"
             "int x(struct usb_driver *d) { return usb_register(d); }")
BROKEN: tuple[tuple[str, Files, str, bool], ...] = (
    ("compiler", {"giver.c": module("int x = nowhere;\nint y = nothing;"),
                  "Kbuild": "obj-m := giver.o\n"}, "giver.c:2:9: error: .*nowhere.*undeclared",
     False),
    ("running kernel", {**CHAIN, "Makefile": CLASSIC, "dkms.conf": BOTH + "MAKE='make -C "
                        "/lib/modules/$(uname -r)/build M=$PWD'\n"},
     f"/lib/modules/{os.uname().release}/build.*: .*\n.*for the running kernel", False),
    ("no symvers", {"a/giver.c": CHAIN["giver.c"], "b/taker.c": CHAIN["taker.c"],
                    "a/Kbuild": "obj-m := giver.o\n", "b/Kbuild": "obj-m := taker.o\n",
                    "Makefile": "all:\n\t$(MAKE) -C $(KDIR) M=$(CURDIR)/a modules\n"
                    "\t$(MAKE) -C $(KDIR) M=$(CURDIR)/b modules\n"},
     'modpost: "given" .* undefined', False),
    ("no option", {"giver.c": I2C, "Kbuild": "obj-m := giver.o\n"},
     "not on this kernel: CONFIG_I2C is off", True),
    # Which none of its conditions names, as all that it depends on is off.
    ("no subsystem", {"giver.c": USB, "Kbuild": "obj-m := giver.o\n"},
     "not on this kernel: CONFIG_USB is off", True),
    ("configure", {"Makefile": "all:\n\t@echo 'looks for it... No such file'\n"
                   "\t@printf 'configure: error:\\n\\t*** too new\\n'\n\t@false\n# $(MAKE) -C x\n"},
     r"configure: error: \*\*\* too new", False),
    ("an error, and then no option", {"giver.c": "int z = nowhere;\n" + I2C,
                                      "Kbuild": "obj-m := giver.o\n"},
     "giver.c:1:9: error: .*nowhere.*undeclared", False),
    ("not exported", {"giver.c": module(TAKES), "Kbuild": "obj-m := giver.o\n"},
     'modpost: "given" .* undefined', False),
    ("licence", {"giver.c": module(GIVES), "taker.c": module(TAKES, "Proprietary"),
                 "Kbuild": OBJECTS}, "GPL-incompatible module taker.*given", False),
    ("listed, not built", {**CHAIN, "Kbuild": "obj-m := giver.o\n", "dkms.conf": BOTH},
     "dkms.conf lists taker, and the build does not make taker.ko", False),
    # As dkms does, it goes on after make; but why is said.
    ("listed, and it goes on", {**CHAIN, "Kbuild": OBJECTS, "taker.c": "#error broken\n",
                                "dkms.conf": BOTH + "MAKE='make -C $kernel_source_dir M=$PWD; "
                                "find . -name x -exec true {} \\;'\n"},
     "taker.c:1:2: error: #error broken\ndkms.conf lists giver, and the build does not", False),
    ("excluded", {**CHAIN, "Kbuild": OBJECTS, "dkms.conf": BOTH +
                  "grep -q ^CONFIG_NO_SUCH= $kernel_source_dir/.config || { echo it is off >&2; "
                  "BUILD_EXCLUSIVE_KERNEL='^1[.]'; }\n"},
     "not on this kernel: .*CONFIG_NO_SUCH, which this kernel has not\nit is off", True),
)


@pytest.mark.parametrize("files, said, lacks", [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])
def test_a_build_that_fails_says_why(tree: Callable[[Files], Path], own: Kernel, files: Files,
                                     said: str, lacks: bool) -> None:
    result = failed(tree(files), own)
    assert result.lacks == lacks
    assert re.match(f"(?:.*?){said}", result.reason), result.reason


def test_what_dkms_conf_lists_is_held_against_what_is_built(tree: Callable[[Files], Path],
                                                            own: Kernel) -> None:
    twice = CONF + "BUILT_MODULE_NAME[1]=giver\nDEST_MODULE_LOCATION[1]=/extra\n"
    result = built(tree({**CHAIN, "Kbuild": OBJECTS, "dkms.conf": twice}), own)
    assert [one.name for one in result.modules] == ["giver"]
    assert result.wrong == (
        ("listed", "giver", "dkms.conf lists it 2 times"),
        ("listed", "taker", "is built, and dkms.conf does not list it: dkms does not install it"))


@pytest.mark.parametrize("old, new, why", [
    ("DEST_MODULE_LOCATION[0]=/extra\n", "", "No 'DEST_MODULE_LOCATION' directive .* record #0"),
    ("LOCATION[1]=/extra", "LOCATION[1]=extra", "does not begin with /kernel, .* record #1"),
    ("NAME[1]=taker", "LOCATION[1]=.", "No 'BUILT_MODULE_NAME' directive .* record #1"),
])
def test_what_dkms_does_not_take_is_said(tree: Callable[[Files], Path], own: Kernel, old: str,
                                         new: str, why: str) -> None:
    assert old in BOTH
    result = built(tree({**CHAIN, "Kbuild": OBJECTS, "dkms.conf": BOTH.replace(old, new)}), own)
    (check, module, said), *_ = (one for one in result.wrong if not one[1])
    assert (check, module) == ("listed", "")
    assert re.fullmatch(f"dkms does not take dkms.conf: .*{why}.*", said)


def test_a_circle_is_seen(tree: Callable[[Files], Path], own: Kernel) -> None:
    other = "int taken(void); int taken(void) { return given(); } EXPORT_SYMBOL_GPL(taken);"
    result = built(tree({
        "giver.c": module("int taken(void);" + GIVES.replace("return 1", "return taken()")),
        "taker.c": module("int given(void);" + other), "Kbuild": OBJECTS}), own)
    assert ("indexed", "giver", "needs itself: giver -> taker -> giver") in result.wrong
    assert any("cycle" in line.lower() for line in plan.lines(result))


def test_the_plan_says_what_modprobe_would_do(tree: Callable[[Files], Path], own: Kernel) -> None:
    described = ("static int num; module_param(num, int, 0444); "
                 'MODULE_PARM_DESC(num, "a number"); MODULE_SOFTDEP("pre: nf_nat");')
    result = built(tree({**CHAIN, "Kbuild": OBJECTS, "taker.c": module(TAKES + described),
                         "modprobe.d/x.conf": "options taker num=3\n"}), own)
    assert result.intree == ("nf_nat",)
    said = list(plan.lines(result))
    for line in ("    taker", "      giver", "    taker: pre: nf_nat", "    taker: num:a number",
                 "    insmod updates/dkms/giver.ko", "    insmod updates/dkms/taker.ko num=3"):
        assert line in said, said
    assert "      nf_nat (by a softdep) (the kernel's own)" in said
    assert any(line.startswith("    insmod kernel/net/netfilter/nf_nat.ko") for line in said)
    assert plan.draw(result).read_text(encoding="utf-8").count("<polygon") > 2


def test_what_has_not_changed_is_not_built_again(tree: Callable[[Files], Path], own: Kernel
                                                 ) -> None:
    place = tree({**CHAIN, "Kbuild": OBJECTS})
    log = built(place, own).log
    assert log
    first = log.stat().st_mtime_ns
    assert built(place, own).log == log and log.stat().st_mtime_ns == first
    (place / "giver.c").write_text(module(GIVES + " /* other */"), encoding="utf-8")
    built(place, own)
    assert log.stat().st_mtime_ns != first


def test_what_cannot_be_tried_gets_one_clear_line(tree: Callable[[Files], Path], own: Kernel
                                                  ) -> None:
    with pytest.raises(HarnessError, match="has no dkms.conf, no debian/.*: name the folder"):
        built(tree({"README": "nothing\n"}), own)
    for words, said in (("", "say what to try: DIR=<directory of modules>, or PACKAGE="),
                        ("DIR=/nowhere", "DIR=/nowhere is no directory: name one"),
                        ("DIR=. CYCLES=no PLAN=", "CYCLES=no is no number")):
        done = make(TOP, "try", *words.split())
        assert done.returncode == 2
        assert done.stderr.startswith(f"taskmods: {said}"), done.stderr


def test_what_was_skipped_is_no_failure_of_makes(tree: Callable[[Files], Path]) -> None:
    """Beneath make it has a status of its own, for those who want to know."""
    never = tree({**CHAIN, "Kbuild": OBJECTS, "dkms.conf": BOTH + "BUILD_EXCLUSIVE_KERNEL=^1[.]\n"})
    asked = ("try", f"DIR={never}", "PLAN=1", f"KERNEL={table.default_name()}")
    done = make(TOP, *asked)
    assert done.returncode == 0 and "not built: not on this kernel" in done.stdout
    done = make(TOP, *asked, "SKIPPED=77")
    assert done.returncode == 2 and "Error 77" in done.stderr
