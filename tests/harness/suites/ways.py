# SPDX-License-Identifier: GPL-2.0
"""The ways that modules are built by, of which a suite has one or more: found by their files.

Each is a script of bash's, run where a copy of the sources is.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..host.system import processors
from ..kernels.kernel import Kernel
from .dkmsconf import Conf

# What makefiles call the kernel's directory and its release, where they have one of their own.
_DIRECTORY = ("KDIR", "KERNELDIR", "KERNEL_DIR", "KERNEL_TREE", "KERNEL_SRC", "KERNEL_SOURCE",
              "KERNEL_PATH", "KERN_DIR", "KSRC", "LINUX_SRC", "LINUXSRC", "KBUILD_DIR")
_RELEASE = ("KVER", "KVERSION", "KVERS", "KERNEL_UNAME", "KERNEL_VERSION", "KERNELVER",
            "KERNELVERSION", "KERNEL_RELEASE")
_OBJECTS = re.compile(r"^\s*obj-(m|\$\(\w+\)|\$\{\w+\})\s*[:+]?=", re.MULTILINE)
# A file beside the copy: the modules that are there before make. A configure builds some to see
# what the kernel has.
BEFORE = "before"
_WRAPS = re.compile(r"\s-C\s")


@dataclass(frozen=True)
class Way:
    """A way to build: what it goes by, the folder that it is run in, below the copy, the script,
    and the modules that it lists, if it does.
    """

    how: str
    folder: str
    script: str
    listed: tuple[str, ...] = ()


def by_dkms(conf: Conf, how: str, kernel: Kernel, arguments: str) -> Way:
    """Return the way of a dkms.conf: its patches, what it has run before and after, its make."""
    steps = [f"patch -p1 < patches/{shlex.quote(name)}" for name in conf.patches(kernel.release)]
    steps += _script(conf.one("PRE_BUILD"))
    steps.append(f"find . -name '*.ko' > \"$dkms_tree/{BEFORE}\"")
    make = conf.make(kernel.release, f"-j{processors()} KERNELRELEASE=$kernelver {arguments}")
    # It is no script, and goes on after what fails, as DKMS has it.
    steps.append(f"(set +e\n{make}\n)")
    if conf.one("POST_BUILD"):
        # By then dkms has made the places that modules and the log will have.
        steps.append("mkdir -p $dkms_tree/$module/$module_version/$kernelver/$arch/{log,module}")
    steps += _script(conf.one("POST_BUILD"))
    return Way(how, "", "\n".join(steps), tuple(conf.modules))


def _script(words: str) -> list[str]:
    """Return how dkms runs a script of the package's: only where it may be executed."""
    return [f"if [ -x ./{words.split()[0]} ]; then ( exec ./{words} ); fi"] if words else []


def by_make(tree: Path, kernel: Kernel, arguments: str) -> Iterator[Way]:
    """Return the ways that a tree without a dkms.conf has, the plainest first."""
    for folder in (tree, *sorted(path for path in tree.iterdir() if path.is_dir())):
        below = "" if folder == tree else folder.name
        for name in ("Kbuild", "Makefile", "makefile", "GNUmakefile"):
            text = _text(folder / name)
            if name == "Kbuild" and text or _OBJECTS.search(text):
                yield Way(f"{_in(below, name)}, which has obj-m", below,
                          f"make -j{processors()} -C \"$kernel_source_dir\" M=\"$PWD\" {arguments} "
                          "modules")
                break
        for name in ("GNUmakefile", "makefile", "Makefile"):
            if _WRAPS.search(_text(folder / name)):
                target = "modules" if re.search(r"^modules\s*:", _text(folder / name),
                                                re.MULTILINE) else ""
                yield Way(f"{_in(below, name)}, which calls kbuild", below,
                          f"make -j{processors()} -f {name} {_names()} {arguments} {target}")
                break
        if folder == tree and any((tree / name).exists() for name in ("Kbuild", "Makefile")):
            # What is below is for this one to enter.
            return


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _names() -> str:
    return " ".join([*(f'{name}="$kernel_source_dir"' for name in _DIRECTORY),
                     *(f'{name}="$kernelver"' for name in _RELEASE)])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def debian_dkms(tree: Path) -> Path | None:
    """Return the dkms.conf that a Debian source package makes its package's of, if it has one."""
    return next(iter(sorted((tree / "debian").glob("*.dkms"))), None)


def filled(conf: str, version: str) -> str:
    """Return a dkms.conf's text with what its author's scripts fill in, if it is for these.

    That is the version, as #MODULE_VERSION# or @VERSION@, and @WORDS@ that may be nothing.
    """
    with_version = re.sub(r"#MODULE_VERSION#|@\w*(?:VERSION|VER)@", version, conf)
    return re.sub(r"@[A-Z_]+@", "", with_version)


def debian_version(tree: Path) -> str:
    """Return the upstream version that the changelog of a Debian source package begins with."""
    text = _text(tree / "debian/changelog")
    found = re.match(r"\S+ \((?:\d+:)?([^)]+)\)", text)
    version = found[1] if found else "0"
    return version.rpartition("-")[0] or version


def variables(conf: Conf | None, kernel: Kernel, dkms_tree: Path) -> Mapping[str, str]:
    """Return the variables that dkms sets before it reads a dkms.conf, and before it builds.

    For a kernel of another architecture make is told so as well, whoever calls it.
    """
    known = {} if conf is None else {"module": conf.one("PACKAGE_NAME"),
                                     "module_version": conf.one("PACKAGE_VERSION")}
    options = kernel.architecture.make_options
    return {"kernelver": kernel.release, "arch": kernel.architecture.machine,
            "kernel_source_dir": f"/lib/modules/{kernel.release}/build",
            "dkms_tree": str(dkms_tree), "source_tree": "/usr/src", **known,
            **({"MAKEFLAGS": shlex.join(options)} if options else {})}
