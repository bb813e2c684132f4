"""What orders are assessed by beside their milestones: a hand-made month, counted apart."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from ingest.questions.wording import word_examples
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import read_figure_rows
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
TITLES = (
    "工单编号", "受理时间", "诉求类型", "派单时间", "签收时间", "签收截止时间", "退单时间", "退单截止时间",
    "办结时限",
    "办结时间", "办结次数", "回访时间", "是否接通", "是否解决", "满意度", "是否联系市民", "服务态度满意度",
    "办理过程满意度", "二级承办单位", "二级反馈截止时间", "二级反馈时间",
)  # fmt: skip
PLAIN = dict(
    zip(
        TITLES[2:],
        ("投诉", "D 09:00:01", "D 10:00:01", "D 12:00:00", "", "", "D+5 18:00:00", "D+2 10:00:01", "1",
         "D+3 10:00:01", "是", "已解决", "满意", "是", "满意", "满意", "甲街道",
         "D+1 18:00:00", "D+1 09:00:01"),
        strict=True,
    )
)  # fmt: skip
ODD: tuple[dict[str, str], ...] = (
    {"是否联系市民": "否", "服务态度满意度": "不满意"},
    {"是否联系市民": "未表态", "是否解决": "部分解决", "办理过程满意度": "一般"},
    {
        "是否接通": "否",
        "是否联系市民": "",
        "是否解决": "",
        "满意度": "",
        "服务态度满意度": "",
        "办理过程满意度": "",
    },
    {"办结次数": "2"},
    {"办结次数": "3"},
    {"办结次数": "5"},
    {"办结时间": "D+7 18:00:01", "回访时间": "D+8 10:00:01"},  # 48 hours and a second over a limit of 5 days
    {"二级反馈时间": "D+1 18:00:01"},
    {"二级反馈时间": ""},
    {"二级反馈截止时间": "", "二级反馈时间": ""},
    {"退单时间": "D 15:00:01", "退单截止时间": "D 16:00:00"},
    {"退单时间": "D 16:00:01", "退单截止时间": "D 16:00:00"},
    {"签收时间": "D 12:00:01"},
    {"签收时间": "", "签收截止时间": ""},
)
FIGURES = (
    "work_order_response_rate", "work_order_second_pass_rate", "work_order_third_pass_rate",
    "work_order_later_pass_rate", "work_order_first_pass_rate", "work_order_overtime_ratio",
    "work_order_replied_in_time_rate", "work_order_returned_late_rate",
    "work_order_attitude_satisfaction_rate", "work_order_process_satisfaction_rate",
)  # fmt: skip


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def a_month(odd: Sequence[dict[str, str]] = ODD, titles: Sequence[str] = TITLES) -> list[list[str]]:
    """An order each day from April to June, and the odd ones on 10 May."""
    days = [Month(2023, 4).first_day + timedelta(days=number) for number in range(91)]
    made = [(day, PLAIN) for day in days] + [(MAY.first_day + timedelta(days=9), PLAIN | one) for one in odd]
    rows = []
    for number, (day, order) in enumerate(made):
        told = {"工单编号": f"W{number}", "受理时间": f"{day} 08:00:01"}
        for title, cell in order.items():
            for back in (8, 7, 5, 3, 2, 1):
                cell = cell.replace(f"D+{back}", f"{day + timedelta(days=back)}")
            told[title] = cell.replace("D ", f"{day} ")
        rows.append([told[title] for title in titles])
    return rows


def shares(figures: dict[str, Figure]) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    return {key.removeprefix("work_order_"): (one.numerator, one.denominator) for key, one in figures.items()}


def test_a_month_is_counted_as_by_hand(here: Centre) -> None:
    here.take_in("工单.csv", TITLES, a_month())
    found = here.figures(MAY, *FIGURES)
    assert {one.status for one in found.values()} == {Status.VERIFIABLE}
    over, allowed = 48 * 3600 + 1, (5 * 24 + 10) * 3600 - 1
    assert shares(found) == {
        # 31 + 14 orders, of whom one was not reached and one did not say
        "response_rate": (42, 43),
        "second_pass_rate": (1, 45),
        "third_pass_rate": (1, 45),
        "later_pass_rate": (1, 45),
        "first_pass_rate": (41, 45),
        "overtime_ratio": (over, allowed),
        "replied_in_time_rate": (42, 44),
        "returned_late_rate": (1, 2),
        "attitude_satisfaction_rate": (43, 44),
        "process_satisfaction_rate": (43, 44),
    }


@pytest.mark.parametrize("key", FIGURES)
def test_the_rows_behind_a_figure_come_to_its_number(here: Centre, key: str) -> None:
    here.take_in("工单.csv", TITLES, a_month())
    figure = here.figures(MAY, key)[key]
    with here.database.engine.connect() as connection:
        for part in ("numerator", "denominator"):
            assert read_figure_rows(connection, INDICATORS[key], figure, part, limit=5).agrees is not False


@pytest.mark.parametrize(
    ("left_out", "key"),
    [
        ("是否联系市民", "work_order_response_rate"),
        ("服务态度满意度", "work_order_attitude_satisfaction_rate"),
        ("二级反馈时间", "work_order_replied_in_time_rate"),
        ("二级反馈截止时间", "work_order_replied_in_time_rate"),
        ("退单截止时间", "work_order_returned_late_rate"),
        ("退单时间", "work_order_returned_late_rate"),
        ("办结次数", "work_order_second_pass_rate"),
    ],
)
def test_a_column_that_no_table_has_is_named_and_nothing_is_shown(
    here: Centre, left_out: str, key: str
) -> None:
    titles = [title for title in TITLES if title != left_out]
    here.take_in("工单.csv", titles, a_month(titles=titles))
    shown = here.figures(MAY, key)[key]
    assert shown.status is Status.UNVERIFIABLE
    assert f"没有“{'重办次数' if left_out == '办结次数' else left_out}”一列" in shown.reason


def test_a_plain_table_tells_nothing_of_the_response(here: Centre) -> None:
    titles = TITLES[:15]
    here.take_in("工单.csv", titles, a_month(titles=titles))
    found = here.figures(MAY, "work_order_response_rate", "work_order_resolution_rate")
    assert found["work_order_response_rate"].status is Status.UNVERIFIABLE
    assert found["work_order_resolution_rate"].status is Status.VERIFIABLE


def test_a_table_of_returns_without_their_deadlines_says_nothing_of_late_ones(here: Centre) -> None:
    """Its absence is no month without a return: neither column is there."""
    titles = [title for title in TITLES[:15] if title not in ("退单时间", "退单截止时间")]
    here.take_in("工单.csv", titles, a_month(titles=titles))
    late = here.figures(MAY, "work_order_returned_late_rate")["work_order_returned_late_rate"]
    assert late.status is Status.UNVERIFIABLE and "退单" in late.reason


def test_a_reply_told_by_its_day_alone_may_be_after_the_hour_at_which_it_was_due(here: Centre) -> None:
    odd = [{"二级反馈时间": f"{MAY.first_day + timedelta(days=10)}"}, {"二级反馈时间": "2023-05-10"}]
    here.take_in("工单.csv", TITLES, a_month(odd))  # due on the 11th at 18:00
    shown = here.figures(MAY, "work_order_replied_in_time_rate")["work_order_replied_in_time_rate"]
    assert shown.status is Status.PARTLY and "二级反馈时间" in shown.reason
    assert shown.low is not None and shown.high is not None
    assert shown.low <= Fraction(3200, 33) < 100 <= shown.high


def test_a_word_that_nobody_understands_is_in_doubt(here: Centre) -> None:
    here.take_in("工单.csv", TITLES, a_month([*ODD, {"是否联系市民": "打过招呼"}]))
    shown = here.figures(MAY, "work_order_response_rate")["work_order_response_rate"]
    assert (shown.status, shown.numerator, shown.denominator) == (Status.PARTLY, 42, 43)
    assert "是否联系市民" in shown.reason
    assert shown.low is not None and shown.high is not None
    assert shown.low <= Fraction(4200, 44) <= Fraction(4300, 44) <= shown.high


def test_a_reply_that_was_not_due_when_it_was_last_told_of_is_open(here: Centre) -> None:
    """A table of 30 May: an order with a reply due on 31 May has none yet, which says nothing."""
    rows = [row for row in a_month() if row[1] < "2023-05-30"]
    open_row = dict(zip(TITLES, rows[-15], strict=True)) | {
        "工单编号": "W999", "二级反馈截止时间": "2023-05-31 18:00:00", "二级反馈时间": "",
    }  # fmt: skip
    here.take_in("工单_2023-05-29.csv", TITLES, [*rows, list(open_row.values())])
    shown = here.figures(MAY, "work_order_replied_in_time_rate")["work_order_replied_in_time_rate"]
    assert shown.status is Status.PARTLY and "未再报送" in shown.reason


def test_cities_count_it_otherwise(here: Centre) -> None:
    here.take_in("工单.csv", TITLES, a_month())
    here.figures(MAY, *FIGURES)

    def by(key: str) -> dict[str, tuple[Fraction | None, Fraction | None]]:
        forks = list_forks(key)
        with here.database.engine.connect() as connection:
            found = compute_figures_by(
                connection, here.code, [INDICATORS[key], *(one.definition for one in forks)], [MAY], NOW
            )
        names = ["", *(fork.name for fork in forks)]
        return {
            name: (one[MAY].numerator, one[MAY].denominator) for name, one in zip(names, found, strict=True)
        }

    response, resolution = by("work_order_response_rate"), by("work_order_resolution_rate")
    assert (response["of_reached"], response["of_closed"]) == ((42, 44), (42, 45))
    assert (resolution[""], resolution["part_counts"]) == ((43, 44), (44, 44))
    assert by("work_order_signed_in_time_rate")["by_deadline"] == (43, 44)


def test_an_answer_of_part_that_a_later_table_does_not_repeat_is_asked_about(here: Centre) -> None:
    titles = TITLES[:15]
    part, none = (a_month([{"是否解决": word}], titles) for word in ("部分解决", "未解决"))
    here.take_in("工单_2023-06-30.csv", titles, part)
    report = here.take_in("工单_2023-07-31.csv", titles, none)
    assert report.question is not None
    assert list(word_examples(report.question)) == ["第 93 行 W91：部分解决原为 是，现为 空"]
