"""The built app from memory: validated by ETag, hashed files kept for ever, pre-compressed, pages for navigations."""

import hashlib
import mimetypes
from pathlib import Path
from typing import NamedTuple

from server.gateway.problems import ProblemError
from server.gateway.wire import AsgiScope, AsgiSend, accepted_coding, header, respond

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
NOT_BUILT = b"The app is not built: run `./run build`, then start the server again.\n"
PAGES = {"/": "/index.html", "/display": "/display.html"}


class File(NamedTuple):
    """One file with its variants by content coding; the plain bytes are under ""."""

    media_type: str
    etag: str
    cache: str
    variants: dict[str, bytes]


def load(dist: Path) -> dict[str, File]:
    """Every file under `dist` by its URL path; `.br` and `.gz` beside a file are its variants."""
    found: dict[str, File] = {}
    if not dist.is_dir():
        return found
    paths = [p for p in sorted(dist.rglob("*")) if p.is_file() and p.suffix not in (".br", ".gz", ".map")]
    for path in paths:
        url = "/" + path.relative_to(dist).as_posix()
        if any(part.startswith(".") for part in path.relative_to(dist).parts):
            continue
        body = path.read_bytes()
        variants = {"": body}
        for coding, suffix in (("br", ".br"), ("gzip", ".gz")):
            packed = path.with_name(path.name + suffix)
            if packed.is_file():
                variants[coding] = packed.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found[url] = File(media_type, etag, FOREVER if url.startswith("/assets/") else ASK_AGAIN, variants)
    return found


class Static:
    """Serves the files; `/display` and every other navigation of a browser get their page."""

    def __init__(self, dist: Path) -> None:
        self._files = load(dist)

    async def __call__(self, scope: AsgiScope, send: AsgiSend) -> None:
        """Answer a GET or HEAD."""
        if scope["method"] not in ("GET", "HEAD"):
            raise ProblemError("method_not_allowed")
        path: str = scope["path"]
        file = self._files.get(PAGES.get(path, path))
        if file is None:
            navigates = "text/html" in header(scope, b"accept")
            if not self._files and (navigates or path in PAGES):
                await respond(send, 503, [("content-type", "text/plain; charset=utf-8")], NOT_BUILT)
                return
            file = self._files.get("/index.html") if navigates and "." not in path.rsplit("/", 1)[-1] else None
        if file is None:
            raise ProblemError("not_found")
        await _answer(scope, send, file)


async def _answer(scope: AsgiScope, send: AsgiSend, file: File) -> None:
    headers = [("etag", file.etag), ("cache-control", file.cache)]
    if len(file.variants) > 1:
        headers.append(("vary", "accept-encoding"))
    if file.etag in header(scope, b"if-none-match"):
        await send({"type": "http.response.start", "status": 304, "headers": [(k.encode(), v.encode()) for k, v in headers]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    coding = accepted_coding(header(scope, b"accept-encoding"), [c for c in file.variants if c])
    if coding:
        headers.append(("content-encoding", coding))
    headers.append(("content-type", file.media_type))
    await respond(send, 200, headers, file.variants[coding], head_only=scope["method"] == "HEAD")
