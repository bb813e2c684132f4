"""Scripts, markup and formulas in every field that is read or typed: nowhere are they more than text."""

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import count
from urllib.parse import quote, urljoin

import openpyxl
import pytest
from lxml import html
from playwright.sync_api import Browser as Chromium

from ingest.importing.import_file import import_file
from tests.web.attacks.contents import compute
from tests.web.attacks.site import PASSWORD, Answer, Browser, Site, get_path
from tests.web.conftest import NOW
from tests.web.test_browser import browser as chromium  # noqa: F401, a fixture
from tracker.spreadsheet_cells import begins_formula

pytestmark = pytest.mark.slow

PAYLOADS = (
    '<script>alert("{}")</script>',
    '"><img src=x onerror=alert({})>',
    "'><svg/onload=alert({})>",
    "javascript:alert({})",
    "{{{{1000+337}}}}{}",
    "</td></table><iframe src=//evil.example/{}>",
    "=HYPERLINK(A1,{})",
    "@SUM(A1:A{})",
    "＝1+{}",
    "-2+3+cmd|' /C calc'!A{}",
    "\\x3cscript\\x3ealert({})",
    "--><b onclick=alert({})>",
)
RIGHT_TO_LEFT = "\u202e"
MOST_OF_A_KIND = 4  # pages of one route that are looked at
_numbers = count(1)


def bear() -> str:
    """The next payload."""
    number = next(_numbers)
    return PAYLOADS[number % len(PAYLOADS)].format(number)


def make_file(titles: str, *rows: str) -> bytes:
    """A CSV file; each ¤ bears a payload. A last row bears one in every cell, and so is held back."""
    columns, text = titles.split(","), StringIO()
    every = [bear() for _ in columns]
    lines = [[bear() if cell == "¤" else cell for cell in row.split(",")] for row in rows]
    csv.writer(text).writerows([columns, *lines, every])
    return text.getvalue().encode()


def list_files() -> Iterator[tuple[str, bytes]]:
    """A file of each kind with text in it."""
    yield (
        "话单_2023-05.csv",
        make_file(
            "流水号,呼叫类型,主叫号码,进入系统时间,进入队列时间,坐席应答时间,结束时间,技能组,坐席工号,呼叫结果,满意度按键",
            *(
                f"c{n},呼入,1380000{n:04d},2023-05-0{n} 08:00:00,2023-05-0{n} 08:00:05,2023-05-0{n} 08:00:09,"
                f"2023-05-0{n} 08:03:00,¤,¤,已接听,¤"
                for n in range(1, 9)
            ),
        ),
    )
    yield (
        "工单_2023-05.csv",
        make_file(
            "工单编号,来电流水号,受理时间,诉求类型,诉求分类,承办单位,受理渠道,派单时间,退单时间,退单原因,办结时限,办结时间,二级承办单位",
            *(
                f"W{n},c{n},2023-05-0{n} 08:10:00,投诉,¤,¤,¤,2023-05-0{n} 09:00:00,2023-05-0{n} 10:00:00,¤,"
                f"2023-05-1{n} 18:00:00,2023-05-1{n} 19:00:00,¤"
                for n in range(1, 9)
            ),
        ),
    )
    yield (
        "工单流转_2023-05.csv",
        make_file(
            "工单编号,环节,操作时间,接收单位,原因",
            "W1,改派,2023-05-02 08:00:00,¤,¤",
            "W2,延期,2023-05-03 08:00:00,¤,¤",
        ),
    )
    yield "花名册_2023-05.csv", make_file(
        "工号,姓名,岗位,学历,学历验证编号,入职日期,离职日期,离职原因",
        "R1,¤,¤,¤,¤,2023-01-01,,", "R2,¤,¤,¤,¤,2023-01-01,2023-05-10,¤",
    )  # fmt: skip
    yield "岗位核定.csv", make_file("生效日期,岗位,核定人数,依据", "2023-01-01,¤,5,¤")
    yield "培训记录_2023.csv", make_file("培训日期,培训内容,应到人数,实到人数", "2023-05-04,¤,9,8")
    yield (
        "支付明细_2023.csv",
        make_file(
            "凭证号,费用项目,所属期间,收款单位,约定支付日,实际支付日,金额(元)",
            "V1,¤,¤,¤,2023-05-10,2023-05-11,100.00",
        ),
    )
    yield "预算_2023.csv", make_file("日期,类型,费用项目,金额(万元),文号", "2023-01-12,预算批复,¤,10,¤")
    yield "平台巡检_2023-05.csv", make_file("巡检时间,平台,状态", "2023-05-01 00:00:00,¤,正常")
    yield "问卷发放_2023.csv", make_file("问卷,发放日期,发放份数,回收份数", "¤,2023-05-05,10,9")
    yield "话务质检_2023-05.csv", make_file("质检日期,流水号,坐席工号,质检结果", "2023-05-03,c1,¤,合格")
    yield "考核申诉_2023.csv", make_file(
        "工单编号,申诉日期,申诉单位,申诉理由,审核结果,审核日期,审核人",
        "W1,2023-05-20,¤,¤,同意剔除,2023-05-25,¤", "W2,2023-05-20,¤,¤,待审核,,",
    )  # fmt: skip
    yield (
        "知识库_2023.csv",
        make_file(
            "知识编号,操作类型,操作日期,应完成日期,责任单位,知识分类", "K1,新增,2023-05-06,2023-05-09,¤,¤"
        ),
    )
    yield (
        "坐席状态_2023-05.csv",
        make_file(
            "坐席工号,状态开始时间,状态结束时间,座席状态,状态原因",
            "¤,2023-05-01 08:00:00,2023-05-01 09:00:00,小休,¤",
        ),
    )
    yield "对账_2023.csv", make_file("月份,对账项目,数值,单位,出具单位", "2023-05,账单通话数,9,通,¤")


def type_everywhere(site: Site) -> None:
    """The same in what people type: each form takes it, or says why not."""
    clerk, manager, approver, security = map(site.signed_in, ("clerk", "manager", "approver", "security"))
    file = (
        f"<img src=x onerror=alert({next(_numbers)})>_2023-06.csv",
        make_file("问卷,发放日期,发放份数", "a,2023-06-05,10"),
    )
    sent: list[Answer] = [
        clerk.post("/tlf/imports/", file=file),
        clerk.post(
            "/tlf/2023/documents/attach",
            {"kind": "other", "thing": "call", "identity": "c1", "title": bear()},
            file=("<svg onload=alert(1)>.txt", b"x\n"),
        ),
        clerk.post(
            "/tlf/days/2023-05-20/order",
            {
                "order_id": "W20",
                "accepted_at": "2023-05-20T08:00",
                "kind": "投诉",
                "channel": bear(),
                "topic": bear(),
                "unit": bear(),
            },
        ),
        clerk.post(
            "/tlf/2023/controls",
            {
                "kind": "telecom_calls",
                "first": "2023-05-01",
                "last": "2023-05-31",
                "value": "9",
                "unit": "通",
                "issued_by": bear(),
            },
        ),
        clerk.post(
            "/tlf/days/2023-05-21/zero-report",
            {"source": "training", "first": "2023-05-21", "last": "2023-05-21", "remark": bear()},
        ),
        clerk.post(
            "/tlf/declarations/", {"topic": "labour", "holds": "yes", "known_as": bear(), "basis": bear()}
        ),
        manager.post("/tlf/2023-05/closing/completion", {"said": bear()}),
        manager.post("/tlf/2023-05/closing/submission", {"said": bear()}),
        approver.post("/tlf/2023-05/closing/return", {"said": bear()}),
        security.post("/-/people/", {"login": "skript", "name": '"><img src=x onerror=a>'}),
        security.post("/-/tokens/", {"center": "tlf", "name": bear(), "scopes": ["rows:read"], "days": "30"}),
    ]
    assert [one.status for one in sent if one.status not in (200, 302, 422)] == []
    upload = get_path(sent[0].location)
    for step in ("trial", "commit"):
        clerk.post(f"{upload}/{step}", {"without": "1"})


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    """The centre's files, imported, and its figures."""
    for name, content in list_files():
        path = site.home / name
        path.write_bytes(content)
        import_file(site.database, site.home, path, "tlf", now=NOW)
        path.unlink()
    type_everywhere(site)
    compute(site)
    return site


def find_live(page: html.HtmlElement) -> list[str]:
    """What a payload became if it became more than text."""
    live = [str(one) for one in page.xpath("//@*[starts-with(name(), 'on')]")]
    live += [
        html.tostring(one).decode()[:80]
        for one in page.xpath("//script[not(@src)][not(@type)]|//iframe|//object")
    ]
    links = page.xpath(
        "//@href|//@src|//@action|//@formaction|//*[local-name()='svg']//@*[contains(name(), 'href')]"
    )
    live += [str(one) for one in links if re.match(r"\s*(javascript|data:text|vbscript|//)", str(one), re.I)]
    live += [str(one) for one in page.xpath("//img/@src") if str(one) == "x"]
    return live + (["1337"] if "1337" in page.text_content() else [])


def walk(browser: Browser, start: str, most: int) -> Iterator[tuple[str, Answer]]:
    """The pages and files that links lead to, a few of each sort."""
    waiting, seen, sorts = [start], set(), Counter[str]()
    while waiting and len(seen) < most:
        there = waiting.pop(0)
        sort = re.sub(
            r"=[^&]*",
            "=",
            re.sub(
                r"[0-9a-f]{8,}|\d+|(?<=/)(work_order|call|person|unit|event)s?/.*|[a-z]+(_[a-z]+)+",
                "#",
                there,
            ),
        )
        if there in seen or sorts[sort] >= MOST_OF_A_KIND or "sign-out" in there or "as_of" in there:
            continue
        seen.add(there)
        sorts[sort] += 1
        answer = browser.get(there)
        yield there, answer
        if answer.location:
            waiting.append(get_path(urljoin(there, answer.location)))
        if answer.headers["Content-Type"].startswith("text/html") and answer.body:
            links = html.fromstring(answer.body).xpath("//a/@href")
            paths = [urljoin(there, str(one)).partition("#")[0] for one in links]
            waiting += [quote(one, safe="/?&=%+:@,.-_~") for one in paths if one.startswith("/")]


def check_file(there: str, answer: Answer) -> list[str]:
    """Cells of a file that a spreadsheet would run, markup of a page within an archive."""
    kind, found = answer.headers["Content-Type"], list[str]()
    if kind.startswith("text/csv"):
        cells = [cell for row in csv.reader(StringIO(answer.body.decode("utf-8-sig"))) for cell in row]
        found += [cell for cell in cells if begins_formula(cell) and not re.fullmatch(r"-?[\d,.]+%?", cell)]
    if "spreadsheetml" in kind:
        book = openpyxl.load_workbook(BytesIO(answer.body))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        found += [
            str(one.value)
            for one in cells
            if one.data_type == "f" and re.search(r"HYPERLINK|SUM\(A1:|cmd", str(one.value))
        ]
        found += [
            str(one.value)
            for one in cells
            if one.hyperlink and not str(one.hyperlink.location or "#").strip()
        ]
    if "zip" in kind:
        found += check_archive(answer.body)
    if "attachment" not in answer.headers.get("Content-Disposition", "attachment"):
        found.append("shown in place")
    return [f"{there}: {one}" for one in found]


def check_archive(content: bytes) -> list[str]:
    found = []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".html", ".htm")):
                page = html.fromstring(archive.read(name))
                found += [
                    f"{name}: {one}" for one in find_live(page) if "<script" not in one or "alert" in one
                ]
    return found


def test_no_page_and_no_file_runs_what_came_in(filled: Site):
    manager = filled.signed_in("manager")
    for kind, form in (("package", {}), ("workbook", {}), ("monthly", {"month": "2023-05"}),
                       ("evaluation-workbook", {"scheme": "turpan-2022"})):  # fmt: skip
        assert manager.post(f"/tlf/2023/exports/{kind}", form).status == 302
    assert manager.post("/tlf/2023/exports/sample", {"seed": "1", "count": "30"}).status == 302
    live, pages = list[str](), 0
    for login, start, most in (
        ("manager", "/tlf/2023/", 240), ("evaluator", "/tlf/2023/review", 40), ("clerk", "/tlf/imports/", 40),
        ("auditor", "/-/audit/", 8), ("security", "/-/people/", 12), ("system", "/-/system/", 4),
    ):  # fmt: skip
        for there, answer in walk(filled.signed_in(login), start, most):
            assert answer.status < 500, there
            if answer.headers["Content-Type"].startswith("text/html") and answer.body:
                live += [f"{there}: {one}" for one in find_live(html.fromstring(answer.body))]
                pages += 1
            elif answer.status == 200:
                live += check_file(there, answer)
    assert live == []
    assert pages > 150


def test_no_cell_of_a_file_is_run(filled: Site):
    """Every file that a page gives out, with rows that bear payloads."""
    made = filled.ask("SELECT key FROM jobs WHERE state = 'done' AND year = 2023")
    keys = "work_orders_opened", "call_answer_rate", "payment_on_time_rate", "inspection_pass_rate"
    addresses = {
        "manager": [
            *(f"/tlf/2023/exports/{one}" for one in made),
            *(f"/tlf/2023/{key}/numerator.csv" for key in keys),
            "/tlf/2023/workbook.xlsx", "/tlf/2023/public.csv", "/tlf/2023-05/report.docx",
            "/tlf/2023-05/work_order_on_time_rate/net.csv",
        ],
        "clerk": ["/tlf/quarantine.csv"],
        "auditor": ["/-/audit/trail.csv"],
    }  # fmt: skip
    bad, found = list[str](), Counter[str]()
    for login, theirs in addresses.items():
        browser = filled.signed_in(login)
        for there in theirs:
            answer = browser.get(there)
            assert answer.status == 200, there
            bad += check_file(there, answer)
            found[answer.headers["Content-Type"].partition(";")[0]] += 1
    assert bad == []
    assert len(made) >= 4 and found["text/csv"] > 5, found


def test_the_payloads_are_on_the_pages_that_were_looked_at(filled: Site):
    """As text: so that the walk can find what it looks for."""
    manager, found = filled.signed_in("manager"), Counter[str]()
    for _, answer in walk(manager, "/tlf/2023-05/", 120):
        is_page = answer.headers["Content-Type"].startswith("text/html") and answer.body
        text = html.fromstring(answer.body).text_content() if is_page else answer.text
        found.update({payload for payload in PAYLOADS if payload.format("")[:8] in text})
    assert len(found) >= len(PAYLOADS) - 2, found


def test_text_that_turns_the_line_around_does_not_leave_its_place(filled: Site):
    """A mark that writes the rest of a line from right to left would show other numbers beside a name."""
    name = f"单位{RIGHT_TO_LEFT}甲乙"
    content = make_file("工单编号,受理时间,诉求类型,承办单位", f"T1,2023-05-09 08:10:00,投诉,{name}")
    path = filled.home / "工单_2023-05-09.csv"
    path.write_bytes(content)
    import_file(filled.database, filled.home, path, "tlf", now=NOW)
    page = filled.signed_in("manager").get("/tlf/things/work_order/T1")
    assert "甲乙" in page.text
    assert RIGHT_TO_LEFT not in page.text


@pytest.mark.browser
def test_a_real_browser_runs_nothing_and_complains_of_nothing(filled: Site, chromium: Chromium):  # noqa: F811
    context = chromium.new_context(ignore_https_errors=True, base_url=f"https://localhost:{filled.port}")
    page, complaints = context.new_page(), list[str]()
    page.on("dialog", lambda one: (complaints.append(f"dialog {one.message}"), one.dismiss()))
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: complaints.append(str(one)))
    page.on(
        "request",
        lambda one: (
            complaints.append(one.url) if "localhost" not in one.url[:20] and one.url[:5] != "data:" else None
        ),
    )
    page.goto("/-/sign-in")
    page.fill("[name=login]", "manager")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit], main button")
    delivery = filled.ask("SELECT delivery FROM deliveries ORDER BY 1")[:3]
    for there in (
        "/tlf/2023/",
        "/tlf/2023-05/",
        "/tlf/2023-05/analysis/orders",
        "/tlf/2023-05/analysis/orders/open",
        "/tlf/2023-05/analysis/staff",
        "/tlf/2023/analysis/payments",
        "/tlf/2023-05/analysis/calls",
        "/tlf/2023-05/call_answer_rate/numerator",
        "/tlf/2023-05/call_answer_rate/parts",
        "/tlf/quarantine/",
        "/tlf/deliveries/",
        "/tlf/imports/",
        "/tlf/declarations/",
        "/tlf/2023/controls",
        "/tlf/2023/documents",
        "/tlf/2023-05/closing",
        "/tlf/2023-05/closing/history",
        "/tlf/things/work_order/W1",
        "/tlf/things/person/R1",
        "/tlf/2023/exports",
        "/tlf/2023/coverage",
        *(f"/tlf/deliveries/{one}" for one in delivery),
    ):
        answer = page.goto(there)
        assert answer is not None and answer.status == 200, there
    context.close()
    assert complaints == []
