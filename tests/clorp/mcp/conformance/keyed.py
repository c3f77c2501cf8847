"""A door in front of the site that gives every request a key: the suite knows of none."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "transfer-encoding", "keep-alive"}
PIECE = 65_536


@contextmanager
def keyed(port: int, key: str) -> Iterator[str]:
    """The address of the door to the server on `port`."""

    class Door(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            # Whoever asked may leave before the end, and does where a scenario has seen enough.
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line, suppress(BrokenPipeError):
                self.relay(line)

        def relay(self, line: http.client.HTTPConnection) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            line.request(self.command, self.path, body, {**headers, "Authorization": f"Bearer {key}"})
            with line.getresponse() as answer:
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                while piece := answer.read1(PIECE):
                    self.wfile.write(piece)
                    self.wfile.flush()

        do_GET = do_POST = do_DELETE = do_OPTIONS = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/mcp"
        finally:
            server.shutdown()
            thread.join()
