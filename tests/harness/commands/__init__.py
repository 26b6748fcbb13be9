# SPDX-License-Identifier: GPL-2.0
"""What make calls: a file for each command, with a function that returns its exit status.

They alone know what the user asked for: `told` reads the environment, `chosen` finds the kernel and
the kmod that it names, and rooms get these as arguments. They alone know ../behaviours/, too.
"""
