# SPDX-License-Identifier: GPL-2.0
"""The checks of a suite, by their names: what each says where it passes."""

CHECKS = {
    "builds": "builds for the kernel",
    "listed": "dkms.conf lists what is built, once each",
    "vermagic": "is built for the kernel that was asked for",
    "symbols": "takes symbols that are exported, and that it may have",
    "indexed": "is installed, and depmod indexes it",
    "alone": "is refused where what it needs is not loaded",
    "loads": "loads by modprobe, after what it needs",
    "users": "what it needs shows it as its user",
    "held": "is not unloaded while another module uses it",
    "removes": "unloads by modprobe -r",
    "reloads": "loads again, and unloads by rmmod in reverse order",
    "left": "leaves nothing behind",
    "log": "logs no warning, and taints by nothing but O, E, P and C",
    "use": "passes the script of USE=, and unloads after it",
    "upgrade": "takes the place of the version of FROM=, as a user upgrades",
    "cycles": "loads and unloads again and again without growth",
    "leaks": "kmemleak finds nothing lost",
    "allocations": "each allocation of its load may fail",
}
