# SPDX-License-Identifier: GPL-2.0
"""dkms.conf, read as dkms reads it: a script of bash's that sets variables.

It is run in the sandbox that the build runs in. What dkms sets before is there: kernelver, arch,
kernel_source_dir, dkms_tree, source_tree, module, module_version.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..host.errors import HarnessError
from ..host.run import run
from ..kernels.kernel import Kernel

CONF = "dkms.conf"
_NAMES = ("PACKAGE_NAME", "PACKAGE_VERSION", "MAKE", "MAKE_MATCH", "PATCH", "PATCH_MATCH",
          "PRE_BUILD", "POST_BUILD", "BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION",
          "DEST_MODULE_NAME", "BUILD_EXCLUSIVE_KERNEL", "BUILD_EXCLUSIVE_KERNEL_MIN",
          "BUILD_EXCLUSIVE_KERNEL_MAX", "BUILD_EXCLUSIVE_ARCH", "BUILD_EXCLUSIVE_CONFIG")
# A variable is an array, too: of one element, the first.
_READ = (". ./dkms.conf > /dev/null 2> /tmp/said || exit; SAID=$(cat /tmp/said); "
         f"for name in {' '.join(_NAMES)} SAID; do "
         "declare -n values=$name; for at in \"${!values[@]}\"; do "
         "printf '%s\\0%s\\0%s\\0' \"$name\" \"$at\" \"${values[$at]}\"; done; done")

Sandbox = Callable[[list[str], Mapping[str, str]], list[str | Path]]


@dataclass(frozen=True)
class Conf:
    """The variables of a dkms.conf, by name and place, and its text."""

    text: str = ""
    values: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the value of a variable that is no array, or nothing."""
        return self.values.get(name, {}).get(0, "")

    def make(self, release: str, arguments: str) -> str:
        """Return the command that builds for a kernel: the last whose MAKE_MATCH fits."""
        makes, matches = self.values.get("MAKE", {}), self.values.get("MAKE_MATCH", {})
        found = "" if matches.get(0) else makes.get(0, "")
        for at, command in sorted(makes.items()):
            if matches.get(at) and re.search(matches[at], release):
                found = command
        found = found or ("make -C $kernel_source_dir "
                          "M=$dkms_tree/$module/$module_version/build")
        return re.sub("^make", f"make {arguments}", found)

    def patches(self, release: str) -> list[str]:
        """Return the patches that are for a kernel."""
        matches = self.values.get("PATCH_MATCH", {})
        return [name for at, name in sorted(self.values.get("PATCH", {}).items())
                if not matches.get(at) or re.search(matches[at], release)]

    @property
    def modules(self) -> list[str]:
        """The paths of the modules that it lists, without their suffix, below the build."""
        names = dict(self.values.get("BUILT_MODULE_NAME", {}))
        places = self.values.get("BUILT_MODULE_LOCATION", {})
        size = 1 + max([-1, *names, *places, *self.values.get("DEST_MODULE_NAME", {})])
        if size <= 1 and not names:
            names = {0: self.one("PACKAGE_NAME")}
        return [str(Path(places.get(at, ""), names[at])) for at in sorted(names)]

    def excludes(self, kernel: Kernel, arch: str) -> str:
        """Return why it is not to be built for a kernel, or nothing."""
        why = self._forbids(kernel, arch)
        # What sets such a variable by the kernel's options names these, and may say so.
        off = [option for option in dict.fromkeys(re.findall(r"\bCONFIG_\w+", self.text))
               if option not in kernel.options]
        if why and off:
            why = f"not on this kernel: {' and '.join(off)} off: {why}"
        return "\n".join(filter(None, (why, why and self.one("SAID"))))

    def _forbids(self, kernel: Kernel, arch: str) -> str:
        for name, value in (("KERNEL", kernel.release), ("ARCH", arch)):
            pattern = self.one(f"BUILD_EXCLUSIVE_{name}")
            if pattern and not re.search(pattern, value):
                return f"dkms.conf has BUILD_EXCLUSIVE_{name}=\"{pattern}\", and this is {value}"
        for option in self.one("BUILD_EXCLUSIVE_CONFIG").split():
            if (option.lstrip("!") in kernel.options) == option.startswith("!"):
                state = "on" if option.startswith("!") else "off"
                return f"dkms.conf has BUILD_EXCLUSIVE_CONFIG, and {option.lstrip('!')} is {state}"
        least, most = (self.one(f"BUILD_EXCLUSIVE_KERNEL_{end}") for end in ("MIN", "MAX"))
        if least and _version(kernel.release) < _version(least):
            return f"dkms.conf has BUILD_EXCLUSIVE_KERNEL_MIN={least}"
        if most and _version(kernel.release) > _version(most):
            return f"dkms.conf has BUILD_EXCLUSIVE_KERNEL_MAX={most}"
        return ""


def read(place: Path, sandbox: Sandbox, env: Mapping[str, str]) -> Conf:
    """Return what the dkms.conf of a directory sets; `sandbox` makes commands that run there.

    Raises HarnessError where it cannot be read, or names no package.
    """
    said = run(sandbox(["bash", "-c", _READ], env), f"read {place.name}/{CONF}", cwd=place)
    words = said.split("\0")
    values: dict[str, dict[int, str]] = {}
    for name, at, value in zip(words[::3], words[1::3], words[2::3]):
        values.setdefault(name, {})[int(at)] = value
    text = (place / CONF).read_text(encoding="utf-8", errors="replace")
    conf = Conf(text, values)
    if not conf.one("PACKAGE_NAME") or not conf.one("PACKAGE_VERSION"):
        raise HarnessError(f"{CONF} sets no PACKAGE_NAME or no PACKAGE_VERSION: dkms wants both")
    return conf


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
