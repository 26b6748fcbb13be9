# SPDX-License-Identifier: GPL-2.0
"""The lab's page for tests, as fixtures: made as make site does, served, and in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from behaviours import ROWS, SECTIONS
from browser import Browser, browser
from labpage import PATIENCE, PROMPT

from harness.catalogue import pages as catalogue
from harness.host import cache, tools
from harness.lab import pages, serve


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site, made as make site does: by one process for all that test."""
    base = tmp_path_factory.getbasetemp()
    made = (base if worker_id == "master" else base.parent) / "site-made"
    with cache.lock(made.with_suffix(".lock")):
        if not made.exists():
            tools.install("browser")
            pages.make(ROWS, lambda site: catalogue.write(site, SECTIONS))
            made.touch()
    return pages.PLACE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server of it is."""
    with serve.running(site) as there:
        yield there


@pytest.fixture
def page(address: str) -> Iterator[Browser]:
    """The page in a browser, once its kernel has a prompt."""
    with browser() as one:
        one.open(f"{address}?lang=en")
        one.wait(PROMPT, PATIENCE)
        yield one
        assert one.complaints() == []
