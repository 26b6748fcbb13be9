# SPDX-License-Identifier: GPL-2.0
"""One guest: what it is made of, booted, asked, and ended.

`vm.VM` is it, `vm.parts()` what the usual one is made of; other kinds of roots, programs, another
kmod and firmware can go into it.
"""
