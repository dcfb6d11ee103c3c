"""A program that hears of changes at an address of its own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """A program that hears of changes; `answer` is the status that it gives, `held` keeps it from answering."""

    def __init__(self):
        self.got, self.answer, self.held = [], 200, None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if outer.held is not None:
                    outer.held.wait(60)
                self.send_response(outer.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """Whoever asked was killed meanwhile."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def told(self):
        return [json.loads(body)["data"]["status"] for _headers, body in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
