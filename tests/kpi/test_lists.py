"""Lists, and who or what they hold: sheets of one list, files told again, people alike, what is left out.

Each test names a kind; the numbers of the first of each are those with which a stranger found it.
"""

import zipfile
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from ingest.changes.full_lists import IN_POST, list_missing_people, record_in_post, record_left
from ingest.changes.repeated_numbers import GONE, MOVED, SPELLING, TURNED, TWIN, WHO, QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.questions.answering import answer_question
from kpi.figures.figure import Figure, Status
from kpi.offline.replay import replay
from tests.centre import NOW, Centre
from tests.ingest.tables import fill
from tracker import log
from tracker.database import Database
from tracker.periods import Month

MAY, JUNE = Month(2024, 5), Month(2024, 6)
SAME, NEW = QuestionAnswer(same=True), QuestionAnswer(new=True)
ROSTER = ("工号", "姓名", "岗位", "学历", "入职日期", "离职日期")
POSTS = ("生效日期", "岗位", "核定人数")
PAYMENTS = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额")
CALLS = (
    "流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "通话时长",
    "呼叫结果", "坐席工号",
)  # fmt: skip


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def asked(report: ImportReport) -> tuple[str, ...]:
    return tuple(report.question.counts) if report.question else ()


def figure(here: Centre, month: Month, key: str) -> Figure:
    return here.figures(month, key)[key]


def shown(here: Centre, month: Month, key: str) -> tuple[int, int | None, Status]:
    one = figure(here, month, key)
    assert one.numerator is not None
    return int(one.numerator), None if one.denominator is None else int(one.denominator), one.status


def answer(here: Centre, report: ImportReport, said: QuestionAnswer) -> ImportReport:
    assert report.held is not None
    return answer_question(here.database, here.home, here.code, report.held, said, by="张三", now=NOW)


def book(here: Centre, name: str, **sheets: list[list[str]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        fill(made.create_sheet(), rows, title=title)
    folder = here.home / "files" / here.code
    folder.mkdir(parents=True, exist_ok=True)
    made.save(folder / name)
    return folder / name


def missing(here: Centre) -> list[str]:
    with here.database.connect() as connection:
        return [one.staff_no for one in list_missing_people(connection, here.code)]


# Sheets and files of one full list

ONE = [["1", "张一", "话务员", "大专", "2023-01-01", ""], ["2", "张二", "话务员", "大专", "2023-01-01", ""]]
TWO = [["3", "张三", "话务员", "大专", "2023-01-01", ""], ["4", "张四", "话务员", "大专", "2023-01-01", ""]]


def test_sheets_of_one_roster_are_one_list(here: Centre) -> None:
    here.take_in("岗位核定.csv", POSTS, [["2023-01-01", "话务员", "4"]])
    for month in ("2024-05", "2024-06"):
        path = book(here, f"花名册_{month}.xlsx", 一班=[[*ROSTER], *ONE], 二班=[[*ROSTER], *TWO])
        (report,) = here.bring(path)
        assert [table.missing for table in report.tables] == [(), ()]
    assert shown(here, JUNE, "staffing_in_post_rate") == (4, 4, Status.VERIFIABLE)
    assert missing(here) == []


def test_who_is_on_no_sheet_of_the_newer_roster_is_missing(here: Centre) -> None:
    here.bring(book(here, "花名册_2024-05.xlsx", 一班=[[*ROSTER], *ONE], 二班=[[*ROSTER], *TWO]))
    here.bring(book(here, "花名册_2024-06.xlsx", 一班=[[*ROSTER], *ONE], 二班=[[*ROSTER], TWO[0]]))
    assert missing(here) == ["4"]
    assert figure(here, JUNE, "staff_in_post").status is Status.PARTLY


def test_rosters_in_one_archive_are_one_list(here: Centre) -> None:
    for month in ("2024-05", "2024-06"):
        path = here.home / f"花名册_{month}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for team, rows in (("一班", ONE), ("二班", TWO)):
                text = "\n".join(",".join(row) for row in (ROSTER, *rows))
                archive.writestr(f"{team}.csv", text)
        here.bring(path)
    assert (missing(here), shown(here, JUNE, "staff_in_post")[0]) == ([], 4)


def test_rosters_of_one_day_that_share_nobody_are_one_list(here: Centre) -> None:
    for month in ("2024-05", "2024-06"):
        for team, rows in (("一班", ONE), ("二班", TWO)):
            here.take_in(f"花名册_{month}_{team}.csv", ROSTER, rows)
    assert missing(here) == []
    assert shown(here, JUNE, "staff_in_post") == (4, None, Status.VERIFIABLE)
    here.take_in(
        "花名册_2024-06_一班_更正.csv", ROSTER, ONE[:1]
    )  # the same list once more, and not a third part
    assert missing(here) == ["2"]


def test_posts_on_two_sheets_are_one_list(here: Centre) -> None:
    for day in ("2024-01-01", "2024-05-01"):
        sheets = {post: [[*POSTS], [day, post, "2"]] for post in ("话务员", "班长")}
        (report,) = here.bring(book(here, f"岗位核定_{day}.xlsx", **sheets))
        assert asked(report) == ()


# Numbers that start again with each file


def call(number: int, day: date, hour: int, *, answered: bool = True, minute: int = 0) -> list[str]:
    at = [f"{day} {hour:02}:{minute:02}:{second}" for second in ("00", "10", "20")]
    ended = f"{day} {hour:02}:{minute + 1:02}:20"
    if answered:
        return [str(number), "呼入", *at, ended, "60", "已接听", "A1"]
    return [str(number), "呼入", *at[:2], "", ended, "", "队列放弃", ""]


DAYS = [date(2024, 5, 1) + timedelta(days=n) for n in range(31)]
FIRST = [call(n, day, 9) for n, day in enumerate(DAYS, 1)]
SECOND = [call(n, day, 15) for n, day in enumerate(DAYS, 1)]


@pytest.fixture
def platforms(here: Centre) -> Centre:
    """Two platforms that number alike."""
    here.take_in("话单_平台A_2024-05.csv", CALLS, FIRST)
    report = here.take_in("话单_平台B_2024-05.csv", CALLS, SECOND)
    assert asked(report) == (WHO,)
    answer(here, report, QuestionAnswer(new=True, within="file"))
    assert shown(here, MAY, "calls_inbound") == (62, None, Status.VERIFIABLE)
    return here


def test_a_platforms_month_told_again_under_another_name_is_the_same_month(platforms: Centre) -> None:
    corrected = [*FIRST[:-1], call(31, DAYS[-1], 9, answered=False)]
    report = platforms.take_in("话单_平台A_2024-05_更正.csv", CALLS, corrected)
    assert asked(report) == (TURNED,)
    answer(platforms, report, SAME)
    assert shown(platforms, MAY, "calls_inbound") == (62, None, Status.VERIFIABLE)
    assert shown(platforms, MAY, "calls_answered") == (61, None, Status.VERIFIABLE)


@pytest.mark.parametrize("rows", [FIRST, SECOND])
@pytest.mark.parametrize("again", [slice(0, 31), slice(3, 20)])
def test_either_platforms_month_or_a_part_of_it_told_again_adds_nothing(
    platforms: Centre, rows: list[list[str]], again: slice
) -> None:
    report = platforms.take_in("话单_2024-05_再导.csv", CALLS, [*rows[again], call(99, DAYS[3], 20)])
    assert set(asked(report)) <= {GONE}
    if report.question:
        answer(platforms, report, NEW)
    assert shown(platforms, MAY, "calls_inbound") == (63, None, Status.VERIFIABLE)


def test_a_row_told_again_at_another_moment_is_asked_about(platforms: Centre) -> None:
    for name, moved, sort in (
        ("甲", call(31, DAYS[-1], 9, minute=30), WHO),
        ("乙", call(31, DAYS[-2], 9), MOVED),
    ):
        report = platforms.take_in(f"话单_平台A_2024-05_{name}.csv", CALLS, [*FIRST[:-1], moved])
        assert asked(report) == (sort,)
        assert figure(platforms, MAY, "calls_inbound").status is Status.PARTLY
        answer(platforms, report, SAME)
        assert shown(platforms, MAY, "calls_inbound") == (62, None, Status.VERIFIABLE)


def test_a_third_platform_and_another_month_are_other_calls(platforms: Centre) -> None:
    assert asked(platforms.take_in("丙_2024-05.csv", CALLS, [[*one[:2], *one[2:]] for one in THIRD])) == ()
    june = [call(n, date(2024, 6, n), 9) for n in range(1, 31)]
    assert asked(platforms.take_in("话单_平台A_2024-06.csv", CALLS, june)) == ()
    assert shown(platforms, MAY, "calls_inbound")[0] == 93
    assert shown(platforms, JUNE, "calls_inbound")[0] == 30


THIRD = [call(n, day, 18) for n, day in enumerate(DAYS, 1)]


# People alike

UNNUMBERED = ROSTER[1:]
WANG = ["王伟", "话务员", "大专", "2023-01-01", ""]


@pytest.fixture
def posts(here: Centre) -> Centre:
    here.take_in("岗位核定.csv", POSTS, [["2023-01-01", "话务员", "2"]])
    return here


@pytest.mark.parametrize(("said", "people"), [(NEW, 2), (SAME, 1)])
def test_two_rows_alike_without_a_number_are_asked_about(
    posts: Centre, said: QuestionAnswer, people: int
) -> None:
    report = posts.take_in("花名册_2024-05.csv", UNNUMBERED, [WANG, WANG])
    assert asked(report) == (TWIN,)
    assert figure(posts, MAY, "staff_in_post").status is not Status.VERIFIABLE
    assert asked(answer(posts, report, said)) == ()
    assert shown(posts, MAY, "staff_in_post") == (people, None, Status.VERIFIABLE)
    assert shown(posts, MAY, "staffing_in_post_rate") == (people, 2, Status.VERIFIABLE)


def test_two_people_alike_are_known_as_two_the_next_time(posts: Centre) -> None:
    answer(posts, posts.take_in("花名册_2024-05.csv", UNNUMBERED, [WANG, WANG]), NEW)
    assert asked(posts.take_in("花名册_2024-06.csv", UNNUMBERED, [WANG, WANG])) == ()
    assert shown(posts, JUNE, "staff_in_post") == (2, None, Status.VERIFIABLE)
    posts.take_in("花名册_2024-07.csv", UNNUMBERED, [WANG])
    assert len(missing(posts)) == 1


def test_people_alike_on_two_sheets_are_asked_about_unless_one_is_a_copy(posts: Centre) -> None:
    other, third = ["李二", *WANG[1:]], ["李三", *WANG[1:]]
    sheets = {"一班": [[*UNNUMBERED], WANG, other], "二班": [[*UNNUMBERED], WANG, third]}
    assert asked(posts.bring(book(posts, "花名册_2024-05.xlsx", **sheets))[0]) == (TWIN,)
    copied = {"一班": [[*UNNUMBERED], WANG, other], "全部": [[*UNNUMBERED], WANG, other, third]}
    assert asked(posts.bring(book(posts, "花名册_2024-06.xlsx", **copied))[0]) == ()
    assert shown(posts, JUNE, "staff_in_post")[0] == 3


def test_one_number_twice_is_one_person(posts: Centre) -> None:
    assert (
        asked(posts.take_in("花名册_2024-05.csv", ROSTER, [["1", *WANG], ["1", *WANG], ["2", *WANG]])) == ()
    )
    assert shown(posts, MAY, "staff_in_post") == (2, None, Status.VERIFIABLE)


def test_alike_but_for_the_education_is_held_back(posts: Centre) -> None:
    rows = [WANG, [*WANG[:2], "本科", *WANG[3:]]]
    assert posts.take_in("花名册_2024-05.csv", UNNUMBERED, rows).tables[0].quarantined == 1
    assert figure(posts, MAY, "staff_in_post").status is Status.PARTLY


# What a newer list leaves out

PAID = ["P1", "劳务费", "2024-05", "甲", "2024-05-15", "2024-05-14", "1000"]
UNPAID = ["P2", "电费", "2024-05", "乙", "2024-05-15", "", "1000"]


@pytest.mark.parametrize(("said", "due", "overdue"), [(SAME, 1, 0), (NEW, 2, 1000)])
def test_a_payment_that_a_newer_list_leaves_out_is_asked_about(
    here: Centre, said: QuestionAnswer, due: int, overdue: int
) -> None:
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [PAID, UNPAID])
    report = here.take_in("支付明细_2024-05_更正_20240610.csv", PAYMENTS, [PAID])
    assert asked(report) == (GONE,)
    for key in ("payment_on_time_rate", "payment_overdue_amount"):
        assert figure(here, MAY, key).status is Status.PARTLY
    answer(here, report, said)
    assert shown(here, MAY, "payment_on_time_rate") == (1, due, Status.VERIFIABLE)
    assert shown(here, MAY, "payment_overdue_amount") == (overdue, None, Status.VERIFIABLE)
    assert asked(here.take_in("支付明细_2024-05_再次_20240710.csv", PAYMENTS, [PAID])) == ()
    assert shown(here, MAY, "payment_on_time_rate") == (1, due, Status.VERIFIABLE)


def test_the_day_of_what_is_left_out_is_in_doubt_though_no_row_is_of_it(here: Centre) -> None:
    april = [*UNPAID[:4], "2024-04-20", "", "1000"]
    here.take_in("支付明细_2024年1-6月.csv", PAYMENTS, [PAID, april, ["P3", *PAID[1:]]])
    report = here.take_in("支付明细_2024年1-6月_20240710.csv", PAYMENTS, [PAID, ["P3", *PAID[1:]]])
    assert asked(report) == (GONE,)
    assert figure(here, Month(2024, 4), "payment_overdue_amount").status is Status.PARTLY


def test_what_was_struck_comes_back_with_a_later_list_and_not_with_the_earlier_one(here: Centre) -> None:
    both, one = [PAID, UNPAID], [PAID]
    here.take_in("支付明细_2024-05.csv", PAYMENTS, both)
    answer(here, here.take_in("支付明细_2024-05_20240610.csv", PAYMENTS, one), SAME)
    here.take_in("支付明细_2024-05.csv", PAYMENTS, both)  # the same bytes
    assert shown(here, MAY, "payment_on_time_rate")[:2] == (1, 1)
    assert asked(here.take_in("支付明细_2024-05_20240710.csv", PAYMENTS, both)) == ()
    assert shown(here, MAY, "payment_on_time_rate")[:2] == (1, 2)


def test_the_older_list_coming_last_is_asked_about_as_well(here: Centre) -> None:
    both, one = [PAID, UNPAID], [PAID]
    here.take_in("支付明细_2024-05_20240610.csv", PAYMENTS, one)
    report = here.take_in("支付明细_2024-05.csv", PAYMENTS, both)
    assert asked(report) == (GONE,)
    assert figure(here, MAY, "payment_on_time_rate").status is Status.PARTLY
    answer(here, report, SAME)
    assert shown(here, MAY, "payment_on_time_rate") == (1, 1, Status.VERIFIABLE)


def test_what_a_person_fills_in_afterwards_counts_again(here: Centre) -> None:
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [PAID, UNPAID])
    answer(here, here.take_in("支付明细_2024-05_20240610.csv", PAYMENTS, [PAID]), SAME)
    here.take_in("支付明细_2024-05_补报_20240810.csv", PAYMENTS, [UNPAID])
    assert shown(here, MAY, "payment_on_time_rate")[:2] == (1, 2)


TRAINING = ("培训日期", "培训内容", "应到人数", "实到人数")
BUDGET = ("日期", "类型", "费用项目", "金额", "预算年度", "文号")
ORDERS = ("工单编号", "受理时间", "诉求类型", "办结时间")
LISTS = {
    "training": (
        TRAINING,
        [["2024-05-10", "礼仪", "40", "40"], ["2024-05-20", "政策", "40", "0"],
         ["2024-05-22", "安全", "9", "9"]],
        "training_attendance_rate",
    ),
    "budget": (
        BUDGET,
        [["2024-05-10", "预算批复", "热线费", "100", "2024", "财1"],
         ["2024-05-11", "资金到位", "热线费", "100", "2024", "财2"],
         ["2024-05-12", "资金到位", "热线费", "50", "2024", "财3"]],
        "funds_received_rate",
    ),
    "work_orders": (
        ORDERS,
        [[f"G{n}", f"2024-05-{n:02} 09:00:00", "投诉", f"2024-05-{n:02} 10:00:00"] for n in range(1, 6)],
        "work_orders_opened",
    ),
    "calls": (CALLS, FIRST[:5], "calls_inbound"),
}  # fmt: skip


def test_offline_and_rebuilt_figures_are_the_same(here: Centre) -> None:
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [PAID, UNPAID])
    answer(here, here.take_in("支付明细_2024-05_20240610.csv", PAYMENTS, [PAID]), SAME)
    expected = figure(here, MAY, "payment_on_time_rate")
    with here.database.connect() as connection:
        log.rebuild_facts(connection, here.code)
        events = list(log.stream_events(connection, here.code, first=1, last=2**62))
    again = figure(here, MAY, "payment_on_time_rate")
    with replay(events, here.code) as made:
        offline = made.figures(2024, NOW)["payment_on_time_rate"][MAY]
    for one in (again, offline):
        assert (one.numerator, one.denominator, one.status) == (1, 1, expected.status)


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("place", [0, -1])
def test_what_any_newer_list_leaves_out_is_asked_about(here: Centre, kind: str, place: int) -> None:
    titles, rows, key = LISTS[kind]
    left = rows[1:] if place == 0 else rows[:-1]
    here.take_in(f"{kind}_2024-05.csv", titles, rows)
    before = shown(here, MAY, key)
    report = here.take_in(f"{kind}_2024-05_新.csv", titles, left)
    assert GONE in asked(report)
    assert figure(here, MAY, key).status is not Status.VERIFIABLE
    answer(here, report, NEW)
    assert shown(here, MAY, key) == before


@pytest.mark.parametrize("kind", LISTS)
def test_a_few_corrected_rows_ask_nothing_of_all_others(here: Centre, kind: str) -> None:
    titles, rows, _ = LISTS[kind]
    many = [[_renumbered(cell, n) for cell in row] for n in range(6) for row in rows]
    here.take_in(f"{kind}_2024-05.csv", titles, many)
    for name in (f"{kind}_2024-05_更正.csv", f"{kind}_更正.csv", f"{kind}_20240612.csv"):
        assert asked(here.take_in(name, titles, many[:5])) == ()


def _renumbered(cell: str, n: int) -> str:
    for text in ("G", "礼仪", "政策", "安全", "财"):
        if cell.startswith(text):
            return f"{text}{n}{cell[len(text) :]}"
    return f"{n}{cell}" if cell.isdigit() and len(cell) == 1 and n != 0 else cell


def test_a_month_that_repeats_what_is_unpaid_of_the_last_asks_nothing(here: Centre) -> None:
    may = [[f"P{n}", *UNPAID[1:]] for n in range(4)]
    here.take_in("支付明细_2024-05.csv", PAYMENTS, may)
    june = [[f"Q{n}", "劳务费", "2024-06", "甲", "2024-06-15", "2024-06-14", "1000"] for n in range(4)]
    assert asked(here.take_in("支付明细_2024-06.csv", PAYMENTS, [*may[:2], *june])) == ()


def test_parts_of_a_month_that_come_file_by_file_are_not_asked_about(here: Centre) -> None:
    parts = [[[f"{name}{n}", *PAID[1:]] for n in range(4)] for name in "甲乙"]
    for name, part in zip("甲乙", parts, strict=True):
        assert asked(here.take_in(f"支付明细_2024-05_{name}.csv", PAYMENTS, part)) == ()
    assert asked(here.take_in("支付明细_2024-05_甲_更正.csv", PAYMENTS, parts[0])) == ()


# Names of documents

SPELT = ("财预[2024]{}号", "财预（2024）{}号", "财预【2024】 {}号", "财预(2024)　{}号")


@pytest.mark.parametrize("spelt", SPELT)
def test_a_document_is_the_same_however_its_brackets_are_written(here: Centre, spelt: str) -> None:
    def movements(name: str) -> list[list[str]]:
        rows = [("2024-01-15", "预算批复", "1000000"), ("2024-02-15", "资金到位", "500000"),
                ("2024-05-15", "资金到位", "500000")]  # fmt: skip
        return [
            [day, sort, "热线费", amount, "2024", name.format(n)]
            for n, (day, sort, amount) in enumerate(rows, 1)
        ]

    here.take_in("预算_2024-03.csv", BUDGET, movements("财预〔2024〕{}号")[:2])
    assert asked(here.take_in("预算_2024-06.csv", BUDGET, movements(spelt))) == ()
    assert shown(here, JUNE, "funds_received_rate") == (1_000_000, 1_000_000, Status.VERIFIABLE)


@pytest.mark.parametrize(
    ("first", "second"), [("记（1）", "记(1)"), ("记【5】号", "记[5]号"), ("ZF〔2024〕1", "ＺＦ[2024]1")]
)
def test_a_voucher_is_the_same_however_its_brackets_are_written(
    here: Centre, first: str, second: str
) -> None:
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [[first, *PAID[1:]]])
    again = [second, *PAID[1:3], "甲 ", *PAID[4:]]
    assert asked(here.take_in("支付明细_2024-05_二.csv", PAYMENTS, [again, again])) == ()
    assert shown(here, MAY, "payment_on_time_rate") == (1, 1, Status.VERIFIABLE)


@pytest.mark.parametrize(("said", "due"), [(SAME, 1), (NEW, 2)])
def test_a_voucher_filled_up_with_noughts_is_asked_about(
    here: Centre, said: QuestionAnswer, due: int
) -> None:
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [["记-1", *PAID[1:]]])
    report = here.take_in("支付明细_2024-05_二.csv", PAYMENTS, [["记-0001", *PAID[1:]]])
    assert asked(report) == (SPELLING,)
    answer(here, report, said)
    assert shown(here, MAY, "payment_on_time_rate")[:2] == (due, due)


# Numbers of checks

CHECKS = ("工号", "姓名", "岗位", "学历", "学历验证编号", "入职日期", "离职日期")


def checked(here: Centre, *numbers: str) -> Figure:
    people = [
        [f"{n}", f"张{n}", "话务员", "大专", number, "2023-01-01", ""] for n, number in enumerate(numbers)
    ]
    here.take_in("花名册_2024-05.csv", CHECKS, people)
    return figure(here, MAY, "qualification_verified_rate")


def test_numbers_still_to_come_verify_nobody(here: Centre) -> None:
    one = checked(here, "待补20240601", "申请中2024", "000000000000", "XL20240001")
    assert one.status is Status.PARTLY
    assert (one.low, one.high) == (25, 100)


@pytest.mark.parametrize("word", ["无", "/", "待验证", "11111111"])
def test_a_mark_in_place_of_a_number_is_neither_yes_nor_no(here: Centre, word: str) -> None:
    one = checked(here, word, "XL20240001")
    assert (one.status, one.low, one.high) == (Status.PARTLY, 50, 100)


WHOLE_ROSTER = (*ROSTER[:4], "学历验证编号", "岗前考核成绩", *ROSTER[4:])
CHECKED_RATES = ("qualification_verified_rate", "education_college_rate", "pre_job_pass_rate")


def person(number: int, *, graduate: bool = True, left: str = "") -> tuple[str, ...]:
    known = ("本科", f"X{number:03}", "90") if graduate else ("高中", "", "40")
    return (f"{number:03}", f"甲{number}", "话务员", *known, "2020-01-01", left)


@pytest.mark.parametrize("left_on", [date(2024, 6, 1), date(2024, 6, 2), None], ids=["1日", "2日", "仍在岗"])
def test_whom_the_next_list_lacks_nobody_knows_from_its_first_day_on(here: Centre, left_on: date | None):
    """Three of fifteen, none of whom fulfils anything, are not in June's list: 12 of 12 to 12 of 15."""
    people = [person(number, graduate=number <= 12) for number in range(1, 16)]
    here.take_in("花名册_2024-05.csv", WHOLE_ROSTER, people)
    here.take_in("花名册_2024-06.csv", WHOLE_ROSTER, people[:12])
    before = here.figures(JUNE, *CHECKED_RATES)
    with here.database.connect() as connection:
        if left_on is None:
            record_in_post(connection, here.code, [], IN_POST, by="张三", now=NOW)
        else:
            record_left(connection, here.code, [], left_on, None, now=NOW)
    true = here.figures(JUNE, *CHECKED_RATES)
    assert {one.value for one in true.values()} == {100 if left_on == date(2024, 6, 1) else 80}
    for key, figure in before.items():
        assert figure.status is Status.PARTLY
        assert figure.low is not None and figure.high is not None
        assert figure.low <= (true[key].value or 0) <= figure.high


@pytest.mark.parametrize("by_form", [False, True], ids=["待答问题", "离职表单"])
def test_who_left_is_said_and_nothing_else_of_her(here: Centre, by_form: bool):
    """The rosters have no column of diplomas checked or tests passed; that somebody left adds none."""
    titles = tuple(title for title in WHOLE_ROSTER if title not in ("学历验证编号", "岗前考核成绩"))
    people = [(*person(number)[:4], *person(number)[6:]) for number in range(1, 6)]
    here.take_in("花名册_2024-05.csv", titles, people)
    here.take_in("花名册_2024-06.csv", titles, people[:4])
    with here.database.connect() as connection:
        record_left(connection, here.code, [], date(2024, 6, 11), None, now=NOW)
    for month in (MAY, JUNE):
        found = here.figures(
            month, "qualification_verified_rate", "pre_job_pass_rate", "education_college_rate"
        )
        assert found["qualification_verified_rate"].status is Status.UNVERIFIABLE
        assert found["pre_job_pass_rate"].status is Status.UNVERIFIABLE
        assert found["education_college_rate"].value == 100
