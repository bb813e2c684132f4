"""What somebody tried who knows the product: rows of other years by detours, acts at the same moment, names
of files that lead elsewhere, pages that stay behind after signing out."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.attacks.contents import KEY, YEAR_WORD, find_seen, make_calls, make_objects
from tests.web.attacks.site import COOKIE, Answer, Browser, Site, get_path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parts(site: Site) -> dict[str, str]:
    return make_objects(site)


def test_a_package_of_all_years_is_no_way_to_rows_of_a_year_that_is_not_hers(site: Site, parts):
    """Neither as a sample, nor as its list on a page, nor by the index of what lies in it."""
    manager = site.signed_in("manager")
    for kind, form in (("package", {}), ("sample", {"seed": "9", "count": "50"})):
        assert manager.post(f"/tlf/2022/exports/{kind}", form).status == 302
    newest = (
        "SELECT key FROM jobs WHERE kind = '{}' AND year = 2022 ORDER BY created_at DESC, key DESC LIMIT 1"
    )
    sample, package = (site.one(newest.format(kind)) for kind in ("sample", "package"))
    for login in ("manager.2022", "approver.2022", "evaluator.2022"):
        browser = site.signed_in(login)
        before = site.one("SELECT count(*) FROM jobs")
        tries = [
            browser.post("/tlf/2022/exports/sample", {"seed": "9", "count": "50"}),
            browser.get(f"/tlf/2022/samples/{sample}"),
            browser.get(f"/tlf/2022/exports/{sample}"),
            browser.get(f"/tlf/2022/exports/{package}"),
            browser.get("/tlf/2022/evidence"),
        ]
        assert [one.status for one in tries] == [403] * len(tries), login
        assert site.one("SELECT count(*) FROM jobs") == before
        for there in ("/tlf/2022/exports", "/tlf/2022/review"):
            assert YEAR_WORD not in browser.get(there).text
    assert manager.get(f"/tlf/2022/samples/{sample}").status == 200


def do_at_once(*acts: Callable[[], Answer]) -> list[int]:
    """The statuses of acts that are begun together."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.status for one in pool.map(lambda act: act(), acts)]


def post_later(browser: Browser, path: str, form: dict[str, str] | None = None) -> Callable[[], Answer]:
    """A form that is ready to be sent: its token is asked for now."""
    assert browser.token
    return lambda: browser.post(path, form or {})


def count_events(site: Site, *types: str) -> int:
    listed = ", ".join(f"'{one}'" for one in types)
    return int(site.one(f"SELECT count(*) FROM events WHERE center_id = 'tlf' AND type IN ({listed})"))


def test_of_people_who_decide_at_the_same_moment_one_alone_decides(site: Site, parts):
    manager = site.signed_in("manager")
    approvers = [site.signed_in("approver") for _ in range(6)]
    there = f"/tlf/definitions/{KEY}/proposals/1"
    decided = do_at_once(
        *(post_later(one, f"{there}/approval") for one in approvers[:3]),
        *(post_later(one, f"{there}/rejection", {"reason": "不同意"}) for one in approvers[3:]),
        post_later(manager, f"{there}/withdrawal"),
    )
    assert sorted(decided) == [302] + [422] * 6
    assert count_events(site, "definition.proposal_decided") == 1
    closing = "/tlf/2023-05/closing/exceptions/1"
    do_at_once(
        *(post_later(one, f"{closing}/approval") for one in approvers[:3]),
        *(post_later(one, f"{closing}/refusal") for one in approvers[3:]),
        post_later(manager, f"{closing}/end"),
    )
    opened, closed = count_events(site, "lock_exception.opened"), count_events(site, "lock_exception.closed")
    assert (opened, closed) in ((0, 1), (1, 1)), (opened, closed)


def test_two_requests_at_the_same_moment_are_no_confirmation(site: Site, parts):
    """Nor does one person confirm her own by sending it from two windows."""
    both = site.signed_in("manager")
    closing = "/tlf/2023-04/closing"
    for browser, step in (
        (both, "completion"),
        (both, "submission"),
        (site.signed_in("approver"), "approval"),
    ):
        browser.post(f"{closing}/{step}", {"said": "没有其他数据"})
    windows = [site.signed_in("manager") for _ in range(4)]
    do_at_once(*(post_later(one, f"{closing}/lock-request") for one in windows))
    sealed = "SELECT count(*) FROM events WHERE type = 'month.sealed' AND subject = 'month/2023-04'"
    assert site.one(sealed) == 0
    seen = {"seen": find_seen(site.signed_in("approver"), closing)}
    approvers = [site.signed_in("approver") for _ in range(4)]
    done = do_at_once(*(post_later(one, f"{closing}/lock", seen) for one in approvers))
    assert site.one(sealed) == (1 if seen["seen"] else 0), done


def test_an_administrator_confirms_no_request_of_her_own_however_often_she_sends_it(site: Site, parts):
    number = site.one("SELECT number FROM account_resets WHERE decided_at IS NULL")
    own = [site.signed_in("security") for _ in range(3)]
    there = f"/-/people/victim/resets/{number}/confirmation"
    assert do_at_once(*(post_later(one, there) for one in own)) == [422] * 3
    others = [site.signed_in("security2") for _ in range(4)]
    assert sorted(do_at_once(*(post_later(one, there) for one in others))) == [302, 422, 422, 422]
    assert site.one("SELECT count(*) FROM audit WHERE action = 'second_factor_removed'") == 1


NAMES = (
    "../../../evil_2023-09.csv",
    "..\\..\\evil_2023-09.csv",
    "/etc/cron.d/evil_2023-09.csv",
    "C:\\evil_2023-09.csv",
    "....//evil_2023-09.csv",
    "evil_2023-09.csv/..",
    ".csv",
    "..",
    "",
    "CON.csv",
    "evil\\x00.csv",
    "-rf.csv",
    "evil;rm -rf ~_2023-09.csv",
    "$(reboot)_2023-09.csv",
    "%2e%2e%2fevil_2023-09.csv",
    "a" * 300 + ".csv",
)


def list_files(site: Site) -> list[str]:
    folder = site.home.parent
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


@pytest.mark.parametrize("name", NAMES, ids=[ascii(one)[:40] for one in NAMES])
def test_the_name_of_a_file_leads_nowhere(site: Site, name: str):
    clerk, before = site.signed_in("clerk"), list_files(site)
    answer = clerk.post("/tlf/imports/", file=(name.replace("\\", "\\\\"), make_calls("2023-09-03", 8)))
    assert answer.status in (302, 422)
    new = [one for one in list_files(site) if one not in before]
    assert all(re.fullmatch(r"var/jobs/tlf/[^/]+/[^/]+", one) for one in new), new
    assert "evil" not in {path.name for path in site.home.parent.parent.iterdir()}


def test_an_archive_does_not_unpack_beside_its_place(site: Site):
    """Nor does a link in it lead anywhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../evil.csv", "/tmp/evil-of-the-tests.csv", "..\\evil.csv"):
            archive.writestr(name, make_calls("2023-09-04", 9))
        link = zipfile.ZipInfo("话单_2023-09.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    clerk, before = site.signed_in("clerk"), list_files(site)
    answer = clerk.post("/tlf/imports/", file=("话单_2023-09.zip", packed.getvalue()))
    page = clerk.get(get_path(answer.location)).text
    new = [one for one in list_files(site) if one not in before]
    assert all("evil" not in one for one in new), new
    assert "root:" not in page


def test_nothing_that_was_shown_stays_behind(site: Site, parts):
    """Neither browser nor proxy keeps pages, files and refusals, and nobody is told that one is unchanged."""
    manager = site.signed_in("manager")
    for there in (
        "/",
        "/tlf/2023/",
        "/tlf/nothing",
        f"/tlf/documents/{parts['document']}/file",
        "/tlf/2023/workbook.xlsx",
        f"/tlf/2023/exports/{parts['made']}",
        "/tlf/2023-05/call_answer_rate/numerator.csv",
        "/-/sign-in",
        "/-/session/state.json",
        "/api/openapi.json",
        "/tlf/2023/public.csv",
        "/nothing/2023",
    ):
        answer = manager.get(there)
        assert answer.headers["Cache-Control"] == "no-store", there
        stale = {"If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        assert manager.get(there, **stale).status != 304, there


def test_a_page_asked_for_by_another_method_or_name_is_the_same_page(site: Site, parts):
    """HEAD, OPTIONS and overrides open nothing that GET does not."""
    clerk = site.signed_in("clerk.2022")
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        answer = clerk.send(method, f"/tlf/vault/{parts['token']}")
        assert answer.status in (200, 403, 404, 405) and answer.body.count(b"138") == 0, method
    before = site.one("SELECT count(*) FROM events")
    for header in ("X-HTTP-Method-Override", "X-Method-Override"):
        clerk.get(f"/tlf/deliveries/{parts['delivery']}/void", **{header: "POST"})
    clerk.get(f"/tlf/deliveries/{parts['delivery']}/void?_method=POST")
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Script-Name"):
        answer = clerk.get("/-/account/", **{name: f"/tlf/vault/{parts['token']}"})
        assert "查看理由" not in answer.text
    assert site.one("SELECT count(*) FROM events") == before


def test_a_cookie_is_no_token_and_a_token_is_no_cookie(site: Site, parts):
    machine = {"Authorization": f"Bearer {parts['machine']}"}
    manager = site.signed_in("manager")
    assert site.browser().get("/tlf/2023/", **machine).status == 302
    assert manager.get("/api/centers/tlf/figures/2023").status == 401
    assert (
        manager.get("/api/centers/tlf/figures/2023", Authorization=f"Bearer {manager.cookies[COOKIE]}").status
        == 401
    )
    for wrong in ("", "Bearer", "Bearer ", f"Basic {parts['machine']}", f"Bearer {parts['api_token']}"):
        assert site.browser().get("/api/centers/tlf/figures/2023", Authorization=wrong).status == 401
    asked = f"/api/centers/tlf/figures/2023?token={parts['machine']}&access_token={parts['machine']}"
    assert site.browser().get(asked).status == 401


def test_the_product_opens_no_address_that_somebody_types():
    """Nothing in it speaks to other hosts: there is no address to be turned inward."""
    from tests.web.attacks.test_odd_values import WEB

    speaking = re.compile(r"\b(urlopen|requests|httpx|aiohttp|smtplib|ftplib|HTTPSConnection)\b")
    sources: Sequence[str] = [
        str(path)
        for room in ("web", "kpi", "ingest", "tracker")
        for path in (WEB.parent / room).rglob("*.py")
        if speaking.search("\n".join(re.findall(r"^\s*(?:import|from) .*", path.read_text("utf-8"), re.M)))
    ]
    assert sources == []
