# SPDX-License-Identifier: GPL-2.0
"""make bench: a guest whose clock counts instructions, and what is measured there."""

import pytest

from harness.commands import chosen
from harness.cost import benchguest, meter, readers, scrapes
from harness.cost.readers import BY_ID, FLOOR, OURS
from harness.host import tools
from harness.host.errors import HarnessError


@pytest.mark.needs("fast", "host", "CONFIG_64BIT")
def test_the_guests_clock_counts_instructions() -> None:
    """Two for each turn of a loop: the least of them has nothing else in it; and again the same."""
    parts = chosen.parts(fixtures=False)
    with benchguest.boot(parts, benchguest.INSTRUCTIONS, 100, peers=False) as guest:
        found = [min(sample.elapsed for sample in meter.measure(guest, 25, "loop", "100000"))
                 for _ in range(2)]
        benchguest.load(guest)
        benchguest.populate(guest, "processes", 100)
        for reader in (BY_ID["scan"], BY_ID["scan-threads"], FLOOR):
            readers.check(guest, reader)
        own = [meter.figure(sample.elapsed for sample in
                            meter.measure(guest, 25, *OURS[0].words)).median for _ in range(2)]
    assert found[0] == pytest.approx(2e5, rel=0.01)
    assert found[1] == pytest.approx(found[0], rel=0.005)
    assert own[1] == pytest.approx(own[0], rel=0.01)


@pytest.mark.host
@pytest.mark.nightly
@pytest.mark.needs("fast")
def test_exporters_count_what_ours_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what a scrape costs is what the exporter runs for it; who asks waits longer than that."""
    tools.install("bench")
    parts = chosen.parts(fixtures=False)
    with benchguest.boot(parts, benchguest.INSTRUCTIONS, 300, peers=True) as guest:
        benchguest.load(guest)
        benchguest.populate(guest, "processes", 300)
        with scrapes.running(guest) as there:
            scrapes.check(guest, there)
            found = {reader.id: meter.measure(guest, 1, *reader.words)[0] for reader in there}
            monkeypatch.setattr(scrapes, "ROOM", -1)
            with pytest.raises(HarnessError, match="^node_exporter, textfile collector counts "):
                scrapes.check(guest, there)
    for name, sample in found.items():
        assert 100_000 < sample.ran < sample.elapsed, name
    assert found["scrape-processes"].ran > found["metrics"].ran
