# SPDX-License-Identifier: GPL-2.0
"""What a kernel lacks, so that a suite is not for it: its options, found by what the build misses.

A header has what a subsystem offers below a condition, or the table tells of which one it is, or
its option is called as the header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..kernels.kernel import Kernel

# What must be on for what headers declare; the first that fits and is off is named.
_SUBSYSTEMS = tuple((pattern, f"CONFIG_{option}") for pattern, option in (
    ("crypto/*", "CRYPTO"), ("drm/*", "DRM"), ("media/*", "MEDIA_SUPPORT"),
    ("media/*", "VIDEO_DEV"), ("net/bluetooth/*", "BT"), ("net/cfg80211.h", "WLAN"),
    ("net/cfg80211.h", "CFG80211"), ("net/mac80211.h", "MAC80211"),
    ("net/netfilter/*", "NETFILTER"), ("net/netfilter/nf_conntrack*", "NF_CONNTRACK"),
    ("rdma/*", "INFINIBAND"), ("scsi/*", "SCSI"), ("sound/*", "SOUND"), ("sound/*", "SND"),
    ("linux/ata.h", "ATA"), ("linux/backlight.h", "BACKLIGHT_CLASS_DEVICE"),
    ("linux/bio.h", "BLOCK"), ("linux/blk*.h", "BLOCK"), ("linux/can/*", "CAN"),
    ("linux/device-mapper.h", "BLK_DEV_DM"), ("linux/gpio/*", "GPIOLIB"),
    ("linux/hid*.h", "HID"), ("linux/i2c*.h", "I2C"), ("linux/iio/*", "IIO"),
    ("linux/leds.h", "LEDS_CLASS"), ("linux/libata.h", "ATA"), ("linux/mmc/*", "MMC"),
    ("linux/mtd/*", "MTD"), ("linux/netfilter*", "NETFILTER"),
    ("linux/netfilter/x_tables.h", "NETFILTER_XTABLES"), ("linux/perf_event.h", "PERF_EVENTS"),
    ("linux/phy.h", "PHYLIB"), ("linux/power_supply.h", "POWER_SUPPLY"), ("linux/spi/*", "SPI"),
    ("linux/usb*", "USB"), ("linux/wmi.h", "ACPI_WMI"),
))
_MISSED = re.compile(r"modpost: \"(\w+)\" \[\S+\] undefined|"
                     r"implicit declaration of function [‘'\"](\w+)|"
                     r"^(?:ERROR|WARNING): \"(\w+)\" \[\S+\] undefined", re.MULTILINE)
_CONDITION = re.compile(r"^\s*#\s*(if|ifdef|ifndef|else|elif|endif)\b(.*)$")


def options(kernel: Kernel, log: str) -> list[str]:
    """Return the options that would have to be on for what a build's log misses, if any are."""
    missed: set[str] = {next(filter(None, groups)) for groups in _MISSED.findall(log)}
    if not missed:
        return []
    off = set(re.findall(r"^# (CONFIG_\w+) is not set$", _config(kernel), re.MULTILINE))
    found: dict[str, list[list[str]]] = {}
    for one in _declared(kernel, missed):
        found.setdefault(one.name, []).append(_unmet(kernel, one, off))
    # What one header declares whatever is on is no matter of another's condition.
    return sorted({option for unmet in found.values() for option in min(unmet, key=len)})


def _unmet(kernel: Kernel, one: "_Declared", off: set[str]) -> list[str]:
    """Return the options that are off, and would have to be on for what a header declares."""
    conditions = [option for option in one.conditions if option not in kernel.options]
    if conditions:
        return conditions
    stem = f"CONFIG_{one.header.stem.upper().replace('-', '_')}"
    names = [option for pattern, option in _SUBSYSTEMS if fnmatchcase(str(one.header), pattern)]
    return [option for option in (*names, *([stem] if stem in off else []))
            if option not in kernel.options][:1]


def _config(kernel: Kernel) -> str:
    path = kernel.kdir / ".config"
    return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass(frozen=True)
class _Declared:
    """A function as a header declares it, and the options that this is below."""

    name: str
    header: Path
    conditions: tuple[str, ...]


def _declared(kernel: Kernel, names: set[str]) -> Iterator[_Declared]:
    """Return where the kernel's headers declare functions."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\s*\(")
    for source in sorted((kernel.root / "usr/src").glob("*/include")):
        for header in sorted(source.rglob("*.h")):
            text = header.read_text(encoding="utf-8", errors="replace")
            if pattern.search(text):
                yield from (_Declared(name, header.relative_to(source), tuple(conditions))
                            for name, conditions in _conditions(text, pattern))


def _conditions(text: str, pattern: "re.Pattern[str]") -> Iterator[tuple[str, list[str]]]:
    stack: list[list[str]] = []
    for line in text.splitlines():
        found = _CONDITION.match(line)
        if not found:
            name = pattern.search(line)
            if name and not line.lstrip().startswith(("*", "/*", "//")):
                yield name[1], [option for level in stack for option in level]
            continue
        word, rest = found.groups()
        if word in ("if", "ifdef"):
            stack.append([] if "!" in rest else re.findall(r"CONFIG_\w+?(?=_MODULE\b|\b)", rest))
        elif word == "ifndef":
            stack.append([])
        elif stack:
            stack.pop()
            if word != "endif":
                stack.append([])
