"""A clerk's day: its numbers in one card, and a month of them as a grid."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from tests.web import test_days
from tests.web.conftest import NOW, add, grant, signed_in_client
from tests.web.test_days import DAY, YESTERDAY, Log
from tracker import log
from tracker.events.daily_counts import DayCounted
from tracker.periods import Month
from web.access.rights import Role
from web.pasted_days import PasteProblem, read_pasted

book = test_days.book  # the same clerk
WEEK = timedelta(days=7)
FULL = {"messages": "5", "cases": "1836", "visits": "0"}


def save(book: Log, day: date = YESTERDAY, **numbers: str) -> str:
    """The page after numbers that were taken at once."""
    answer = book.client.post(f"/tlf/days/{day}/numbers", data=numbers)
    assert answer.status_code == 302, unescape(answer.text)
    return book.page(answer.headers["Location"])


def ask(book: Log, day: date = YESTERDAY, **numbers: str) -> tuple[str, str]:
    """The question that comes back, and what a yes to it carries."""
    answer = book.client.post(f"/tlf/days/{day}/numbers", data=numbers)
    assert answer.status_code == 200
    text = unescape(answer.text)
    sealed = re.search(r'name="confirmed" value="([^"]+)"', text)
    assert sealed is not None
    return text, sealed[1]


def refuse(book: Log, day: date = YESTERDAY, **numbers: str) -> str:
    answer = book.client.post(f"/tlf/days/{day}/numbers", data=numbers)
    assert answer.status_code == 422
    return unescape(answer.text)


def test_the_day_opens_on_the_earliest_of_the_last_seven_that_lacks_a_number(book: Log):
    for back in (7, 6):
        save(book, DAY - timedelta(days=back), **FULL)
    assert book.client.get("/tlf/today").headers["Location"] == f"/tlf/days/{DAY - timedelta(days=5)}"
    for back in range(5, 0, -1):
        save(book, DAY - timedelta(days=back), **FULL)
    assert book.client.get("/tlf/today").headers["Location"] == f"/tlf/days/{DAY}"


def test_one_save_writes_a_day_and_says_what_comes_next(book: Log):
    page = save(book, **FULL)
    assert "已保存：发送短信数 5、办件量 1,836、接待人次 0。" in page
    assert "本日已齐 ✓，下一个缺：" in page
    assert ">2月26日</a>" in page
    [counted] = book.told("day.counted")
    assert (counted["messages"], counted["cases"], counted["visits"]) == (5, 1836, 0)
    assert book.told("calls.tallied") == []
    assert book.rows("SELECT action FROM audit WHERE action = 'logged'") == [("logged",)]


def test_calls_of_the_platform_are_saved_beside_them_as_their_own_form_writes_them(book: Log):
    save(book, inbound="200", offered="180", answered="170", **FULL)
    [tally], [counted] = book.told("calls.tallied"), book.told("day.counted")
    assert (tally["inbound"], tally["offered"], tally["answered"]) == (200, 180, 170)
    assert counted["cases"] == 1836
    page = book.page(f"/tlf/days/{YESTERDAY - timedelta(days=1)}")
    assert "本日还缺：呼入量、人工请求量、人工接听量、发送短信数、办件量、接待人次。" in page


def test_what_is_known_is_filled_in_and_last_week_stands_beside_it(book: Log):
    save(book, YESTERDAY - WEEK, **FULL)
    save(book, messages="6")
    page = book.page(f"/tlf/days/{YESTERDAY}")
    assert re.search(r'name="messages"[^>]*value="6"', page)
    assert re.search(r'name="cases"[^>]*value=""', page)
    assert "上周同日 1,836" in page
    assert "本日还缺：办件量、接待人次。" in page


def test_a_number_is_replaced_only_after_a_yes_to_just_this(book: Log):
    save(book, **FULL)
    text, sealed = ask(book, **FULL | {"cases": "1999"})
    assert "尚未保存，请核对" in text
    assert "办件量 <b>1,836 → 1,999</b>：替换已有的数，原数仍可查。" in text
    assert len(book.told("day.counted")) == 1
    ask(book, **FULL | {"cases": "2000", "confirmed": sealed})
    assert len(book.told("day.counted")) == 1
    page = save(book, **FULL | {"cases": "1999", "confirmed": sealed})
    assert "已保存：办件量 1,836 → 1,999。" in page
    old, new = book.told("day.counted")
    assert (old["cases"], new["cases"], new["messages"]) == (1836, 1999, 5)
    assert book.rows("SELECT count(*) FROM audit WHERE action = 'corrected'") == [(1,)]


def test_a_number_far_from_last_weeks_is_asked_about(book: Log):
    save(book, YESTERDAY - WEEK, cases="800")
    text, sealed = ask(book, cases="1999")
    assert "办件量 <b>1,999</b>：上周同日 800，相差 149.88%。" in text
    assert "已保存：办件量 1,999。" in save(book, cases="1999", confirmed=sealed)
    save(book, DAY - WEEK, cases="800")
    assert "已保存：办件量 1,200。" in save(book, DAY, cases="1200")  # by half, and no more


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (
            {"messages": "5", "cases": "", "visits": "0"},
            "办件量原有 1,836，不能清空；请填写新数，确无业务的填0。",
        ),
        (FULL | {"cases": "很多"}, "办件量不是"),
        (FULL | {"cases": "-1"}, "办件量不是"),
        (FULL | {"inbound": "10", "offered": "20"}, "比呼入量还多"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field_and_nothing_is_written(
    book: Log, numbers: dict[str, str], told: str
):
    save(book, **FULL)
    page = refuse(book, **numbers)
    assert "未保存：有1处需修改。" in page
    assert told in re.findall(r'<span class="field-error">(.*?)</span>', page)[0]
    assert len(book.told("day.counted")) == 1
    assert book.told("calls.tallied") == []


def count_by_file(book: Log) -> None:
    """Yesterday's number of cases, as a file said it."""
    counted = DayCounted(counted_on=YESTERDAY, messages=None, cases=12, visits=None)
    with (
        book.database.connect() as connection,
        log.appending(connection, "tlf", delivery=None, as_of=NOW, recorded_at=NOW) as appending,
    ):
        appending.add([(counted, None)])


def test_a_clerk_does_not_replace_what_a_file_said_and_a_manager_may(book: Log):
    count_by_file(book)
    assert "办件量来自导入的文件，不能在此修改" in refuse(book, cases="13")
    book.client = signed_in_client(book.app, "manager")
    _, sealed = ask(book, cases="13")
    assert "办件量 12 → 13" in save(book, cases="13", confirmed=sealed)


def test_who_manages_another_year_alone_replaces_nothing_of_this_years_files(book: Log):
    of_both = grant(Role.CLERK, "tlf"), grant(Role.MANAGER, "tlf", frozenset({2023}))
    add(book.database, "of_two_years", *of_both)
    count_by_file(book)
    book.client = signed_in_client(book.app, "of_two_years")
    assert "办件量来自导入的文件，不能在此修改" in refuse(book, cases="13")
    grid = book.client.post("/tlf/2024-03/days", data={f"{YESTERDAY}.cases": "13"})
    assert grid.status_code == 422
    assert len(book.told("day.counted")) == 1


def test_the_first_days_of_january_show_no_number_of_a_year_that_is_not_hers(book: Log):
    save(book, date(2023, 12, 27), **FULL | {"cases": "7654"})
    pages = "/tlf/days/2024-01-03", "/tlf/2024-01/days"
    assert all("7,654" in book.page(page) for page in pages)
    add(book.database, "of_2024", grant(Role.CLERK, "tlf", frozenset({2024})))
    book.client = signed_in_client(book.app, "of_2024")
    assert not any("7,654" in book.page(page) for page in pages)
    save(book, date(2024, 1, 3), cases="1")  # no question that would tell it


def test_numbers_told_before_their_day_had_ended_are_confirmed_by_saving_them_again(book: Log):
    save(book, DAY, **FULL)
    book.time[0] += timedelta(days=1)
    book.client = signed_in_client(book.app, "clerk", book.time[0])
    assert not book.backed("cases", DAY)
    assert "已确认：各数不变。" in save(book, DAY, **FULL)
    assert book.backed("cases", DAY)
    assert "没有改动，未保存。" in save(book, DAY, **FULL)


def test_a_fortnight_and_a_date_lead_to_other_days(book: Log):
    page = book.page(f"/tlf/days/{YESTERDAY}")
    strip = re.search(r'<nav class="day-strip".*?</nav>', page, re.DOTALL)
    assert strip is not None
    assert re.findall(r'href="/tlf/days/([^"]+)"', strip[0]) == [
        str(DAY - timedelta(days=back)) for back in range(13, -1, -1)
    ]
    assert book.client.get("/tlf/days/?day=2024-02-01").headers["Location"] == "/tlf/days/2024-02-01"
    assert book.client.get("/tlf/days/?day=x").headers["Location"] == "/tlf/today"
    assert "当日数据" not in book.page(f"/tlf/days/{DAY + timedelta(days=1)}")
    ahead = book.client.post(f"/tlf/days/{DAY + timedelta(days=1)}/numbers", data={"cases": "1"})
    assert (ahead.status_code, "3月11日还没有到，不能填报" in unescape(ahead.text)) == (400, True)


GRID = "/tlf/2024-03/days"
COPIED = "日期\t办件量\t接待人次\n3月1日\t1,836\t0\n2024-03-02\t1900\t\n"


def fields(page: str) -> dict[str, str]:
    """What the fields of the grid hold."""
    return {
        name: value
        for name, value in re.findall(r'name="(2024-\d\d-\d\d\.\w+)" value="([^"]*)"', page)
        if value
    }


def test_a_month_is_pasted_looked_at_and_saved(book: Log):
    answer = book.client.post(GRID, data={"act": "paste", "pasted": COPIED})
    page = unescape(answer.text)
    assert "已填入3个数，尚未保存；请核对后保存。" in page
    assert book.told("day.counted") == []
    filled = fields(page)
    assert filled == {
        "2024-03-01.cases": "1,836", "2024-03-01.visits": "0", "2024-03-02.cases": "1900",
    }  # fmt: skip
    answer = book.client.post(GRID, data={"act": "save", **filled})
    page = book.page(answer.headers["Location"])
    assert "已保存2天：3月1日 办件量 1,836、接待人次 0；3月2日 办件量 1,900。" in page
    assert fields(page)["2024-03-01.cases"] == "1836"
    assert [one["cases"] for one in book.told("day.counted")] == [1836, 1900]


def test_a_grid_asks_before_it_replaces_and_names_what_is_wrong(book: Log):
    save(book, **FULL)
    filled = {f"{YESTERDAY}.{key}": text for key, text in FULL.items()}
    answer = book.client.post(GRID, data={"act": "save", **filled, f"{YESTERDAY}.cases": "1999"})
    text = unescape(answer.text)
    assert "3月9日 办件量 <b>1,836 → 1,999</b>" in text
    sealed = re.search(r'name="confirmed" value="([^"]+)"', text)
    assert sealed is not None
    assert len(book.told("day.counted")) == 1
    data = {"act": "save", **filled, f"{YESTERDAY}.cases": "1999", "confirmed": sealed[1]}
    assert book.client.post(GRID, data=data).status_code == 302
    assert [one["cases"] for one in book.told("day.counted")] == [1836, 1999]
    wrong = book.client.post(GRID, data={"act": "save", f"{YESTERDAY}.cases": "很多"})
    assert wrong.status_code == 422
    assert "3月9日</a> 办件量不是" in unescape(wrong.text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "没有粘贴内容"),
        ("1\t2", "第1行有2列，无法对应"),
        ("日期\t办件量\n4月1日\t3", "第2行的日期“4月1日”不在2024年3月"),
        ("日期\t办件量\n昨天\t3", "第2行的日期“昨天”无法识别"),
        ("日期\t办件量\n3/1\t3\n1\t4", "第3行：3月1日重复"),
        ("办件量\t办件量\n1\t2", "表头有重复的列名"),
        ("\n".join(["1\t2\t3\t4\t5\t6"] * 32), "2024年3月只有31天"),
    ],
)
def test_what_cannot_be_pasted_says_which_row_and_why(text: str, told: str):
    with pytest.raises(PasteProblem, match=told):
        read_pasted(text, Month(2024, 3))


def test_rows_without_titles_are_read_in_the_order_of_the_grid():
    first, second = date(2024, 3, 1), date(2024, 3, 2)
    assert read_pasted("1\t2\t3\t4\t5\t6\n\t\t\t\t50\t", Month(2024, 3)) == {
        first: {
            "inbound": "1",
            "offered": "2",
            "answered": "3",
            "messages": "4",
            "cases": "5",
            "visits": "6",
        },
        second: {"cases": "50"},
    }
    assert read_pasted("2日\t1\t2\t3\t4\t5\t6", Month(2024, 3))[second]["cases"] == "5"


def test_a_day_that_has_not_come_is_not_filled(book: Log):
    answer = book.client.post(GRID, data={"act": "paste", "pasted": "日期\t办件量\n3月30日\t5"})
    assert answer.status_code == 422
    assert "3月30日还没有到，不能填报" in unescape(answer.text)
