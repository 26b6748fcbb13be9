# SPDX-License-Identifier: GPL-2.0
"""What tests have in common: the bench's plugin, which gives them guests, and a kernel."""

import pickle

import pytest
from frontdoor import Built, build

from harness.host import cache
from harness.kernels import choice, table
from harness.kernels.kernel import Kernel

pytest_plugins = ("pytester", "harness.plugin")


@pytest.fixture(scope="session")
def own() -> Kernel:
    """The kernel that the host's own tools build for, whatever the guests run."""
    return choice.get(table.default_name())


@pytest.fixture(scope="session")
def built(own: Kernel, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    """The tree with its modules built: by one process for all that test."""
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "built"
    record = place.with_suffix(".record")
    with cache.lock(place.with_suffix(".lock")):
        if not record.exists():
            record.write_bytes(pickle.dumps(build(place, own.kdir)))
        done: Built = pickle.loads(record.read_bytes())
    return done
