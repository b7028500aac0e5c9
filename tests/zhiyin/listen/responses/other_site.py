"""A small site of another origin, with a strict policy of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="zh-CN"><title>shop</title>
<body><h1>商城</h1><p><button id="pay">付款</button></p>
<div data-zhiyin="{inline}"></div>
<script src="{zhiyin}/w/widget.js" data-widgets="{codes}"></script>
</body></html>"""


@contextmanager
def other_site(zhiyin: str, *, codes: str, inline: str = "") -> Iterator[str]:
    """Serve the page on a port of its own; the policy allows one other host."""
    page = PAGE.format(zhiyin=zhiyin, codes=codes, inline=inline).encode()
    policy = (
        f"default-src 'none'; script-src {zhiyin}; connect-src {zhiyin}; "
        "require-trusted-types-for 'script'"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_parts: object) -> None:
            """Say nothing: what is asked for is seen in the browser."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
