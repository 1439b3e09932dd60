"""An empty page with a service worker: the floor every start of an app, and every job in it, is measured against."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

from tests.support.browser import Phone

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


def visited(phone: Phone, url: str) -> Phone:
    """It has been at the empty page at `url` and needs no server for it any more."""
    phone.url = url
    phone.open().evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    return phone


def cold_start_seconds(phone: Phone, shown: str, starts: int) -> float:
    """From a new browser process to the first screen. The middle of several tries."""
    tries = []
    for _ in range(starts):
        phone.kill()
        page = phone.page
        with phone.slowed():
            begin = time.monotonic()
            page.goto(phone.url)
            page.locator(shown).first.wait_for(state="visible")
            tries.append(time.monotonic() - begin)
    return median(tries)
