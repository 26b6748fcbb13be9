# SPDX-License-Identifier: GPL-2.0
"""Another browser for tests: Debian's Firefox without a window, by WebDriver BiDi."""

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import websocket

from browser import Tab, answers, free_port

_TIMEOUT = 300.0
_PREFERENCES = {"intl.accept_languages": "en", "app.update.enabled": False,
                "datareporting.policy.dataSubmissionEnabled": False,
                "browser.shell.checkDefaultBrowser": False}
# The script is a function's body, as Browser has it; what it returns comes as JSON.
_RUN = "async (told) => JSON.stringify(await (function () { %s }).apply(null, JSON.parse(told)))"


class Firefox(Tab):
    """A page in Firefox, at the other end of a connection to it."""

    def __init__(self, connection: "websocket.WebSocket") -> None:
        self._connection = connection
        self._asked = 0
        self._complaints: list[str] = []
        self._ask("session.new", {"capabilities": {}})
        self._ask("session.subscribe", {"events": ["log.entryAdded"]})
        self._context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]

    def _ask(self, method: str, values: dict[str, Any]) -> Any:
        self._asked += 1
        self._connection.send(json.dumps({"id": self._asked, "method": method,
                                          "params": values}))
        while True:
            said = json.loads(self._connection.recv())
            if said["type"] == "event":
                self._note(said["params"])
            elif said["id"] == self._asked:
                assert said["type"] == "success", said
                return said["result"]

    def _note(self, entry: dict[str, Any]) -> None:
        if entry.get("level") in ("warn", "error"):
            self._complaints.append(entry["text"])

    def open(self, url: str) -> None:
        """Go to a page; returns once it is loaded."""
        self._ask("browsingContext.navigate", {"context": self._context, "url": url,
                                               "wait": "complete"})

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns, a function's body; a promise's value where it is one."""
        done = self._ask("script.callFunction", {
            "functionDeclaration": _RUN % script, "awaitPromise": True,
            "target": {"context": self._context},
            "arguments": [{"type": "string", "value": json.dumps(arguments)}]})
        assert done["type"] == "success", done["exceptionDetails"]["text"]
        value = done["result"].get("value")
        return None if value is None else json.loads(value)

    def size(self, width: int, height: int) -> None:
        """Have the page a size."""
        self._ask("browsingContext.setViewport", {
            "context": self._context, "viewport": {"width": width, "height": height}})

    def picture(self, path: Path) -> None:
        """Write a picture of the page, a PNG."""
        shown = self._ask("browsingContext.captureScreenshot", {"context": self._context})
        path.write_bytes(base64.b64decode(shown["data"]))

    def complaints(self) -> list[str]:
        """Return what the page was warned of, or threw, since this was last asked."""
        said, self._complaints = self._complaints, []
        return said


@contextmanager
def firefox() -> Iterator[Firefox]:
    """A context with a Firefox, whose profile is new."""
    with TemporaryDirectory(prefix="taskmods-firefox-") as profile:
        (Path(profile) / "user.js").write_text("".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in _PREFERENCES.items()), encoding="utf-8")
        port = free_port()
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile,
                   "--remote-debugging-port", str(port), "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True) as process:
            try:
                answers(port, _TIMEOUT)
                with closing(websocket.create_connection(
                        f"ws://127.0.0.1:{port}/session", timeout=_TIMEOUT,
                        suppress_origin=True)) as one:
                    yield Firefox(one)
            finally:
                process.terminate()
