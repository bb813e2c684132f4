"""Attacks on the door, from the outside of the proxy."""

import re
import socket
import ssl
import statistics
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher

from tests.web.attacks.addresses import ask, list_routes
from tests.web.attacks.site import COOKIE, PASSWORD, Answer, Site
from tests.web.proxies import PATIENCE
from web.access import passwords
from web.access.rights import Right, Role

pytestmark = pytest.mark.slow

LOGINS = {role: role.value for role in (Role.MANAGER, Role.CLERK, Role.APPROVER, Role.EVALUATOR)} | {
    Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "auditor",
}  # fmt: skip
WRONG = "wrong-wrong-wrong"
UNLOCK = "UPDATE accounts SET failed = 0, locked_until = NULL"


def strip_typed(answer: Answer) -> str:
    """The page without its fields, which hold what the asker typed, and a token."""
    return re.sub("<input[^>]*>", "", answer.body.decode())


def unlock(site: Site) -> None:
    with site.database.connect() as connection:
        connection.execute(UNLOCK)


def test_too_many_tries_turn_away_one_address_whatever_it_says_of_itself(site: Site):
    attacker = site.browser()
    said = ("10.0.0.{}", "127.0.0.1", "::1", "unknown", "1.1.1.1, 2.2.2.{}")
    tries = [
        attacker.post(
            "/-/sign-in",
            {"login": f"nobody{number}", "password": WRONG},
            headers={
                "X-Forwarded-For": said[number % 5].format(number),
                "X-Real-IP": f"10.1.0.{number}",
                "Forwarded": f"for=10.2.0.{number}",
                "Client-IP": f"10.3.0.{number}",
            },
        ).status
        for number in range(34)
    ]
    assert tries == [401] * 30 + [429] * 4
    assert site.browser().sign_in("clerk").status == 302
    addresses = site.ask(
        "SELECT DISTINCT address FROM audit WHERE result <> 'done' AND about LIKE '%不存在%'"
    )
    assert addresses == [attacker.source]


def test_tries_from_many_addresses_lock_the_account_and_tell_nobody_that_they_do(site: Site):
    tries = [site.browser().sign_in("victim", f"{WRONG}{number}") for number in range(5)]
    locked = site.browser().sign_in("victim")  # by the right password
    assert [one.status for one in (*tries, locked)] == [401] * 6
    assert len({strip_typed(one) for one in (*tries, locked)}) == 1
    assert site.ask("SELECT action FROM audit WHERE login = 'victim' ORDER BY seq")[-2:] == [
        "locked", "sign_in_failed",
    ]  # fmt: skip
    unlock(site)
    assert site.browser().sign_in("victim").status == 302


def test_tries_at_the_same_moment_are_counted_one_by_one(site: Site):
    browsers = [site.browser() for _ in range(12)]
    assert all(one.token for one in browsers)
    with ThreadPoolExecutor(12) as pool:
        tries = list(pool.map(lambda one: one.sign_in("clerk.small", WRONG).status, browsers))
    assert tries == [401] * 12
    about = "SELECT count(*) FROM audit WHERE login = 'clerk.small' AND about = '{}'"
    assert site.one(about.format("口令不正确")) == 5
    assert site.one(about.format("账号锁定中")) == 7
    unlock(site)


def test_an_unknown_name_takes_as_long_as_a_known_one_and_reads_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher())
    known = ("manager.2022", "approver.2022", "clerk.2022", "manager.small")
    with site.database.connect() as connection:
        hashed = passwords.hash_password(PASSWORD)
        connection.execute("UPDATE accounts SET password = %s WHERE login = ANY(%s)", (hashed, [*known]))
    browser = site.browser()
    pairs = [
        (browser.sign_in(known[number % 4], WRONG), browser.sign_in(f"unbekannt.{number}", WRONG))
        for number in range(12)
    ]
    assert {one.status for pair in pairs for one in pair} == {401}
    assert len({strip_typed(one) for pair in pairs for one in pair}) == 1
    mine, theirs = (statistics.median(pair[place].seconds for pair in pairs) for place in (0, 1))
    assert 0.6 < theirs / mine < 1.6, (mine, theirs)
    unlock(site)


def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(site: Site):
    attacker = site.signed_in("clerk.2022")
    planted = attacker.cookies[COOKIE]
    victim = site.browser()
    victim.cookies[COOKIE] = planted
    victim.sign_in("manager")
    assert victim.cookies[COOKIE] != planted
    thief = site.browser()
    thief.cookies[COOKIE] = planted
    assert "manager" not in thief.get("/-/account/").text


def test_a_cookie_works_in_the_browser_alone_that_it_was_given_to(site: Site):
    person, thief = site.signed_in("manager"), site.browser()
    assert person.get("/-/account/").status == 200
    thief.cookies[COOKIE] = person.cookies[COOKIE]
    assert thief.get("/-/account/").status == 302  # from another address
    near = site.browser(person.source)
    near.cookies[COOKIE] = person.cookies[COOKIE]
    assert near.get("/-/account/", **{"User-Agent": "curl/8"}).status == 302


def test_a_cookie_that_was_signed_out_opens_nothing(site: Site):
    person = site.signed_in("manager")
    cookie = person.cookies[COOKIE]
    assert person.post("/-/sign-out").status == 302
    person.cookies[COOKIE] = cookie
    assert person.get("/-/account/").location.startswith("/-/sign-in")


def test_the_cookie_is_bound_to_host_and_tls(site: Site):
    browser = site.browser()
    answers = browser.get("/-/sign-in"), browser.sign_in("clerk")
    for answer in answers:
        (cookie,) = answer.headers.get_all("Set-Cookie")
        name, *flags = [part.strip() for part in cookie.split(";")]
        assert name.startswith(f"{COOKIE}=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags)
        assert not [flag for flag in flags if flag.startswith("Domain")]
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "//[",
    "/%2f%2fevil.example/..//",
    "javascript:alert(1)",
    " //evil.example",
    "http:evil.example",
    "//evil.example@localhost",
    "/\x00/evil.example",
    "/\x7f/evil",
)


@pytest.mark.parametrize("there", ELSEWHERE, ids=[ascii(one) for one in ELSEWHERE])
def test_signing_in_leads_to_a_page_of_ours(site: Site, there: str):
    browser = site.browser()
    page = browser.get(f"/-/sign-in?next={quote(there, safe='')}")
    assert page.status in (200, 400)
    answer = browser.sign_in("clerk", next=there)
    assert answer.status in (302, 400)
    leads = answer.location
    assert leads == "" or (leads[0] == "/" and leads[1:2] not in ("/", "\\")), leads
    assert "\n" not in leads and browser.cookies.keys() <= {COOKIE}


def test_no_answer_leads_to_a_host_that_the_request_names(site: Site):
    """The server itself, as somebody on the machine or an open proxy would ask it, and through nginx."""
    lines = "GET {} HTTP/1.1\r\nHost: {}\r\n{}Connection: close\r\n\r\n"
    for path in (
        "/tlf/2023",
        "/-/account",
        "/",
        "/-/people",
        "/-/sign-in",
        "/api/openapi.json",
        "//a//b/2023",
    ):
        for host, more in (
            ("evil.example", ""),
            ("localhost", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"),
            ("evil.example:1@localhost", ""),
            ('"><script>evil</script>', ""),
        ):
            answer = talk(site.behind, lines.format(path, host, more).encode())
            assert b"evil" not in answer, (path, host, answer[:500])
            assert not answer.startswith(b"HTTP/1.1 5"), (path, host)
    browser = site.browser()
    assert browser.get("/tlf/2023", Host="evil.example").status == 421
    assert browser.get("/tlf/2023").location == "/tlf/2023/"


def talk(port: int, sent: bytes, *, tls: ssl.SSLContext | None = None) -> bytes:
    """Everything that comes back until the server closes the connection."""
    raw = socket.create_connection(("127.0.0.1", port), PATIENCE)
    with tls.wrap_socket(raw, server_hostname="localhost") if tls else raw as connection:
        connection.sendall(sent)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except (ConnectionError, ssl.SSLError):
            pass
    return received


HIDDEN = b"GET /-/session/state.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_HEAD = b"POST /-/sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
SMUGGLED = {
    "two lengths": _HEAD + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "length and chunks": _HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks in disguise": _HEAD
    + b"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "chunks twice": _HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks after a tab": _HEAD
    + b"Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "a length with a sign": _HEAD + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a length before a colon": _HEAD + b"Content-Length : 0\r\n\r\n" + HIDDEN,
    "a folded length": _HEAD + b"Content-Length:\r\n 0\r\n\r\n" + HIDDEN,
    "bare line feeds": _HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + HIDDEN,
    "a negative length": _HEAD + b"Content-Length: -1\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("case", SMUGGLED)
def test_a_request_within_another_is_answered_by_neither_server(site: Site, case: str):
    """At most one answer, and never that of the hidden request."""
    tls = ssl.create_default_context(cafile=str(site.certificate))
    for port, context in ((site.behind, None), (site.port, tls)):
        received = talk(port, SMUGGLED[case], tls=context)
        assert received.count(b"HTTP/1.1 ") <= 1, received
        assert b'"login"' not in received


def test_no_form_is_taken_without_its_token_or_from_another_site(site: Site):
    """Whatever changes something, by somebody who may: without a token, with a stranger's, from elsewhere."""
    browsers = {role: site.signed_in(login) for role, login in LOGINS.items()}
    stranger, parts = site.signed_in("clerk.small").token, dict.fromkeys(_NAMED, "1")
    of_others = "SELECT count(*) FROM audit WHERE action <> 'form_token_refused'"
    before, wrong = site.one(of_others), []
    for route in list_routes():
        if route.method == "GET" or not isinstance(route.asks, Right):
            continue
        own = route.asks is Right.OWN_ACCOUNT
        browser = next(one for role, one in browsers.items() if own or route.asks in role.rights)
        for token, referrer in (("", None), (stranger, None), (browser.token, "https://evil.example/")):
            forms = {route.endpoint: {"csrf_token": token}}
            headers = {"Referer": referrer} if referrer else {}
            answer = ask(browser, route, parts, forms, **headers)
            if answer.status != 400:
                wrong.append((route.endpoint, answer.status))
    assert wrong == []
    assert site.one(of_others) == before


_NAMED = (
    "subject",
    "seq",
    "delivery",
    "document",
    "token",
    "upload",
    "file",
    "profile",
    "number",
    "made",
    "package",
    "sample",
    "login",
    "grant_id",
    "api_token",
    "other",
    "code",
)
