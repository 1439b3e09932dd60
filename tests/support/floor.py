"""An empty page with a service worker: the floor every start of an app is measured against."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="zh-Hans"><title>空</title><main id="app"></main>
<script>
navigator.serviceWorker.register("/sw.js");
document.getElementById("app").textContent = "空";
</script>"""
WORKER = """
addEventListener("install", (event) => event.waitUntil(caches.open("floor").then((cache) => cache.add("/")).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(caches.match(event.request).then((hit) => hit ?? fetch(event.request))));
"""


class _Floor(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_worker = self.path == "/sw.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_worker else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((WORKER if is_worker else PAGE).encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def empty_page() -> Iterator[str]:
    """Serves it; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Floor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
