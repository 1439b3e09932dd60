"""The hardening contract on every route and status: headers, origins, methods, problems, bodies."""

import gzip
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server.app import HOT_DOORS
from server.gateway.rescue import FILE_BYTES_MAX
from server.gateway.rescue_files import LINE_BYTES_MAX
from server.settings import Settings
from sync import messages as m
from sync.errors import PROBLEMS
from tests.support.dist import PAGE, SCRIPT, make_dist
from tests.support.server import RunningServer, serve

SITE = "/s/yunting"
DEV = "0" * 32
ROUTES = [
    ("GET", "/config"),
    ("GET", "/healthz"),
    ("POST", "/setup"),
    ("GET", f"{SITE}/session"),
    ("POST", f"{SITE}/session"),
    ("DELETE", f"{SITE}/session"),
    ("POST", f"{SITE}/session/password"),
    ("POST", f"{SITE}/devices"),
    ("DELETE", f"{SITE}/devices/{DEV}"),
    ("POST", f"{SITE}/displays"),
    ("GET", f"{SITE}/displays/{DEV}"),
    ("POST", f"{SITE}/displays/confirm"),
    ("POST", f"{SITE}/displays/session"),
    ("POST", f"{SITE}/push"),
    ("POST", f"{SITE}/repair"),
    ("GET", f"{SITE}/snapshot/{DEV}"),
    ("GET", f"{SITE}/live"),
    ("POST", f"{SITE}/rescue"),
    ("POST", f"{SITE}/rescue/file"),
    ("OPTIONS", f"{SITE}/blobs"),
    ("POST", f"{SITE}/blobs"),
    ("PATCH", f"{SITE}/blobs/{DEV}"),
    ("DELETE", f"{SITE}/blobs/{DEV}"),
    ("GET", f"{SITE}/blobs/rid/{DEV}{DEV}"),
    ("GET", f"{SITE}/log/checkpoint"),
    ("GET", f"{SITE}/log/tile/{DEV}"),
    ("GET", f"{SITE}/log/proof/{DEV}"),
    ("GET", f"{SITE}/log/state"),
    ("POST", f"{SITE}/log/cosignature"),
    ("GET", f"{SITE}/registers"),
    ("GET", f"{SITE}/register/{DEV}"),
    ("GET", f"{SITE}/register/{DEV}/{DEV}"),
    ("GET", f"{SITE}/indices"),
    ("GET", f"{SITE}/sheets/{DEV}"),
    ("POST", f"{SITE}/sheets"),
    ("POST", f"{SITE}/people/{DEV}/password"),
    ("GET", f"{SITE}/paper/{DEV}/{DEV}"),
    ("GET", f"{SITE}/p/{DEV}"),
    ("GET", f"{SITE}/paper.css"),
    ("GET", f"{SITE}/pull?dev={DEV}"),
    ("GET", "/"),
    ("GET", "/display"),
    ("GET", "/assets/app-AbC123.js"),
    ("GET", "/nothing.js"),
    ("GET", f"{SITE}/nothing"),
    ("GET", "/s/nowhere/pull"),
    ("POST", "/s/nowhere/push"),
    ("PUT", f"{SITE}/push"),
    ("GET", f"{SITE}/push"),
    ("POST", f"{SITE}/pull"),
    ("PATCH", "/config"),
    ("POST", "/"),
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/s/yunting/schema"),
]
LIMITS = {f"{SITE}/rescue": FILE_BYTES_MAX, f"{SITE}/rescue/file": LINE_BYTES_MAX}
"""Bytes a door takes that takes more than usual."""
# Uploads and spreadsheets, whose bodies are no JSON, have tests of their own; a first password is asked for without a body.
NO_JSON = ("pull", "blobs", "sheets", f"{DEV}/password")
POSTS = [path for method, path in ROUTES if method == "POST" and path.startswith(("/s/yunting", "/setup")) and not path.endswith(NO_JSON)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serve(dist=make_dist(tmp_path_factory.mktemp("dist"))) as running:
        yield running


@pytest.fixture
def http(server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        yield client


def problem(answer: httpx.Response) -> m.ProblemBody:
    """The problem in an answer, checked against the registry."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = msgspec.json.decode(answer.content, type=m.ProblemBody)
    entry = PROBLEMS[body.type]
    assert (body.status, body.title, body.retry) == (entry.status, entry.text, entry.retry)
    assert answer.status_code == entry.status
    assert "Traceback" not in answer.text
    return body


def test_every_route_the_app_has_is_among_those_tested(server: RunningServer) -> None:
    """By its method; those served beside the framework, and the socket's, by their path."""
    paths = [(method, path.partition("?")[0]) for method, path in ROUTES]
    known = {(method, path.replace("yunting", "{}").replace(DEV, "{}")) for method, path in paths}
    served = {
        (method, "/".join("{}" if part.startswith("{") else part for part in route.path.split("/")))
        for route in server.app.framework.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }
    assert served - known == set()
    assert [door for door in (*HOT_DOORS, "live") if not any(re.fullmatch(f"{SITE}/{door}", path) for _, path in paths)] == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_carries_the_security_headers_and_no_server_name(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code < 500, answer.text
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    host = f"127.0.0.1:{http.base_url.port}"
    assert policy == {
        "default-src": "'none'",
        **dict.fromkeys(("script-src", "style-src", "manifest-src", "worker-src", "font-src"), "'self'"),
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "connect-src": f"'self' ws://{host} wss://{host}",
        **dict.fromkeys(("frame-ancestors", "base-uri", "form-action"), "'none'"),
        "require-trusted-types-for": "'script'",
        "trusted-types": "zaigang",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "strict-transport-security" not in headers
    if answer.status_code >= 400:
        problem(answer)
    if path.startswith("/s/") and answer.status_code < 400:
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b"{}",
        b"\xff\xfe",
        b"[" * 20_000,
        b'{"ops":' * 5_000,
        b'{"v":"1","name":[],"key":{},"code":1e999}',
    ],
)
def test_malformed_bodies_are_told_as_a_registered_problem(http: httpx.Client, path: str, body: bytes) -> None:
    answer = http.post(path, content=body, headers={"content-type": "application/json"})
    # An empty object is a sign-in without account and password.
    expected = ("malformed", "login_failed", "setup_code_bad") if body == b"{}" else ("malformed",)
    assert problem(answer).type in expected


@pytest.mark.parametrize("path", POSTS)
def test_oversized_bodies_are_refused(http: httpx.Client, path: str) -> None:
    size = 2 * LIMITS.get(path, 1_000_000)
    assert problem(http.post(path, content=b" " * size)).type == "too_large"

    def stream() -> Iterator[bytes]:
        for _ in range(size // 50_000):
            yield b" " * 50_000

    try:
        answer = http.post(path, content=stream())
    except httpx.TransportError:
        return  # the server answered and hung up while more was on its way
    assert problem(answer).type == "too_large"


def test_a_body_that_inflates_to_more_than_it_may_is_refused(http: httpx.Client) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    answer = http.post(f"{SITE}/push", content=bomb, headers={"content-encoding": "gzip"})
    assert problem(answer).type == "too_large"
    for damaged in (gzip.compress(b"{}")[:-3], b"\x1f\x8bnot gzip", gzip.compress(b"{}") + b"more", b""):
        assert problem(http.post(f"{SITE}/push", content=damaged, headers={"content-encoding": "gzip"})).type == "malformed"
    assert problem(http.post(f"{SITE}/push", content=b"{}", headers={"content-encoding": "br"})).type == "unsupported"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1.evil.example:{port}"},
        {"origin": "http://127.0.0.1:{port}@evil.example"},
    ],
)
def test_requests_from_another_page_are_refused(http: httpx.Client, path: str, headers: dict[str, str]) -> None:
    sent = {k: v.format(port=http.base_url.port) for k, v in headers.items()}
    assert problem(http.post(path, content=b"{}", headers=sent)).type == "origin_refused"


def test_our_own_page_and_tools_without_an_origin_are_served(http: httpx.Client) -> None:
    own = {"origin": str(http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    for headers in (own, {}):
        assert problem(http.post(f"{SITE}/push", content=b"{}", headers=headers)).type == "malformed"


def test_a_forwarded_host_does_not_move_the_origin(http: httpx.Client) -> None:
    headers = {
        "origin": "https://evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "forwarded": "host=evil.example",
    }
    assert problem(http.post(f"{SITE}/push", content=b"{}", headers=headers)).type == "origin_refused"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1"])
def test_a_socket_of_another_page_is_closed_with_4403(server: RunningServer, origin: str) -> None:
    with connect(f"{server.ws_url}{SITE}/live", origin=origin, proxy=None) as link:  # type: ignore[arg-type]
        with pytest.raises(ConnectionClosed):
            link.recv(timeout=5)
        assert link.close_code == 4403
        assert link.close_reason == "origin_refused"


def test_an_unknown_host_header_is_no_way_into_the_policy(server: RunningServer) -> None:
    for host in (b"", b"x;script-src *", b"a b"):
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(b"GET /config HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
            answer = b""
            while part := raw.recv(65536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"script-src *" not in answer


def test_a_body_that_trickles_in_does_not_stop_others(server: RunningServer, http: httpx.Client) -> None:
    held = []
    for _ in range(20):
        raw = socket.create_connection(("127.0.0.1", server.port))
        raw.sendall(b"POST /s/yunting/push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        held.append(raw)
    assert http.get("/healthz").json() == {"status": "ok"}
    for raw in held:
        raw.close()


# --- the built app ---------------------------------------------------------------------------------------------------


def test_pages_are_validated_and_hashed_files_are_kept_for_ever(http: httpx.Client) -> None:
    for path in ("/", "/index.html", "/display", "/sw.js", "/manifest.zh_Hans.webmanifest"):
        answer = http.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        again = http.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert http.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert http.get("/").content == PAGE
    assert b"wall" in http.get("/display").content
    assert http.get("/assets/app-AbC123.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert http.get("/manifest.zh_Hans.webmanifest").headers["content-type"] == "application/manifest+json"


def test_compressed_variants_are_sent_to_those_who_take_them(http: httpx.Client) -> None:
    for accept, coding in (("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None), ("br", None)):
        answer = http.get("/assets/app-AbC123.js", headers={"accept-encoding": accept})
        assert answer.headers.get("content-encoding") == coding, accept
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.content == SCRIPT


def test_a_navigation_anywhere_gets_the_app_and_a_missing_file_does_not(http: httpx.Client) -> None:
    navigation = {"accept": "text/html,application/xhtml+xml"}
    assert http.get("/outbox/whatever", headers=navigation).content == PAGE
    for path, headers in (("/outbox", {}), ("/assets/old-123.js", navigation), ("/.hidden", navigation), ("/../settings.py", navigation)):
        assert problem(http.get(path, headers=headers)).type == "not_found"
    assert problem(http.get("/s/yunting/whatever", headers=navigation)).type == "not_found"
    head = http.head("/")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PAGE)))


def test_without_a_build_a_person_is_told_so_in_plain_words(tmp_path: Path) -> None:
    with serve(dist=tmp_path / "none") as server, httpx.Client(base_url=server.base_url, trust_env=False) as http:
        answer = http.get("/", headers={"accept": "text/html"})
        assert answer.status_code == 503
        assert "./run build" in answer.text
        assert http.get("/config").status_code == 200


def test_behind_tls_cookies_are_bound_to_the_host_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    origin = "https://hall.example"
    with serve(origins=(origin,), dist=tmp_path) as server, httpx.Client(base_url=server.base_url, trust_env=False) as http:
        answer = http.post(f"{SITE}/session", json={"persona": "staff"}, headers={"origin": origin})
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-zg-yunting=")
        assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()
        assert problem(http.post(f"{SITE}/session", json={}, headers={"origin": "https://other.example"})).type == "origin_refused"
    assert Settings(origins=(origin,)).secure
