# SPDX-License-Identifier: GPL-2.0
"""The machine that we are on: where things are, its programs, its archive, what is kept of that.

It knows nothing of kernels and guests. Errors for people are here, and how what takes time is told;
the cache, apt's packages by name, archives in the kernel's format.
"""
