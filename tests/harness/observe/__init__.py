# SPDX-License-Identifier: GPL-2.0
"""What a guest shows, so that a test can compare it, and what must not be seen there.

`loaded` is which modules there are, as three witnesses agree, `tracepoints` what the kernel told of
them, `functions` which of its functions a process came to. `taskfiles` are our files, `kernelstat`
the kernel's own, `holders` processes that are to be seen there. `facts` are versions and options,
and whether a requirement is met. `health` is what a test must not leave, `races` what
KCSAN reported, `kmemleak` what was lost, `allocations` which were made to fail, `gcov` which lines
ran, `coverage` whether these are enough of the modules, `loaderpage` how many they are of the
kernel's loader, `kerneltests` which of these its own tests run, `kmodcounts` and `kmodpage` of
kmod. `expect` shows what was expected beside what was seen, `transcript` what a person would have
seen; `metrics` reads Prometheus's format.
"""
