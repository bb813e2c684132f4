"""Requests that are slow, large or many: each is answered or ended, and all others are answered meanwhile."""

import gzip
import io
import resource
import socket
import ssl
import time
import zipfile
from http.client import HTTPResponse

import pytest

from tests.web.attacks.site import AGENT, COOKIE, Browser, Site, build_multipart, get_path
from tests.web.proxies import PATIENCE

pytestmark = pytest.mark.slow

MOST_SECONDS = 10.0  # of an answer while the machine is busy with other tests
MOST_MEMORY = 200 << 20  # that a refused body may add to this process


def begin(site: Site, head: str, body: bytes = b"", *, direct: bool = False) -> socket.socket:
    """A request whose body is sent in part; over TLS through nginx, or at the server itself."""
    raw = socket.create_connection(("127.0.0.1", site.behind if direct else site.port), PATIENCE)
    if not direct:
        context = ssl.create_default_context(cafile=str(site.certificate))
        raw = context.wrap_socket(raw, server_hostname="localhost")
    raw.sendall(f"{head}\r\nHost: localhost\r\nUser-Agent: {AGENT}\r\n\r\n".encode() + body)
    return raw


def read_status(sent: socket.socket) -> tuple[int, str]:
    answer = HTTPResponse(sent)
    answer.begin()
    return answer.status, answer.headers.get("Location", "")


def get_memory() -> int:
    """Bytes that this process, which is the server too, has ever used at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def test_bodies_that_do_not_come_leave_the_pages_answering(site: Site):
    person = site.signed_in("manager")
    cookie = f"Cookie: {COOKIE}={person.cookies[COOKIE]}"
    heads = (
        "POST /-/sign-in HTTP/1.1\r\nContent-Length: 1000000",
        f"POST /tlf/imports/ HTTP/1.1\r\nContent-Length: 100000000\r\n{cookie}",
        "POST /api/centers/tlf/events HTTP/1.1\r\nContent-Length: 100000",
    )
    waiting = [begin(site, heads[number % 3], b"a") for number in range(120)]
    waiting += [begin(site, heads[number % 3], b"a", direct=True) for number in range(120)]
    answers = [person.get("/-/account/") for _ in range(5)]
    assert [one.status for one in answers] == [200] * 5
    assert max(one.seconds for one in answers) < MOST_SECONDS
    for one in waiting:
        one.close()


def test_a_huge_body_of_nobody_is_answered_before_it_is_sent(site: Site):
    for direct in (False, True):
        for size, expected in ((400 << 20, 413), (250 << 20, 302)):
            head = f"POST /tlf/imports/ HTTP/1.1\r\nContent-Length: {size}"
            with begin(site, head, direct=direct) as sent:
                status, location = read_status(sent)
            assert status in (expected, 302), (direct, size)
            assert status == 413 or location.startswith("/-/sign-in")


def test_a_compressed_body_is_not_unpacked(site: Site):
    bomb = gzip.compress(b"login=" + bytes(300 << 20), 9)
    before, browser = get_memory(), site.browser()
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/-/sign-in", "/api/centers/tlf/events", "/tlf/2023/controls"):
        answer = browser.send("POST", path, bomb, headers)
        assert answer.status in (302, 400, 401, 413, 415, 422), path
        assert answer.seconds < MOST_SECONDS
    assert get_memory() - before < MOST_MEMORY


def test_a_packed_file_that_unpacks_to_a_thousand_times_its_size_is_refused_with_a_sentence(site: Site):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"话单_2023-0{number + 1}.csv", bytes(300 << 20))
    clerk, before = site.signed_in("clerk"), get_memory()
    answer = clerk.post("/tlf/imports/", file=("话单.zip", packed.getvalue()))
    page = clerk.get(get_path(answer.location))
    assert (answer.status, page.status) == (302, 200)
    assert "512" in page.text or "解开" in page.text, page.text
    assert get_memory() - before < MOST_MEMORY


def test_forms_of_very_many_parts_or_fields_are_answered_soon(site: Site):
    clerk = site.signed_in("clerk")
    fields = {f"field{number}": "x" for number in range(100_000)}
    many_parts, kind = build_multipart(fields, {})
    answers = [
        clerk.send("POST", "/tlf/imports/", many_parts, _headed(clerk, kind)),
        site.browser().send("POST", "/-/sign-in", many_parts[: 2 << 20], {"Content-Type": kind}),
        site.browser().send("POST", "/-/sign-in", b"a=&" * ((2 << 20) // 3), _FORM),
        site.browser().send("POST", "/-/sign-in", b"&" * (2 << 20), _FORM),
        site.browser().send("POST", "/-/sign-in", b"login=%41" + b"%e4" * ((2 << 20) // 3 - 9), _FORM),
        clerk.send(
            "POST",
            "/tlf/days/2024-03-09/order",
            b"order_id=" + b"A" * (2 << 19),
            _headed(clerk, *_FORM.values()),
        ),
    ]
    assert {one.status for one in answers} <= {400, 413, 422}, [one.status for one in answers]
    assert max(one.seconds for one in answers) < MOST_SECONDS, [one.seconds for one in answers]


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _headed(browser: Browser, kind: str) -> dict[str, str]:
    return {"Content-Type": kind, "Referer": "https://localhost/"}


def test_very_many_cookies_and_headers_are_no_fault(site: Site):
    def try_headers(**headers: str) -> int:
        return site.browser().get("/-/sign-in", **headers).status

    assert try_headers(Cookie="; ".join(f"c{number}=x" for number in range(1000))) in (200, 400, 431)
    assert try_headers(**{f"X-{number}": "x" * 20 for number in range(100)}) in (200, 400, 431)
    assert try_headers(Cookie=f"{COOKIE}=" + "A" * 7000) == 200
    for lines in ("\r\n".join(f"X-{number}: x" for number in range(15_000)), "Cookie: " + "a=b; " * 45_000):
        with begin(site, f"GET /-/sign-in HTTP/1.1\r\n{lines}", direct=True) as sent:
            begun = time.perf_counter()
            assert read_status(sent)[0] in (200, 400, 431)
            assert time.perf_counter() - begun < MOST_SECONDS


def test_a_part_of_a_file_is_given_out_no_more_often_than_asked_for(site: Site):
    """Many overlapping ranges of one file are one answer, not longer than the file."""
    ranges = "bytes=" + ",".join(["0-"] * 1000)
    plain = site.browser().get("/-/static/hotline.css")
    answer = site.browser().get("/-/static/hotline.css", Range=ranges)
    assert len(answer.body) <= len(plain.body)
