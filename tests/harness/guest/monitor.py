# SPDX-License-Identifier: GPL-2.0
"""QEMU's monitor: what a machine is asked for from outside, in QEMU's JSON."""

import json
import socket
from typing import Any

from ..host.errors import HarnessError

# Nothing that is asked for here takes a second on an idle host.
_TIMEOUT = 60.0


class Monitor:
    """The monitor at the other end of a connection; a context manager, which closes that.

    Raises HarnessError where there is none.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.settimeout(_TIMEOUT)
        self._lines = connection.makefile("rb")
        self._events: list[str] = []
        self._receive()
        self.ask("qmp_capabilities")

    def __enter__(self) -> "Monitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._connection.close()

    def ask(self, command: str, **arguments: object) -> Any:
        """Have a command executed; return what it returns.

        Raises HarnessError where that fails, or QEMU does not answer.
        """
        request = {"execute": command, "arguments": arguments}
        try:
            self._connection.sendall(json.dumps(request).encode())
        except OSError as error:
            raise HarnessError(f"QEMU's monitor takes no command: {error}") from error
        while "return" not in (answer := self._receive()):
            if "error" in answer:
                raise HarnessError(f"QEMU cannot do {command}: {answer['error']['desc']}")
            self._events.append(answer["event"])
        return answer["return"]

    def await_running(self) -> None:
        """Wait until the machine runs.

        Raises HarnessError where QEMU ends instead, or the time is up.
        """
        if not self.ask("query-status")["running"]:
            while "RESUME" not in self._events:
                self._events.append(self._receive()["event"])

    def _receive(self) -> dict[str, Any]:
        try:
            line = self._lines.readline()
        except OSError as error:
            raise HarnessError("QEMU's monitor does not answer") from error
        if not line:
            raise HarnessError("QEMU's monitor is closed: did QEMU end?")
        return dict(json.loads(line))
