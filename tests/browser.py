# SPDX-License-Identifier: GPL-2.0
"""Browsers for tests: what they share, and Debian's Chromium without a window, by its driver."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_TIMEOUT = 300.0
# As WebDriver names them.
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Left": "\ue012", "Up": "\ue013", "Right": "\ue014",
        "Down": "\ue015", "F6": "\ue036"}


class Tab:
    """A page in a browser, whatever that is."""

    def open(self, url: str) -> None:
        """Go to a page; returns once it is loaded."""
        raise NotImplementedError

    def complaints(self) -> list[str]:
        """Return what the page was warned of, or threw, since this was last asked."""
        raise NotImplementedError

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns, a function's body; a promise's value where it is one."""
        raise NotImplementedError

    def wait(self, condition: str, seconds: float) -> float:
        """Wait until an expression is true; return how long that took. Fails after `seconds`."""
        began = time.monotonic()
        while not self.run(f"return Boolean({condition})"):
            took = time.monotonic() - began
            assert took < seconds, f"not so after {seconds} s: {condition}"
            time.sleep(0.02)
        return time.monotonic() - began


class Browser(Tab):
    """A page in Chromium; its driver, the process `driver`, listens at `port` of this machine."""

    def __init__(self, port: int, driver: int, width: int, height: int, language: str) -> None:
        self._driver = driver
        self._base = f"http://127.0.0.1:{port}"
        options = {"args": [*_ARGUMENTS, f"--window-size={width},{height}", f"--lang={language}"],
                   "prefs": {"intl.accept_languages": language}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": int(_TIMEOUT * 1000)}}}})
        self._session = f"/session/{session['sessionId']}"

    def _ask(self, method: str, path: str, data: object = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self._base + path, body, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def open(self, url: str) -> None:
        """Go to a page; returns once it is loaded."""
        self._ask("POST", f"{self._session}/url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns, a function's body; a promise's value where it is one."""
        return self._ask("POST", f"{self._session}/execute/sync",
                         {"script": script, "args": list(arguments)})

    def press(self, *keys: str) -> None:
        """Press and let go keys, one after the other: characters, or those of KEYS."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys
                   for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a place in the window."""
        self._act({"type": "pointer", "id": "mouse", "actions": [
            {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}]})

    def _act(self, source: object) -> None:
        self._ask("POST", f"{self._session}/actions", {"actions": [source]})

    def size(self, width: int, height: int, phone: bool = False) -> None:
        """Have the page a size, as on a phone if it is one."""
        self._command("Emulation.setDeviceMetricsOverride",
                      {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone})

    def _command(self, name: str, values: object) -> Any:
        return self._ask("POST", f"{self._session}/goog/cdp/execute",
                         {"cmd": name, "params": values})

    def picture(self, path: Path) -> None:
        """Write a picture of the page, a PNG."""
        path.write_bytes(base64.b64decode(self._ask("GET", f"{self._session}/screenshot")))

    def printed(self, path: Path) -> None:
        """Write the page as it is printed on A4, a PDF."""
        path.write_bytes(base64.b64decode(self._ask("POST", f"{self._session}/print", {
            "page": {"width": 21.0, "height": 29.7}})))

    def complaints(self) -> list[str]:
        """Return what the browser complained of since this was last asked."""
        said = self._ask("POST", f"{self._session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in said if entry["level"] in ("WARNING", "SEVERE")]

    def memory(self) -> int:
        """Return the bytes that the page's process has in memory."""
        return max(_resident(pid) for pid in _descendants(self._driver))

    def close(self) -> None:
        """End the browser."""
        self._ask("DELETE", self._session)


def _descendants(process: int) -> Iterator[int]:
    """Any of a process's threads may have started others."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text(encoding="ascii").split()):
            yield child
            yield from _descendants(child)


def _resident(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """Return a port of this machine that nothing listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def browser(width: int = 1440, height: int = 900, language: str = "en") -> Iterator[Browser]:
    """A context with a browser of a size, whose user reads a language."""
    port = free_port()
    with subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True) as driver:
        try:
            answers(port, 60)
            one = Browser(port, driver.pid, width, height, language)
            try:
                yield one
            finally:
                one.close()
        finally:
            driver.terminate()


def answers(port: int, seconds: float) -> None:
    """Wait until something listens at a port of this machine. Fails after `seconds`."""
    began = time.monotonic()
    while True:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() - began < seconds, "the browser does not answer"
        time.sleep(0.05)
