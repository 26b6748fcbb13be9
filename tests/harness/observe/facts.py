# SPDX-License-Identifier: GPL-2.0
"""What a guest's kernel and kmod are, as they say it themselves, and what is asked of them.

A requirement is "linux >= 6.13", "kmod < 31", "CONFIG_X" (built in or as a module), "!CONFIG_X",
"+ZSTD" or "-ZSTD" (what kmod was built with or without), "fast" (not slowed down by what checks),
or several of these joined by " and ".
"""

import operator
import re
from dataclasses import dataclass

from ..guest.vm import VM
from ..kernels.kernel import Kernel

_COMPARE = {">=": operator.ge, "<": operator.lt}


@dataclass(frozen=True)
class Facts:
    """Of a kernel by its name in kernels.py: versions by name ("linux", "kmod"), the options that
    are set, what kmod says that it was built with, and whether nothing slows the kernel down.
    """

    kernel: str
    versions: dict[str, tuple[int, ...]]
    options: frozenset[str]
    features: frozenset[str] = frozenset()
    is_fast: bool = True

    @property
    def title(self) -> str:
        """Both versions, as people say them."""
        linux, kmod = (".".join(map(str, self.versions[which])) for which in ("linux", "kmod"))
        return f"Linux {linux}, kmod {kmod}"

    def unmet(self, requirement: str) -> str:
        """Return why a requirement is not met, or nothing where it is.

        Raises ValueError where it is not of the form above.
        """
        for part in requirement.split(" and ") if requirement else ():
            reason = self._unmet(part)
            if reason:
                return reason
        return ""

    def _unmet(self, part: str) -> str:
        match = re.fullmatch(r"(linux|kmod) (>=|<) ([\d.]+)", part)
        if match:
            seen = self.versions[match[1]]
            if _COMPARE[match[2]](seen, _version(match[3])):
                return ""
            return f"needs {part}, this is {match[1]} {'.'.join(map(str, seen))}"
        if part == "fast":
            return "" if self.is_fast else "needs a kernel that no checks slow down"
        match = re.fullmatch(r"([+-])([A-Z]+)", part)
        if match:
            if (match[2] in self.features) == (match[1] == "+"):
                return ""
            return f"needs a kmod with{'out' if match[1] == '-' else ''} {match[2]}"
        match = re.fullmatch(r"(!?)(CONFIG_\w+)", part)
        if not match:
            raise ValueError(f"not a requirement: {part!r}")
        if (match[2] in self.options) == (not match[1]):
            return ""
        return f"needs a kernel with{'out' if match[1] else ''} {match[2]}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def read(kernel: Kernel, vm: VM) -> Facts:
    """Return the facts of a guest on `kernel`.

    Raises HarnessError where kmod does not tell its version.
    """
    linux = re.match(r"\d+\.\d+", kernel.release)
    said = vm.run("kmod", "--version", check=True).out
    kmod = re.search(r"version (\d+)", said)
    assert linux and kmod
    # Another kmod's results are not those of the kernel as it is in the table.
    name = f"{kernel.name}+kmod" if vm.parts.kmod else kernel.name
    return Facts(name, {"linux": _version(linux[0]), "kmod": _version(kmod[1])}, kernel.options,
                 frozenset(re.findall(r"\+([A-Z]+)", said)), kernel.patience == 1)
