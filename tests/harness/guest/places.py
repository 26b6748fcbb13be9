# SPDX-License-Identifier: GPL-2.0
"""Where things of ours are in a guest."""

GUEST_DIR = "/opt/taskmods"
FIXTURES_DIR = f"{GUEST_DIR}/modules"
