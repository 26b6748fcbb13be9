# SPDX-License-Identifier: GPL-2.0
"""What a guest's kernel and kmod are, as they say it themselves, and what is asked of them.

A requirement is "linux >= 6.13", "kmod < 31", "CONFIG_X" (built in or as a module), "!CONFIG_X",
"+ZSTD" or "-ZSTD" (what kmod was built with or without), a word of WORDS, or several of these
joined by " and ".
"""

import operator
import re
from dataclasses import dataclass

from ..guest import helpers, qemu
from ..guest.vm import VM
from ..kernels.kernel import Kernel

# What guests of most kernels have, and what is said where those of one have it not.
WORDS = {
    "fast": "a kernel that no checks slow down",
    "firmware": "UEFI firmware that is known for the guest's processor",
    "debian": "a whole Debian, whose programs this host cannot run to set it up",
    "console": "a console that is not the port of the guest's agent, too",
    "fresh": "an emulator that never runs code that is no longer there: a newer QEMU",
    "host": "a guest that runs this host's programs",
}
_COMPARE = {">=": operator.ge, "<": operator.lt}


@dataclass(frozen=True)
class Facts:
    """Of a kernel by its name in kernels.py: versions by name ("linux", "kmod"), the options that
    are set, what kmod says that it was built with, and which of WORDS it `lacks`.
    """

    kernel: str
    versions: dict[str, tuple[int, ...]]
    options: frozenset[str]
    features: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

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
        if part in WORDS:
            return f"needs {WORDS[part]}" if part in self.lacks else ""
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
    own = kernel.architecture
    there = {"fast": kernel.patience == own.patience, "firmware": own.firmware is not None,
             "debian": helpers.run_here(own), "host": own.is_host,
             "console": not own.is_console, "fresh": qemu.is_fresh(own)}
    return Facts(name, {"linux": _version(linux[0]), "kmod": _version(kmod[1])}, kernel.options,
                 frozenset(re.findall(r"\+([A-Z]+)", said)),
                 frozenset(word for word, is_there in there.items() if not is_there))
