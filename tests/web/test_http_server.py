"""The server that users run: whose body it reads, how long it waits, and what it believes of a proxy."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.web.conftest import NOW, SETTINGS, app_of
from tests.web.proxies import PATIENCE, connect, make_certificate, run_proxy, write_caddy, write_nginx
from tracker import centers
from tracker.database import Database
from web.access.demo_people import add_demo_people
from web.http_server import MOST_CONNECTIONS, make_server
from web.uploads import FORM_BYTES, MOST_BYTES


@contextmanager
def serving(app: Flask, **options: Any) -> Iterator[Any]:
    server = make_server(app, "127.0.0.1", 0, **options)
    threading.Thread(target=server.run, daemon=True).start()
    yield server
    server.close()


@pytest.fixture
def app(database: Database, home: Path) -> Flask:
    """A demo, in which somebody is signed in by a choice."""
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        add_demo_people(connection, "tlf", NOW)
    return app_of(database, settings=replace(SETTINGS, home=home), demo=True)


def begin(port: int, length: int, *headers: str, path: str = "/tlf/imports/") -> socket.socket:
    """A request whose headers are sent and whose body is not."""
    sent = socket.create_connection(("127.0.0.1", port), PATIENCE)
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *headers, "", ""]
    sent.sendall("\r\n".join(lines).encode())
    return sent


def read_answer(sent: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(sent)
    answer.begin()
    return answer


def sign_in(port: int) -> str:
    """The cookie of the demo's clerk."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("POST", "/-/sign-in/as/luru")
        answer = connection.getresponse()
        answer.read()
        return str(answer.getheader("Set-Cookie")).partition(";")[0]


SECURITY_HEADERS = {  # as delivered, on every answer: whoever changes one changes it here
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Server": None,
    "X-Powered-By": None,
}


def test_every_security_header_has_its_value_on_every_kind_of_answer(database: Database, home: Path) -> None:
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        add_demo_people(connection, "tlf", NOW)
    app = app_of(database, settings=replace(SETTINGS, home=home, proxies=1), demo=True)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.8", "Host": "localhost"}
    with serving(app, proxies=1) as server:

        def ask(path: str, method: str = "GET", **more: str) -> HTTPResponse:
            with closing(HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)) as connection:
                connection.request(method, path, headers=headers | more)
                answer = connection.getresponse()
                answer.read()
                return answer

        cookie = str(ask("/-/sign-in/as/shenji", "POST").getheader("Set-Cookie")).partition(";")[0]
        answers = {
            "page": ask("/-/audit/", Cookie=cookie),
            "download": ask("/-/audit/trail.csv", Cookie=cookie),
            "refused": ask("/-/people/", Cookie=cookie),
            "sign-in": ask("/-/sign-in"),
            "redirect": ask("/-/audit/"),
            "interface": ask("/api/openapi.json"),
            "no token": ask("/api/centers/tlf/definitions"),
            "missing": ask("/-/nowhere"),
            "too large": ask("/-/sign-in", "POST", **{"Content-Length": str(FORM_BYTES + 1)}),
            "healthz": ask("/healthz"),
            "static": ask("/-/static/session.js"),
            "sign-out": ask("/-/sign-out", "POST", Cookie=cookie),
        }
    expected = dict.fromkeys(answers, SECURITY_HEADERS)
    assert {
        kind: {name: answer.getheader(name) for name in SECURITY_HEADERS} for kind, answer in answers.items()
    } == expected
    assert [answer.status for answer in answers.values()] == [
        200, 200, 403, 200, 302, 200, 401, 404, 413, answers["healthz"].status, 200, 302,
    ]  # fmt: skip
    kept = {kind: answer.getheader("Cache-Control") for kind, answer in answers.items()}
    assert kept == dict.fromkeys(answers, "no-store") | {"static": "no-cache"}
    forgotten = {kind: answer.getheader("Clear-Site-Data") for kind, answer in answers.items()}
    assert forgotten == dict.fromkeys(answers) | {"sign-out": '"cache", "storage"'}
    assert all(
        "charset=utf-8" in str(answers[kind].getheader("Content-Type")) for kind in ("page", "download")
    )


def test_a_strangers_file_is_refused_before_its_body_is_read(app: Flask) -> None:
    with serving(app) as server:
        for headers in ([], ["Expect: 100-continue"], ["Cookie: hotline=made-up"]):
            with begin(server.effective_port, 400 << 20, *headers) as sent:
                answer = read_answer(sent)
                assert answer.status in (302, 413), headers
            with begin(server.effective_port, MOST_BYTES, *headers) as sent:
                answer = read_answer(sent)
                assert (answer.status, str(answer.getheader("Location"))[:10]) == (302, "/-/sign-in")
                assert answer.getheader("Server") is None


def test_a_large_form_where_no_file_is_asked_for_is_refused_before_it_is_read(app: Flask) -> None:
    with serving(app) as server:
        with begin(server.effective_port, FORM_BYTES + 1, path="/-/sign-in") as sent:
            assert read_answer(sent).status == 413
        cookie = sign_in(server.effective_port)
        with begin(
            server.effective_port, FORM_BYTES + 1, f"Cookie: {cookie}", path="/tlf/questions/"
        ) as sent:
            assert read_answer(sent).status in (404, 405, 413)


@pytest.mark.parametrize("path", ["/-/sign-in", "/api/centers/tlf/events"])
def test_a_request_that_does_not_say_its_length_is_refused_before_it_is_read(app: Flask, path: str) -> None:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", "", ""]
    with serving(app) as server, socket.create_connection(("127.0.0.1", server.effective_port)) as sent:
        sent.settimeout(PATIENCE)
        sent.sendall("\r\n".join(lines).encode())
        answer = read_answer(sent)
        assert answer.status in (401, 411)
        assert ("json" in str(answer.getheader("Content-Type"))) is path.startswith("/api/")


def test_a_large_file_of_who_may_send_it_is_taken(app: Flask) -> None:
    mark, row = "----hotline", b"c1,\xe5\x91\xbc\xe5\x85\xa5,2024-03-01 08:00:00\n"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a_2024-03.csv"\r\n\r\n'
    rows = "流水号,呼叫类型,来电时间\n".encode() + row * (2 * FORM_BYTES // len(row))
    body = head.encode() + rows + f"\r\n--{mark}--\r\n".encode()
    with serving(app) as server:
        headers = {"Cookie": sign_in(server.effective_port)}
        headers["Content-Type"] = f"multipart/form-data; boundary={mark}"
        with closing(HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)) as connection:
            connection.request("POST", "/tlf/imports/", body, headers)
            answer = connection.getresponse()
            assert (answer.status, str(answer.getheader("Location"))[:13]) == (302, "/tlf/imports/")


def test_bodies_that_never_end_block_nobody_and_are_ended(app: Flask) -> None:
    time_told = [1_000.0]
    with serving(app, clock=lambda: time_told[0]) as server:
        unfinished = [begin(server.effective_port, 100, path="/-/sign-in") for _ in range(130)]
        assert len(unfinished) < MOST_CONNECTIONS
        with closing(HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/-/sign-in")
            assert connection.getresponse().status == 200
        time_told[0] += 61
        server.maintenance(time.time())
        for sent in unfinished:
            assert sent.recv(1) == b""  # closed
            sent.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "begin_proxy"), [("nginx", write_nginx), ("caddy", write_caddy)], ids=["nginx", "caddy"]
)
def test_behind_a_proxy_each_address_is_its_own(
    database: Database,
    home: Path,
    tmp_path: Path,
    certificate: Path,
    program: str,
    begin_proxy: Callable[[Path, int, int], list[str]],
) -> None:
    """31 wrong sign-ins from one address lock out that one alone; the trail has the address, whatever the
    browser says of it, and answers over TLS bind browsers to TLS."""
    if which(program) is None:
        pytest.skip(f"needs {program}")
    app = app_of(database, settings=replace(SETTINGS, home=home, proxies=1))
    with serving(app, proxies=1) as server, run_proxy(begin_proxy, tmp_path, server.effective_port) as port:

        def attempt(source: str) -> HTTPResponse:
            body = urlencode({"login": "nobody", "password": "wrong-wrong-wrong"})
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "10.9.9.9"}
            with closing(connect(port, certificate, source)) as connection:
                connection.request("POST", "/-/sign-in", body, headers)
                answer = connection.getresponse()
                answer.read()
                return answer

        answers = [attempt("127.0.0.2") for _ in range(31)]
        assert [one.status for one in answers[-2:]] == [401, 429]
        assert answers[0].getheader("Strict-Transport-Security")
        assert answers[0].getheader("Server") in (None, "nginx")
        assert attempt("127.0.0.3").status == 401
    with database.connect() as connection:
        rows = connection.execute("SELECT DISTINCT address FROM audit WHERE address <> ''").fetchall()
    assert {row[0] for row in rows} == {"127.0.0.2", "127.0.0.3"}
