"""What goes over the wire: compressed where it is taken, and files of the look not asked for again."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from itertools import islice

import pytest
from flask import Flask, Response

from tests.web.conftest import app_of, signed_in_client
from tests.web.test_http_server import PATIENCE, serving
from tracker.database import Database
from web import compression
from web.compression import LEAST, MOST_PADDING

MOST_OF_AN_OVERVIEW = 60_000  # bytes over the wire
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
OVERVIEW = "/tlf/2023/"


@pytest.fixture(scope="module")
def port(site: Database) -> Iterator[int]:
    """A real server over the site, whose pages the cookie of `headers` may see."""
    with serving(app_of(site)) as server:
        yield server.effective_port


@pytest.fixture(scope="module")
def headers(site: Database) -> dict[str, str]:
    """Those of a manager's browser."""
    client = signed_in_client(app_of(site), "manager")
    cookie = client.get_cookie("hotline")
    assert cookie is not None
    return {"Cookie": f"hotline={cookie.value}", "User-Agent": client.environ_base["HTTP_USER_AGENT"]}


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request(method, path, headers={"Accept-Encoding": "identity", **headers})
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.mark.parametrize(
    "path",
    [
        OVERVIEW, "/-/help/", "/-/static/hotline.css", "/bootstrap/-/static/css/bootstrap.min.css",
        "/api/openapi.json", "/tlf/2023-08/call_answer_rate/numerator.csv", "/tlf/2023/nope",
    ],
)  # fmt: skip
def test_texts_are_sent_compressed_to_who_takes_it_and_say_the_same(
    port: int, headers: dict[str, str], path: str
):
    plain, whole = ask(port, path, **headers)
    packed, sent = ask(port, path, **headers, **GZIP)
    assert plain.getheader("Content-Encoding") is None
    assert (packed.status, packed.getheader("Content-Encoding")) == (plain.status, "gzip")
    assert "Accept-Encoding" in str(packed.getheader("Vary"))
    assert "Accept-Encoding" in str(plain.getheader("Vary"))
    assert len(sent) < len(whole) * 2 / 3
    assert shorten(gzip.decompress(sent)) == shorten(whole)


def shorten(page: bytes) -> bytes:
    """Without what differs from one second to the next."""
    return re.sub(rb'(csrf_token" value|data-session-left)="[^"]*"|\d\d:\d\d:\d\d', b"", page)


def test_an_overview_is_small_on_the_wire(port: int, headers: dict[str, str]):
    _, sent = ask(port, OVERVIEW, **headers, **GZIP)
    assert len(sent) < MOST_OF_AN_OVERVIEW


def test_what_is_short_or_packed_already_or_has_no_body_is_left_as_it_is(port: int, headers: dict[str, str]):
    for path, method in (("/-/session/state.json", "GET"), (OVERVIEW, "HEAD"), ("/tlf/", "GET")):
        answer, _ = ask(port, path, method, **headers, **GZIP)
        assert answer.getheader("Content-Encoding") is None, path
    answer, book = ask(port, "/tlf/2023/workbook.xlsx", **headers, **GZIP)
    assert (answer.status, answer.getheader("Content-Encoding"), book[:2]) == (200, None, b"PK")
    refused, _ = ask(port, OVERVIEW, **headers, **{"Accept-Encoding": "gzip;q=0, br"})
    assert refused.getheader("Content-Encoding") is None


def test_a_part_of_a_file_is_of_the_file_as_it_is(port: int):
    answer, part = ask(port, "/-/static/hotline.css", Range="bytes=0-9", **GZIP)
    _, whole = ask(port, "/-/static/hotline.css")
    assert (answer.status, answer.getheader("Content-Encoding"), part) == (206, None, whole[:10])


def test_the_length_of_a_page_varies_whatever_it_holds(port: int, headers: dict[str, str]):
    lengths = {len(ask(port, "/-/help/", **headers, **GZIP)[1]) for _ in range(12)}
    assert max(lengths) - min(lengths) > 10
    assert max(lengths) - min(lengths) < 2 * MOST_PADDING


def test_a_stream_is_sent_as_it_is_made_and_closed_with_its_answer():
    app, made, closed = Flask(__name__), [], []
    compression.install(app)

    def stream() -> Iterator[str]:
        for number in range(10**9):
            made.append(number)
            yield "".join(f"{number * factor:09}" for factor in range(LEAST))

    @app.get("/")
    def endless() -> Response:
        answer = Response(stream(), mimetype="text/csv")
        answer.call_on_close(lambda: closed.append(True))
        return answer

    answer = app.test_client().get("/", headers=GZIP)
    begun = b"".join(islice(answer.iter_encoded(), 3))
    assert zlib.decompressobj(wbits=31).decompress(begun)
    assert len(made) < 100
    answer.close()
    assert closed == [True]


def test_files_of_the_look_are_kept_for_a_year_under_the_name_of_their_content(port: int):
    _, page = ask(port, "/-/sign-in")
    found = re.findall(r'(?:src|href)="([^"]+static[^"]+)"', page.decode())
    assert {where.partition("?")[0].rpartition("/")[2] for where in found} >= {
        "bootstrap.min.css", "hotline.css", "help.js", "icon.svg",
    }  # fmt: skip
    for where in found:
        answer, _ = ask(port, where, **GZIP)
        assert answer.status == 200
        assert answer.getheader("Cache-Control") == "public, max-age=31536000, immutable", where
        other = re.sub(r"v=[0-9a-f]+", "v=0123456789ab", where)
        assert ask(port, other)[0].getheader("Cache-Control") == "no-cache", other


def test_a_file_that_did_not_change_is_not_sent_again(port: int):
    first, _ = ask(port, "/-/static/hotline.css", **GZIP)
    again, body = ask(
        port, "/-/static/hotline.css", **GZIP, **{"If-None-Match": str(first.getheader("ETag"))}
    )
    assert (again.status, body) == (304, b"")


def test_pages_are_not_kept_by_browsers(port: int, headers: dict[str, str]):
    answer, _ = ask(port, f"{OVERVIEW}?v=0123456789ab", **headers, **GZIP)
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("ETag") is None
