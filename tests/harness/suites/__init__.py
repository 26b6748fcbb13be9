# SPDX-License-Identifier: GPL-2.0
"""Suites that are not ours, as `make try` has them: found, built, looked at, and tried in guests.

`source` finds the sources, `build.built` builds them for a kernel, by what `ways` finds there;
`plan` says what is known of the modules without a guest. `trial.tried` tries them on each kernel,
and `result.show` shows what came of it.
"""
