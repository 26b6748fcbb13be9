# SPDX-License-Identifier: GPL-2.0
"""What the host's side of the agent's port writes, whatever a guest makes of it."""

import mmap
import os
import time

import pytest

from harness.guest.agent import Agent

pytestmark = pytest.mark.host


@pytest.mark.parametrize("doubled, seen", [(b"", b"\x0f\x10a"), (b"\x0f", b"\x0f\x0f\x10a"),
                                           (b"\x0f\x10", b"\x0f\x0f\x10\x10a")])
def test_a_byte_that_the_port_takes_for_a_sign_comes_twice(doubled: bytes, seen: bytes) -> None:
    theirs, ours = os.pipe()
    from_guest, silent = os.pipe()
    with open(ours, "wb", buffering=0) as to_guest, open(theirs, "rb", buffering=0) as guest, \
            open(silent, "wb"):
        agent = Agent(to_guest, open(from_guest, "rb", buffering=0), mmap.mmap(-1, 4096),
                      lambda: "", time.monotonic, doubled=doubled)
        agent.send(1, b"I", b"\x0f\x10a")
        assert guest.read(100).endswith(b"\x01\0\0\0I" + seen)
