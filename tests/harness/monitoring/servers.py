# SPDX-License-Identifier: GPL-2.0
"""Prometheus, its node_exporter and its promtool, of Debian's packages, run on the host."""

import json
import queue
import re
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..host import cache
from ..host.apt import Archive
from ..host.errors import HarnessError
from ..host.progress import step
from ..host.system import codename

_PACKAGES = ["prometheus", "prometheus-node-exporter"]
_TIMEOUT = 60.0
_LISTENING = re.compile(r'msg="Listening on" address=(127\.0\.0\.1:\d+)')


def program(name: str) -> Path:
    """Return a program of the packages', which are unpacked into the cache at first.

    Raises HarnessError where they cannot be had.
    """
    place = cache.entry(f"prometheus-{codename()}", repr(_PACKAGES), _make)
    return place / "usr/bin" / name


def _make(place: Path) -> None:
    with step("Getting Prometheus and its node_exporter"), Archive(place / "scratch") as archive:
        archive.extract(_PACKAGES, place)


def promtool(*arguments: str | Path, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Run promtool to its end.

    Raises HarnessError where it cannot be had.
    """
    return subprocess.run([program("promtool"), *arguments], input=stdin, text=True,
                          capture_output=True, check=False)


@dataclass(frozen=True)
class Server:
    """A server on the loopback interface, at a port that it chose itself."""

    address: str

    def get(self, path: str, **query: str) -> str:
        """Return what it answers."""
        url = f"http://{self.address}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:
            return str(answer.read().decode())


class Prometheus(Server):
    """Prometheus, asked by its HTTP interface."""

    def query(self, expression: str) -> dict[tuple[tuple[str, str], ...], float]:
        """Return the values of an expression now, by labels."""
        answer = json.loads(self.get("/api/v1/query", query=expression))
        return {tuple(sorted(one["metric"].items())): float(one["value"][1])
                for one in answer["data"]["result"]}

    def query_range(self, expression: str, start: float, end: float, seconds: float = 1
                    ) -> list[dict[str, Any]]:
        """Return the series of an expression as Prometheus's own answer has them."""
        answer = json.loads(self.get("/api/v1/query_range", query=expression, start=str(start),
                                     end=str(end), step=str(seconds)))
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def await_value(self, expression: str) -> dict[tuple[tuple[str, str], ...], float]:
        """Return the values of an expression once there are any: it scrapes in its own time.

        Raises HarnessError where there are none in time.
        """
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            found = self.query(expression)
            if found:
                return found
            time.sleep(0.2)
        raise HarnessError(f"Prometheus has no {expression} within {_TIMEOUT:g} s")


class _Log(threading.Thread):
    """Reads what a server logs, so that it never waits for that, and notes where it listens.

    `ready` is what it logs once it answers; that may come before it tells where.
    """

    def __init__(self, stream: IO[str], path: Path, ready: str) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._path = path
        self._ready = ready
        self.listens: queue.Queue[str] = queue.Queue()
        self.start()

    def run(self) -> None:
        """Read to the end of the stream; then there is no address but ""."""
        address, is_ready = "", False
        with open(self._path, "w", encoding="utf-8") as file:
            for line in self._stream:
                file.write(line)
                match = _LISTENING.search(line)
                address = match[1] if match else address
                is_ready = is_ready or self._ready in line
                if address and is_ready and self.listens.empty():
                    self.listens.put(address)
        self.listens.put("")


@contextmanager
def _running(name: str, arguments: list[str], path: Path, ready: str) -> Iterator[str]:
    """A context in which a server runs, its log in a file; it yields its address."""
    with subprocess.Popen([program(name), *arguments, "--web.listen-address=127.0.0.1:0"],
                          text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        assert server.stderr
        log = _Log(server.stderr, path, ready)
        try:
            address = log.listens.get(timeout=_TIMEOUT)
            if not address:
                raise HarnessError(f"{name} ended: {path.read_text(encoding='utf-8')}")
            yield address
        except queue.Empty:
            raise HarnessError(f"{name} does not listen within {_TIMEOUT:g} s") from None
        finally:
            server.terminate()
            server.wait()
            log.join()


@contextmanager
def exporter(textfiles: Path, scratch: Path) -> Iterator[Server]:
    """A context in which node_exporter serves what is in a directory of text files, and no more.

    Its log goes to a file in `scratch`.
    Raises HarnessError where it cannot be had or does not start.
    """
    arguments = ["--collector.disable-defaults", "--collector.textfile",
                 f"--collector.textfile.directory={textfiles}"]
    with _running("prometheus-node-exporter", arguments, scratch / "exporter.log",
                  "Listening on") as address:
        yield Server(address)


@contextmanager
def prometheus(target: Server, scratch: Path, rules: str = "") -> Iterator[Prometheus]:
    """A context in which Prometheus scrapes a server every second; its data goes to `scratch`.

    `rules` is a file of rules. Raises HarnessError where it cannot be had or does not start.
    """
    (scratch / "rules.yml").write_text(rules or "groups: []\n", encoding="utf-8")
    config = scratch / "prometheus.yml"
    config.write_text("global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                      f"rule_files: ['{scratch}/rules.yml']\n"
                      "scrape_configs:\n"
                      "- job_name: node\n"
                      f"  static_configs: [{{targets: ['{target.address}']}}]\n",
                      encoding="utf-8")
    arguments = [f"--config.file={config}", f"--storage.tsdb.path={scratch}/data"]
    with _running("prometheus", arguments, scratch / "prometheus.log",
                  "Server is ready") as address:
        yield Prometheus(address)
