# SPDX-License-Identifier: GPL-2.0
"""dkms.conf, read as dkms reads it: a script of bash's that sets variables.

It is run in the sandbox that the build runs in. What dkms sets before is there: kernelver, arch,
kernel_source_dir, dkms_tree, source_tree, module, module_version.
"""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..host.errors import HarnessError
from ..host.run import run
from ..kernels.kernel import Kernel

CONF = "dkms.conf"
_NAMES = ("PACKAGE_NAME", "PACKAGE_VERSION", "MAKE", "MAKE_MATCH", "PATCH", "PATCH_MATCH",
          "PRE_BUILD", "POST_BUILD", "BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION",
          "DEST_MODULE_NAME", "DEST_MODULE_LOCATION", "OBSOLETE_BY", "BUILD_EXCLUSIVE_KERNEL",
          "BUILD_EXCLUSIVE_KERNEL_MIN", "BUILD_EXCLUSIVE_KERNEL_MAX", "BUILD_EXCLUSIVE_ARCH",
          "BUILD_EXCLUSIVE_CONFIG")
# As dkms's safe_source() does it: values are put on one line each and read once more, so that what
# they have of $... and $(...) is replaced. A variable is an array, too: of one element, the first.
_READ = f"names='{' '.join(_NAMES)}'" + r"""
(. ./dkms.conf > /dev/null
for name in $names; do
    for at in $(eval "echo \${!$name[@]}"); do
        set -f
        eval "echo \"$name[$at]=\\\"\"\${$name[$at]%$'\r'}\\\""
        set +f
    done
done > /tmp/again) 2> /tmp/said
unset $names
. /tmp/again 2>> /tmp/said
SAID=$(cat /tmp/said)
for name in $names SAID; do
    declare -n values=$name
    for at in "${!values[@]}"; do
        printf '%s\0%s\0%s\0' "$name" "$at" "${values[$at]}"
    done
done"""
# Where modules may be installed to.
_PLACES = ("/kernel", "/updates", "/extra")

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
        makes, matches = self._array("MAKE"), self._array("MAKE_MATCH")
        found = "" if matches.get(0) else makes.get(0, "")
        for at, command in sorted(makes.items()):
            if command and matches.get(at) and _fits(matches[at], release):
                found = command
        found = found or ("make -C $kernel_source_dir "
                          "M=$dkms_tree/$module/$module_version/build")
        return re.sub("^make", f"make {arguments}", found)

    def patches(self, release: str) -> list[str]:
        """Return the patches that are for a kernel."""
        matches = self._array("PATCH_MATCH")
        return [name for at, name in sorted(self._array("PATCH").items())
                if name and (not matches.get(at) or _fits(matches[at], release))]

    def _array(self, name: str) -> Mapping[int, str]:
        return self.values.get(name, {})

    @property
    def _records(self) -> int:
        """How many modules it tells of, in whichever way."""
        return 1 + max([-1, *(at for name in ("BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION",
                                              "DEST_MODULE_NAME", "DEST_MODULE_LOCATION")
                              for at in self._array(name))])

    def _name(self, at: int) -> str:
        only = self.one("PACKAGE_NAME") if self._records == 1 else ""
        return self._array("BUILT_MODULE_NAME").get(at) or only

    @property
    def modules(self) -> list[str]:
        """The paths of the modules that it lists, without their suffix, below the build."""
        places = self._array("BUILT_MODULE_LOCATION")
        return [str(Path(places.get(at, ""), self._name(at))) for at in range(self._records)
                if self._name(at)]

    def refused(self) -> Iterator[str]:
        """Return why dkms refuses to take it at all, in its words: a line each, by no kernel."""
        if not self._records:
            yield "No 'DEST_MODULE_LOCATION' directive specified."
        for at in range(self._records):
            if not self._name(at):
                yield f"No 'BUILT_MODULE_NAME' directive specified for record #{at}."
            for name in (self._name(at), self._array("DEST_MODULE_NAME").get(at, "")):
                if name.endswith((".o", ".ko")):
                    yield f"the name '{name}' ends in '.o' or '.ko' in record #{at}."
            place = self._array("DEST_MODULE_LOCATION").get(at, "")
            if not place:
                yield f"No 'DEST_MODULE_LOCATION' directive specified for record #{at}."
            elif not place.startswith(_PLACES):
                yield (f"Directive 'DEST_MODULE_LOCATION' does not begin with {', '.join(_PLACES)} "
                       f"in record #{at}.")

    def excludes(self, kernel: Kernel, arch: str) -> str:
        """Return why it is not to be built for a kernel, or nothing."""
        why = self._by_options(kernel)
        if not why and (why := self._by_name(kernel.release, arch)):
            # What sets such a variable by the kernel's options names these, and may say so.
            off = [option for option in dict.fromkeys(re.findall(r"\bCONFIG_\w+", self.text))
                   if option not in kernel.options]
            why += f"; it asks for {' and '.join(off)}, which this kernel has not" if off else ""
        return "\n".join(filter(None, (why, why and self.one("SAID"))))

    def _by_options(self, kernel: Kernel) -> str:
        for option in self.one("BUILD_EXCLUSIVE_CONFIG").split():
            name = option.lstrip("!")
            if (name in kernel.options) == option.startswith("!"):
                return (f"not on this kernel: {name} is {'on' if option[0] == '!' else 'off'}, and "
                        f"dkms.conf has BUILD_EXCLUSIVE_CONFIG=\"{option}\"")
        return ""

    def _by_name(self, release: str, arch: str) -> str:
        for name, value in (("KERNEL", release), ("ARCH", arch)):
            pattern = self.one(f"BUILD_EXCLUSIVE_{name}")
            if pattern and not _fits(pattern, value):
                return (f"not on this kernel: dkms.conf has BUILD_EXCLUSIVE_{name}=\"{pattern}\", "
                        f"and this is {value}")
        least, most = (self.one(f"BUILD_EXCLUSIVE_KERNEL_{end}") for end in ("MIN", "MAX"))
        if least and _version(release) < _version(least):
            return f"not on this kernel: dkms.conf has BUILD_EXCLUSIVE_KERNEL_MIN=\"{least}\""
        for name, value in (("BUILD_EXCLUSIVE_KERNEL_MAX", most),
                            ("OBSOLETE_BY", "" if most else self.one("OBSOLETE_BY"))):
            if value and _version(release) > _version(value):
                return f"not on this kernel: dkms.conf has {name}=\"{value}\""
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
        why = next(iter(conf.one("SAID").splitlines()), "dkms wants both")
        raise HarnessError(f"{CONF} sets no PACKAGE_NAME or no PACKAGE_VERSION: {why}")
    return conf


def _fits(pattern: str, text: str) -> bool:
    """Return whether a regular expression of bash's is found in a text: POSIX's, not Python's."""
    return subprocess.run(["bash", "-c", "[[ $2 =~ $1 ]]", "bash", pattern, text], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))
