# SPDX-License-Identifier: GPL-2.0
"""A web server for this machine alone. The site needs nothing of it but its files."""

import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_TYPES = {".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript",
          ".zst": "application/zstd", ".md": "text/markdown; charset=utf-8", "":
          "text/plain; charset=utf-8"}
# What is sent compressed, as most servers do; the state is so already.
_SQUEEZED = (".js", ".mjs", ".wasm", ".css", ".html", ".json", ".svg", ".md")


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}

    def log_message(self, *_: object) -> None:
        """Say nothing of what is asked for."""

    def end_headers(self) -> None:
        """Have browsers ask each time whether a file is still the same."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self) -> io.BytesIO | io.BufferedReader | None:
        """Send what comes before a file's content; return that, compressed where it may be."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        wanted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not wanted or path.suffix not in _SQUEEZED or not path.is_file():
            return super().send_head()  # type: ignore[return-value]
        content = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)


def server(place: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a directory on 127.0.0.1, at a port that is free if none is given.

    Raises OSError where the port is taken.
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(place)))


@contextmanager
def running(place: Path) -> Iterator[str]:
    """Serve a directory meanwhile, at a port that is free; gives the address."""
    with server(place) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{one.server_port}/"
        finally:
            one.shutdown()
