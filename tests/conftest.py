# SPDX-License-Identifier: GPL-2.0
"""What tests have in common: the bench's plugin, which gives them guests, and a kernel."""

import pytest

from harness.kernels import choice, table
from harness.kernels.kernel import Kernel

pytest_plugins = ("pytester", "harness.plugin")


@pytest.fixture(scope="session")
def own() -> Kernel:
    """The kernel that the host's own tools build for, whatever the guests run."""
    return choice.get(table.default_name())
