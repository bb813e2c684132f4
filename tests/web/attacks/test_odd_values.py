"""Odd values in every part of every address and form: never a fault, a trace, or a long wait."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest

from tests.web.attacks.addresses import FILES, FORMS, Route, ask, list_routes
from tests.web.attacks.contents import make_objects
from tests.web.attacks.site import Answer, Browser, Site
from web.access.guard import Door
from web.access.rights import Right, Role

pytestmark = pytest.mark.slow

DRAWS = 3  # of a route's query or form
JOBS = ("/trial", "/commit", "/workbook", "/questions/1")  # wait for work in the background
PATH_DRAWS = 1  # of a part of its address
MOST_SECONDS = 2.0
MOST_TIMES = 40  # the time of the smallest page, where an answer takes longer than that
WEB = Path(__file__).parents[3] / "web"
ODD = (
    "", " ", "\0", "x\0y", "-1", "0", "00", "99999999999999999999", "9" * 5000, "1e400", "-1e400", "NaN",
    "Infinity", "1_000", "²", "٣", "１２", "−1", "0x10", "null", "true", "[]", "{}", '{"a":1}', "9999-12-31",
    "0000-00-00", "0001-01-01", "2023-02-30", "2023-13-01", "2023-W01", "+20230-01-01", "2023-05-09T25:61",
    "1900-01-01", "9999", "0000", "2023-Q5", "..", "../../etc/passwd", "/etc/passwd", "%2e%2e%2f", "a/../b",
    "C:\\x", "'", '"', "' OR 1=1--", "'; DROP TABLE events;--", "\\", "%", "%s%n%x%d", "{0.__class__}",
    "{{7*7}}", "${7*7}", "<script>alert(1)</script>", "\u202e", "\ufeff", "\u200b", "𠮷" * 300, "A" * 4000,
    "\r\nX-Odd: y", "\t", "a,b;c", "*", "?", "#", "&", "=", "=1+1", "-", "_", ".", "None", "__class__",
)  # fmt: skip
BROKEN = (b"\xff\xfe", b"\xed\xa0\x80", b"%zz", b"\xc0\xaf", b"%u0000")  # no UTF-8, no escapes
_NAME = re.compile(r'(?:args|values|arguments|form|choice|typed)(?:\.get|\.getlist)?[(\[]\s*"([a-z_-]+)"')
_READ = re.compile(r'_read_\w+\("([a-z_]+)"')
_FIELD = re.compile(r"^    (\w+) = (?:\w+)Field\(", re.MULTILINE)


def list_names() -> list[str]:
    """Every name by which a view asks for a part of a query or a form, from the source of the pages."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.py"))]
    return sorted(
        {name for one in sources for pattern in (_NAME, _READ, _FIELD) for name in pattern.findall(one)}
    )


NAMES = list_names()
ROUTES = list(list_routes())


@pytest.fixture(scope="module")
def parts(site: Site) -> dict[str, str]:
    return make_objects(site)


@pytest.fixture(scope="module")
def browsers(site: Site) -> dict[Right | Door | None, Browser]:
    """A browser that may, by what a route asks for."""
    logins = {role: role.value for role in (Role.MANAGER, Role.CLERK, Role.APPROVER, Role.EVALUATOR)}
    logins |= {Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "auditor"}
    who = {role: site.signed_in(login) for role, login in logins.items()}
    found: dict[Right | Door | None, Browser] = {
        right: next((who[role] for role in who if right in role.rights), who[Role.MANAGER]) for right in Right
    }
    return found | {Door.OPEN: site.browser(), Door.MACHINE: site.browser(), Door.WALL: site.browser()}


def encode(random: Random) -> str:
    """An odd value as it stands in an address."""
    return (
        quote_from_bytes(random.choice(BROKEN))
        if random.random() < 0.1
        else quote(random.choice(ODD), safe="")
    )


def draw_query(random: Random) -> str:
    """Some names, some of them twice or as a list's."""
    names = random.sample(NAMES, 12) + random.choices(("page", "year", "as_of", "a[]", "[", "code[0]"), k=4)
    pairs = [f"{name}={encode(random)}" for name in names]
    query, used = [], 0
    for pair in pairs:
        used += len(pair)
        if used < 6000:  # what nginx lets through
            query.append(pair)
    return "&".join(query)


def draw_addresses(route: Route, parts: dict[str, str], random: Random) -> Iterator[str]:
    """The address with odd queries, then with each of its parts odd."""
    there = route.fill(parts)
    for _ in range(DRAWS):
        yield f"{there}?{draw_query(random)}"
    for name in sorted(route.rule.arguments):
        for _ in range(PATH_DRAWS):
            odd = encode(random)
            if len(odd) < 7000:
                yield route.fill(
                    {
                        **parts,
                        name: "ODDPART",
                        "api_token": "ODDPART" if name == "token" else parts["api_token"],
                    }
                ).replace("ODDPART", odd)


def find_fault(answer: Answer, path: str, again: Callable[[], Answer], least: Callable[[], Answer]) -> str:
    """What is wrong with an answer. What took long is asked for again, and set against the smallest page: the
    machine may do other work."""
    if answer.status >= 500 and not path.startswith("/healthz"):
        return f"{answer.status} {path}"
    if "Traceback" in answer.text or "psycopg" in answer.text:
        return f"trace {path}"
    if answer.seconds > MOST_SECONDS and not path.endswith(JOBS):
        seconds = again().seconds
        return f"{seconds:.1f} s {path}" if seconds > max(MOST_SECONDS, MOST_TIMES * least().seconds) else ""
    return ""


def send(browser: Browser, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
    """What is wrong with the answer to a request; empty: nothing."""

    def ask_again() -> Answer:
        return browser.send(method, path, body, headers)

    return find_fault(ask_again(), path, ask_again, lambda: browser.get("/-/session/state.json"))


def test_no_odd_address_is_a_fault(site: Site, parts, browsers):
    """Some 500 requests, the same ones in every run."""
    begun, faults = site.requests, []
    for route in ROUTES:
        if route.method != "GET":
            continue
        random, browser = Random(route.endpoint), browsers[route.asks]
        headers = {"Authorization": f"Bearer {parts['machine']}"} if route.of_machines else {}
        for path in draw_addresses(route, parts, random):
            faults.append(send(browser, "GET", path, None, headers))
    assert [one for one in faults if one] == []
    assert site.requests - begun > 400


INSTRUCTIONS = (
    "_scheme=javascript&_external=1&_anchor=x&_method=POST&endpoint=x&values=x&center=x&period=x&year=x"
)


def test_a_query_says_nothing_to_what_writes_links(site: Site, parts, browsers):
    """Words that mean something to Flask's url_for, or name a part of the address."""
    wrong = []
    for route in ROUTES:
        if route.method == "GET" and not route.of_machines and route.endpoint != "health.state":
            answer = browsers[route.asks].get(f"{route.fill(parts)}?{INSTRUCTIONS}")
            if answer.status >= 500 or "javascript:" in answer.text or "javascript:" in answer.location:
                wrong.append((route.endpoint, answer.status))
    assert wrong == []


def test_no_odd_form_is_a_fault(site: Site, parts, browsers):
    """Some 180 requests: real forms of which some fields are odd, and forms of nothing but odd fields."""
    begun, faults = site.requests, []
    for route in ROUTES:
        if route.method == "GET" or route.endpoint in (
            "sign_in.sign_out",
            "people.change",
            "own_account.password",
        ):
            continue
        random, browser = Random(route.endpoint), browsers[route.asks]
        headers = {"Authorization": f"Bearer {parts['machine']}"} if route.of_machines else {}
        for number in range(DRAWS):
            usual = dict(FORMS.get(route.endpoint, {})) if number % 2 else {}
            names = random.sample(sorted(usual) or NAMES, min(len(usual) or 40, 1 + number))
            form = usual | {name: random.choice(ODD) for name in names}
            if route.endpoint not in FILES:
                body = urlencode({"csrf_token": browser.token, **form}, doseq=True).encode()
                kind = "application/x-www-form-urlencoded"
                sent = headers | {"Content-Type": kind, "Referer": f"https://localhost:{site.port}/"}
                path = route.fill(parts)
                fault = send(browser, "POST", path, body, sent)
                faults.append(fault and f"{fault} {form}")
            else:
                answer = ask(browser, route, parts, {route.endpoint: form}, **headers)
                faults.append(f"{route.endpoint} {form} {answer.status}" if answer.status >= 500 else "")
    assert [one for one in faults if one] == []
    assert site.requests - begun > 100


def test_no_odd_body_of_a_machine_is_a_fault(site: Site, parts):
    """JSON that is none, deep, huge in numbers, or of another shape."""
    headers = {"Authorization": f"Bearer {parts['machine']}"}
    bodies = (
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[[[[",
        b"[" * 50_000,
        b'{"a":' * 20_000,
        b'"\\ud800"',
        b"\xff\xfe{}\x00",
        b'{"specversion":"1.0","id":1e400}',
        b'{"specversion":"1.0","id":"\\u0000","source":"a","type":"b"}',
        b'{"specversion":"1.0","id":"x","source":"/a","type":"call.ended","data":{"at":"9999-12-31T23:59:59Z"}}',
        b'{"specversion":"1.0","id":"x","source":"/a","type":"call.ended","time":"0000-00-00","data":[]}',
        b"[" + b"{}," * 999 + b"{}]",
        b"1" * 100_000,
        b'{"data":"' + b"A" * 900_000 + b'"}',
    )
    kinds = (
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/json",
        "text/plain",
        "application/x-ndjson",
        "",
    )
    faults = []
    for number, body in enumerate(bodies):
        browser = site.browser()
        for kind in kinds:
            for path in ("/api/centers/tlf/events", "/api/centers/tlf/events/batch"):
                answer = browser.send("POST", path, body, headers | {"Content-Type": kind})
                if answer.status >= 500 or "Traceback" in answer.text:
                    faults.append((number, kind, path, answer.status))
    assert faults == []
