# SPDX-License-Identifier: GPL-2.0
"""make kernels: every kernel of the table, and what of it is in the cache."""

from ..host.system import codename
from ..kernels import choice, table
from ..kernels.table import KERNELS


def main() -> int:
    """Print the table of kernels, with what of each is in the cache; return 0."""
    print(f"{'KERNEL':<17} {'ARCH':<8} {'DEBIAN':<17} {'KMOD OF':<9} IN THE CACHE")
    own, suite = table.default_name(), codename()
    for name, entry in KERNELS.items():
        cached = choice.cached_release(name) or "-"
        print(f"{name:<17} {entry.architecture:<8} {entry.suite or suite:<17} "
              f"{entry.userland or suite:<9} {cached}{'  (default)' if name == own else ''}")
    return 0
