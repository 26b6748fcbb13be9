# SPDX-License-Identifier: GPL-2.0
"""Kernels to boot and to build for: the table's, of Debian's packages or built here.

And what is built for them: the modules, in build/, by the tools of the kernel's own suite.
"""
