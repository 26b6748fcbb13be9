# SPDX-License-Identifier: GPL-2.0
"""What reading all tasks takes on the real processor, by the clock.

`machine` runs a kernel that is a program of the host's, with what is timed there; `timings` are
what came out, and what is kept of it; `page` shows them to people.
"""
