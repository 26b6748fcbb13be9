# SPDX-License-Identifier: GPL-2.0
"""The lab in a browser of another make: Debian's Firefox."""

import pytest
from labpage import DRAWN, LOADED, PATIENCE, PROMPT, in_firefox

pytestmark = [pytest.mark.host, pytest.mark.nightly]
pytest_plugins = ("labsite",)


def test_modules_come_and_go(address: str) -> None:
    """The kernel gets to its prompt; modules are drawn as it says, and go."""
    with in_firefox() as page:
        page.size(1280, 720)
        page.open(f"{address}?lang=en")
        page.wait(PROMPT, PATIENCE)
        page.run("lab.machine.type('modprobe report_mod\\r')")
        page.wait(f"String({LOADED}.sort()) === 'core_mod,report_mod,walker_mod'", PATIENCE)
        page.wait(f"{DRAWN} === 3", PATIENCE)
        edges = page.run("return [...document.querySelectorAll('#graph .edge')].map((edge) => "
                         "`${edge.dataset.from} ${edge.dataset.to}`).sort()")
        assert edges == ["report_mod core_mod", "walker_mod core_mod"]
        page.run("lab.machine.type('modprobe -r report_mod walker_mod\\r')")
        page.wait(f"lab.model.modules.length === 0 && {DRAWN} === 0", PATIENCE)
        assert page.complaints() == []
