"""A centre with things of 2022 and 2023 of every sort that an address can name, and people around it.

What belongs to the centre says CENTRE_WORD, what belongs to 2023 says YEAR_WORD: nobody without a right
to it may read either.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from ingest.importing.import_file import import_file
from kpi.figures import results
from tests.ingest.tables import CALL_HEADER
from tests.web.attacks.site import Browser, File, Site, get_path
from tests.web.conftest import NOW, grant
from tracker import centers
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.access.rights import Role

CENTRE_WORD = "夜莺"
YEAR_WORD = "画眉"
BUSINESS = (Role.CLERK, Role.MANAGER, Role.APPROVER, Role.EVALUATOR)
ADMINISTRATION = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "auditor": Role.AUDIT_ADMIN}
KEY = "call_answer_rate"

_CALL = "{id},呼入,1380000{n:04d},{day} 08:03:05,{day} 08:03:10,{day} 08:03:20,{day} 08:05:00,{agent},已接听"
_ROSTER = f"""工号,姓名,岗位,学历,入职日期
R1,张三丰,话务员,本科,2023-01-01
R2,李四光,{YEAR_WORD}岗,大专,2023-01-02
"""
_PLACED = "a000{0},呼入,1380000{0:04d},2023-06-0{0} 08:00:00,2023-06-0{0} 08:00:05,2023-06-0{0} 08:00:09"
_COLUMNS = ("call_id", "direction", "caller", "entered_at", "queued_at", "answered_at")


def fill(site: Site) -> None:
    """Two centres, and people."""
    with site.database.connect() as connection:
        centers.create_center(connection, "tlf", f"{CENTRE_WORD}市12345热线", now=NOW)
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
    _add_people(site)


def compute(site: Site) -> None:
    """Brings the figures up to date, as the nightly job does."""
    with site.database.engine.begin() as connection:
        for code in ("tlf", "small"):
            results.bring_up_to_date(connection, code, NOW)


def _add_people(site: Site) -> None:
    for role in BUSINESS:
        is_guest = role is Role.EVALUATOR
        site.add(role.value, grant(role, "tlf", frozenset({2022, 2023}) if is_guest else None))
        site.add(f"{role}.2022", grant(role, "tlf", frozenset({2022})))
        site.add(f"{role}.small", grant(role, "small", frozenset({2022, 2023}) if is_guest else None))
    for login, role in ADMINISTRATION.items():
        site.add(login, grant(role))
    site.add("security2", grant(Role.SECURITY_ADMIN))
    site.add("victim", grant(Role.CLERK, "tlf"))


def make_calls(day: str, *numbers: int, agent: str = "8001") -> bytes:
    rows = [_CALL.format(id=f"c{n}", n=n, day=day, agent=agent) for n in numbers]
    return "\n".join([CALL_HEADER, *rows, ""]).encode()


def _import_files(site: Site) -> None:
    for name, content in (
        (f"话单_2022-05_{CENTRE_WORD}.csv", make_calls("2022-05-03", 9)),
        (
            f"话单_2023-05_{YEAR_WORD}{CENTRE_WORD}.csv",
            make_calls("2023-05-03", 1, 2, agent=f"{YEAR_WORD}01"),
        ),
        (f"花名册_{YEAR_WORD}_2023-05.csv", _ROSTER.encode()),
    ):
        path = site.home / name
        path.write_bytes(content)
        import_file(site.database, site.home, path, "tlf", now=NOW)
        path.unlink()


def import_on_pages(clerk: Browser, file: File, **mapping: str) -> str:
    """The address of an upload that was tried and imported; `mapping`: its columns, told first."""
    answer = clerk.post("/tlf/imports/", file=file)
    assert answer.status == 302, answer.text
    there = get_path(answer.location)
    if mapping:
        mapped = clerk.post(f"{there}/mapping", mapping)
        assert mapped.status == 302, mapped.text
    for step in ({"trial": {}}, {"commit": {"without": "1"}}):
        ((name, form),) = step.items()
        assert clerk.post(f"{there}/{name}", form).status == 302
    state = clerk.site.one(f"SELECT state FROM jobs WHERE key = '{there.rpartition('/')[2]}'")
    assert state == "done", (file[0], state, clerk.get(there).text)
    return there


def make_objects(site: Site) -> dict[str, str]:
    """Things of tlf and 2023 by the part of an address that names them, most of them made on pages."""
    _import_files(site)
    compute(site)
    who: Callable[[str], Browser] = site.signed_in
    clerk, manager, approver, security = who("clerk"), who("manager"), who("approver"), who("security")
    attached = clerk.post(
        "/tlf/2023/documents/attach",
        {"kind": "other", "thing": "call", "identity": "c1", "title": f"{YEAR_WORD}录音"},
        file=("a.txt", "录音\n".encode()),
    )
    assert attached.status == 302, attached.text
    mapped = import_on_pages(
        clerk,
        (f"平台_2023-06_{YEAR_WORD}.csv", "\n".join(map(_PLACED.format, (1, 2))).encode()),
        sheet="1", kind="calls", header="0", title=f"{CENTRE_WORD}平台",
        **{f"as-{place}": key for place, key in enumerate(_COLUMNS)},
    )  # fmt: skip
    waiting = clerk.post("/tlf/imports/", file=(f"话单_2023-07_{YEAR_WORD}.csv", make_calls("2023-07-03", 5)))
    closing = "/tlf/2023-05/closing"
    for browser, step, form in (
        (manager, "completion", {}),
        (manager, "submission", {"said": "没有其他数据"}),
        (approver, "approval", {}),
        (manager, "lock-request", {}),
    ):
        seen = {"seen": find_seen_sources(browser, closing)} if step == "approval" else {}
        assert browser.post(f"{closing}/{step}", form | seen).status == 302, step
    assert approver.post(f"{closing}/lock", {"seen": find_seen(approver, closing)}).status == 302
    reason = {"reason": f"{YEAR_WORD}补报", "last_day": "2024-03-20", "of": ""}
    assert manager.post(f"{closing}/exceptions", reason).status == 302
    proposal = manager.post(f"/tlf/definitions/{KEY}/proposal", make_proposal(manager))
    assert proposal.status == 302, proposal.text
    made = {kind: _export(site, manager, kind, **asked) for kind, asked in (
        ("workbook", {}), ("package", {}), ("sample", {"seed": "7", "count": "5"}))}  # fmt: skip
    assert security.post("/-/people/victim/resets", {"what": "second_factor"}).status == 302
    call = "SELECT {} FROM events WHERE center_id = 'tlf' AND subject = 'call/c1'"
    with site.database.connect() as connection:
        scopes = frozenset(Scope)
        machine = api_tokens.issue(connection, "tlf", "平台", scopes=scopes, by="security", now=NOW)
    return {
        "subject": "call/c1",
        "seq": str(site.one(call.format("seq"))),
        "delivery": site.one(call.format("delivery")),
        "document": site.one("SELECT document FROM documents"),
        "token": site.one(call.format("substring(data from 'phone-[0-9a-f]{24}')")),
        "upload": get_path(waiting.location).rpartition("/")[2],
        "file": mapped.rpartition("/")[2],
        "profile": f"{CENTRE_WORD}平台",
        "number": "1",
        "made": made["workbook"],
        "package": made["package"],
        "sample": made["sample"],
        "login": "victim",
        "grant_id": str(site.one("SELECT grant_id FROM grants WHERE login = 'victim'")),
        "api_token": site.one("SELECT token FROM api_tokens"),
        "machine": machine,
        "other": site.ask("SELECT session FROM sessions WHERE login = 'clerk' ORDER BY created_at")[0],
        "code": find_code(manager),
    }


def find_code(browser: Browser) -> str:
    """The code of a figure of 2023."""
    page = browser.get(f"/tlf/2023-05/{KEY}/figure").text
    found = re.search(r"[?&]code=([0-9A-Z-]+)", page)
    assert found is not None
    return found[1]


def find_seen(browser: Browser, page: str) -> str:
    """The number of the event that a page asks to confirm."""
    return _find_hidden(browser, page, r"(\d+)")


def find_seen_sources(browser: Browser, page: str) -> str:
    """What a month's page shows of its sources to whoever approves them."""
    return _find_hidden(browser, page, r'(\d+ [^"]+)')


def _find_hidden(browser: Browser, page: str, pattern: str) -> str:
    found = re.search(f'name="seen" value="{pattern}"', unescape(browser.get(page).text))
    return found[1] if found else ""


def make_proposal(manager: Browser) -> dict[str, str]:
    """A definition otherwise counted, from 2023-06 on."""
    page = manager.get(f"/tlf/definitions/{KEY}/proposal?fork=all_inbound").text
    text = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    return {"text": text, "effective": "2023-06", "reason": f"{CENTRE_WORD}省里要求", "clause": ""}


def _export(site: Site, manager: Browser, kind: str, **asked: Any) -> str:
    answer = manager.post(f"/tlf/2023/exports/{kind}", asked)
    assert answer.status == 302, answer.text
    newest = f"SELECT key FROM jobs WHERE kind = '{kind}' AND state = 'done' ORDER BY key DESC LIMIT 1"
    return str(site.one(newest))
