# SPDX-License-Identifier: GPL-2.0
"""What taskmods writes goes through the real node_exporter into the real Prometheus."""

import re
from pathlib import Path

import pytest

from harness.host import cli
from harness.host.paths import TOP
from harness.monitoring import servers
from recorded import Tree

pytestmark = [pytest.mark.host, pytest.mark.slow]

PAGE = TOP / "docs/metrics.md"
GROUPS = ("system.slice/a.service", 'q"uo\\te\x01\x1b[31m', "\u00e9 caf\udce9")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A machine with control groups, users and stuck tasks."""
    made = Tree(tmp_path / "root", cli.built())
    ids = []
    for name in GROUPS:
        place = made.root / "sys/fs/cgroup" / name
        place.mkdir(parents=True)
        ids.append(place.stat().st_ino)
    made.record(threads=[(n, n, "D" if n % 3 == 0 else "S", n % 4 * 33, ids[n % 3], n * 1000, "x")
                         for n in range(1, 200)],
                counts={"S": (133, 133), "D": (66, 66)})
    return made


@pytest.fixture
def textfiles(tree: Tree, tmp_path: Path) -> Path:
    """The collector's directory, with our file in it."""
    place = tmp_path / "textfiles"
    place.mkdir()
    done = tree.run("metrics", "--textfile", str(place / "taskmods.prom"))
    assert (done.returncode, done.stderr) == (0, "")
    return place


def yaml_of(page: Path) -> str:
    """Return the rules that stand in the page."""
    found = re.search(r"^    groups:\n(?:(?:    .*)?\n)+", page.read_text(encoding="utf-8"),
                      re.MULTILINE)
    assert found
    return re.sub("^    ", "", found[0], flags=re.MULTILINE)


@pytest.mark.parametrize("options", ((), ("--brief",), ("--top", "1")))
def test_promtool_has_nothing_to_say(tree: Tree, options: tuple[str, ...]) -> None:
    done = servers.promtool("check", "metrics", stdin=tree.run("metrics", *options).stdout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_node_exporter_serves_it_as_it_is(textfiles: Path, tmp_path: Path) -> None:
    """Of each sample the same, in its own way of writing; labels with any byte among them."""
    with servers.exporter(textfiles, tmp_path) as exporter:
        served = exporter.get("/metrics")
    assert "node_textfile_scrape_error 0\n" in served
    assert f'node_textfile_mtime_seconds{{file="{textfiles}/taskmods.prom"}} ' in served
    written = (textfiles / "taskmods.prom").read_text(encoding="utf-8")

    def lines(text: str) -> set[tuple[str, float]]:
        rows = [line.rpartition(" ") for line in text.splitlines()
                if line.startswith("taskmods_")]
        return {(re.sub(r",}$", "}", name), float(value)) for name, _, value in rows}

    assert lines(served) == lines(written)


def test_a_server_may_be_ready_before_it_tells_where(tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "server"
    script.write_text("""#!/bin/sh
echo 'msg="Server is ready to receive web requests."' >&2
echo 'msg="Listening on" address=127.0.0.1:9' >&2
exec sleep 60
""", encoding="ascii")
    script.chmod(0o755)
    monkeypatch.setattr(servers, "program", lambda _: script)
    with servers.prometheus(servers.Server("127.0.0.1:8"), tmp_path) as one:
        assert one.address == "127.0.0.1:9"


def test_prometheus_scrapes_it_and_alerts(textfiles: Path, tmp_path: Path) -> None:
    """By the rules in docs/metrics.md; `for` is left out, as nobody waits for it here."""
    rules = re.sub(r"\n +for: .*", "", yaml_of(PAGE))
    with servers.exporter(textfiles, tmp_path) as exporter, \
         servers.prometheus(exporter, tmp_path, rules) as prometheus:
        oldest = prometheus.await_value("taskmods_blocked_lastrun_max_seconds")
        blocked = prometheus.query('taskmods_threads{state="D"}')
        groups = prometheus.query("taskmods_cgroup_threads")
        alerts = prometheus.await_value('ALERTS{alertname="TasksStuck",alertstate="firing"}')
    assert list(oldest.values()) == [198]
    assert list(blocked.values()) == [66]
    assert {dict(labels)["cgroup"]: value for labels, value in groups.items()} == {
        "/system.slice/a.service": 66, '/q"uo\\te\x01\x1b[31m': 67, "/\u00e9 caf\\351": 66}
    assert list(alerts.values()) == [1]


def test_the_rules_of_the_page_are_valid(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(yaml_of(PAGE), encoding="utf-8")
    done = servers.promtool("check", "rules", rules)
    assert done.returncode == 0, done.stderr


# A minute each: what is scraped, and what is alerted of at the end.
COURSES = (
    ("0 0 0 0 0 0 0 0 0 0", ()),
    ("0 60 119 0 60 119 0 60 110 0", ()),
    # One that computes, and is met twice while it waits for a disk.
    ("0 0 0 600 0 0 0 0 0 900", ()),
    ("0 0 60 120 180 240 300 360 420 480",
     ("a: a thread in state D was last put on a processor 8m 0s ago; see taskmods stuck",)),
)


@pytest.mark.parametrize("course,alerts", COURSES)
def test_the_rules_of_the_page_alert_in_time(tmp_path: Path, course: str,
                                             alerts: tuple[str, ...]) -> None:
    (tmp_path / "rules.yml").write_text(yaml_of(PAGE), encoding="utf-8")
    expected = "".join(f"""
      - exp_labels: {{severity: warning, instance: a}}
        exp_annotations: {{summary: "{summary}"}}""" for summary in alerts)
    (tmp_path / "test.yml").write_text(f"""
rule_files: [rules.yml]
tests:
- interval: 1m
  input_series:
  - {{series: 'taskmods_blocked_lastrun_max_seconds{{instance="a"}}', values: '{course}'}}
  alert_rule_test:
  - eval_time: 9m
    alertname: TasksStuck
    exp_alerts: {expected or '[]'}
""", encoding="utf-8")
    done = servers.promtool("test", "rules", tmp_path / "test.yml")
    assert done.returncode == 0, done.stdout + done.stderr
