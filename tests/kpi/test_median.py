"""The median handling time: of an odd and of an even number, of too few, of what is not wholly known."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given as drawing
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.bounds import MissingAmounts, compute_median_bounds
from kpi.figures.catalogue import build_card
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.reading import parse_indicator
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS, AtMost
from kpi.figures.indicators.formula import Median
from kpi.figures.patterns.splits import list_splits
from kpi.figures.rows import read_rows
from kpi.figures.sums import Sums
from tests.centre import Centre
from tests.kpi.given import record
from tracker.events.times import BEIJING
from tracker.periods import Month, Quarter

MAY, JUNE = Month(2023, 5), Month(2023, 6)
KEY = "work_order_median_handling"
MEDIAN = INDICATORS[KEY]
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)
TOLD = """
zero work_orders 2023-04-01..2023-04-30 signed 2023-07-02
delivered work_orders 2023-05-01..2023-06-30 as of 2023-07-01"""


def orders(*hours: float | None, month: int = 5, first: int = 1) -> str:
    """Orders dispatched on the month's first day and closed so many hours later; None: still open."""
    lines = []
    for number, hour in enumerate(hours, start=first):
        at = f"2023-0{month}-01T00:00"
        closed = ""
        if hour is not None:
            day, rest = divmod(int(hour * 3600), 86_400)
            closed = f" closed 2023-0{month}-{day + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}"
        lines += [f"order A{number} accepted {at}{closed}", f"step A{number} {at} dispatched 甲局"]
    return "\n".join(lines)


def figure(connection, period=MAY, key: str = KEY) -> Figure:
    results.bring_up_to_date(connection, "tlf", NOW)
    found = results.find_figure(connection, "tlf", key, period)
    assert found is not None
    return found


def test_of_an_odd_number_the_middle_one_and_of_an_even_one_the_mean_of_the_middle_two(connection):
    record(connection, orders(1, 100, 2, 3, 50) + TOLD)
    one = figure(connection)
    assert (one.numerator, one.denominator, one.value, one.status) == (3, 1, 3, Status.VERIFIABLE)
    assert "已办结的派单工单5件的中位数" in one.reason
    mean = figure(connection, key="work_order_mean_handling")
    assert mean.value == Decimal("31.2")
    record(connection, orders(10, first=6))
    one = figure(connection)
    assert (one.numerator, one.denominator, one.value) == (13, 2, Decimal("6.5"))
    assert "已办结的派单工单6件的中位数" in one.reason


def test_the_rows_behind_it_are_the_middle_ones_and_come_to_the_number(connection):
    record(connection, orders(1, 100, 2, 3, 50, 3) + TOLD)
    figure(connection)
    for part, total in (("numerator", 6), ("denominator", 2)):
        rows = read_rows(connection, "tlf", KEY, MAY, part)
        assert [row.subject for row in rows.rows] == [
            "work_order/A4",
            "work_order/A6",
        ]  # of equal ones, the subject
        assert (rows.total, rows.agrees) == (total, True)
        assert [row.subject for row in rows.each()] == ["work_order/A4", "work_order/A6"]


def test_a_quarter_is_put_in_order_anew_and_is_no_mean_of_its_months(connection):
    record(
        connection,
        orders(1, 2, 3, 4, 5) + "\n" + orders(7, 8, 9, 200, 300, 400, 500, month=6, first=11) + TOLD,
    )
    assert [figure(connection, one).value for one in (MAY, JUNE)] == [3, 200]
    quarter = figure(connection, Quarter(2023, 2))
    assert (quarter.numerator, quarter.denominator, quarter.value) == (15, 2, Decimal("7.5"))


def test_of_so_few_that_it_says_nothing_no_median_is_taken(connection):
    record(connection, orders(1, 2, 3, 4, None) + TOLD)
    one = figure(connection)
    assert (one.status, one.value, one.numerator) == (Status.NOT_APPLICABLE, None, None)
    assert one.reason == "本期只有已办结的派单工单4件，少于5件的不取中位数。"
    assert figure(connection, Month(2023, 6)).reason.startswith("本期没有已办结的派单工单")


def test_orders_of_days_that_were_not_delivered_may_be_the_shortest_or_the_longest(connection):
    """Of the 31st, on which there may be as many as on the busiest day: two."""
    days = [1, 1, 2, 3, 4, 5, 6, 7, 8]
    for number, day in enumerate(days, start=1):
        at = f"2023-05-0{day}T00:00"
        closed = f"closed 2023-05-0{day}T{number:02}:00"
        record(connection, f"order A{number} accepted {at} {closed}\nstep A{number} {at} dispatched 甲局")
    record(connection, "zero work_orders 2023-04-01..2023-04-30 signed 2023-07-02")
    record(connection, "delivered work_orders 2023-05-01..2023-05-30 as of 2023-07-01")
    one = figure(connection)
    assert (one.status, one.value, one.low, one.high) == (Status.PARTLY, 5, 4, 6)
    assert "5月31日" in one.reason and "已办结的派单工单9件的中位数" in one.reason
    assert one.bounds == "缺的1天各按最多的一天（2）估计，下限是不明的都排在最前，上限是都排在最后"


def test_where_the_middle_itself_may_be_missing_nothing_bounds_it(connection):
    record(connection, orders(*range(1, 14)))  # all on one day, so that the missing one may have as many
    record(connection, "zero work_orders 2023-04-01..2023-04-30 signed 2023-07-02")
    record(connection, "delivered work_orders 2023-05-01..2023-05-30 as of 2023-07-01")
    one = figure(connection)
    assert (one.status, one.value, one.bounds) == (Status.PARTLY, 7, None)
    assert "无法估计上下限" in one.reason


TITLES = ("工单编号", "受理时间", "派单时间", "承办单位", "办结时间", "诉求类型")


def test_orders_of_which_nobody_knows_whether_they_were_closed_bound_it(database, home: Path):
    centre = Centre(database, home)
    rows = [
        (f"A{n}", f"2023-05-{n:02} 08:00:00", f"2023-05-{n:02} 09:00:00", "甲局",
         f"2023-05-{n:02} {9 + n % 9 + 1}:00:00" if n < 30 else "办了", "投诉")
        for n in range(1, 32)
    ]  # fmt: skip
    centre.sign("work_orders", Month(2023, 4))
    centre.take_in("工单_2023-05.csv", TITLES, rows)
    one = centre.figures(MAY, KEY)[KEY]
    spans = [n % 9 + 1 for n in range(1, 30)]
    assert (one.status, one.value) == (Status.PARTLY, median(spans)), one.reason
    assert (one.low, one.high) == (median([0, 0, *spans]), median([*spans, 99, 99]))
    assert "工单有2行的“办结时间”不明" in one.reason


hours = st.lists(st.integers(0, 40), min_size=1, max_size=12)


@drawing(hours, st.lists(st.integers(0, 60), max_size=6), st.integers(0, 3), st.data())
def test_the_bounds_hold_whatever_the_unknown_rows_turn_out_to_be(
    known: list[int], added: list[int], slack: int, data: st.DataObject
):
    ceased = data.draw(st.integers(0, 2))
    formula = MEDIAN.formula
    assert isinstance(formula, Median)
    values = [(value * 3600, known.count(value)) for value in sorted(set(known))]
    missing = MissingAmounts(None, Fraction(len(added) + slack), Fraction(0), Fraction(ceased), "")
    bounds = compute_median_bounds(MEDIAN, formula, values, missing)
    left = data.draw(st.permutations(known))[data.draw(st.integers(0, ceased)) :]
    if bounds is not None and left + added:
        assert bounds.low <= Fraction(median([Fraction(one) for one in left + added])) <= bounds.high


@drawing(hours)
def test_it_is_what_the_textbook_says(known: list[int]):
    sums = Sums()
    for value in set(known):
        sums.keep_value("work_orders_handling_each_s", 5, value * 3600, known.count(value))
    above, below = MEDIAN.formula.numbers(sums, MEDIAN.formula.counted(lambda _: (MAY,)))
    assert below is not None
    assert above / below == Fraction(median([Fraction(one) for one in known]))


def test_it_is_told_as_a_document_and_read_back_the_same():
    document = dump_definition(MEDIAN)
    assert document["formula"]["median"] == {"fewest": 5}  # type: ignore[index,call-overload]
    assert dump_definition(parse_indicator(document)) == document
    assert isinstance(parse_indicator(document).formula, Median)
    assert "median" not in dump_definition(INDICATORS["call_answer_rate"])["formula"]  # type: ignore[operator]


def changed(**formula: Any) -> dict[str, Any]:
    document: dict[str, Any] = dump_definition(MEDIAN)
    return document | {"formula": document["formula"] | formula}


def test_a_median_that_cannot_be_taken_is_refused():
    of_sums = {"averaged": False, "terms": [{"measure": "work_orders_handling_s", "factor": "1/3600"}]}
    with pytest.raises(DefinitionProblem, match="按件排列的统计项"):
        parse_indicator(changed(numerator=of_sums))
    with pytest.raises(DefinitionProblem, match="要写 ratio"):
        parse_indicator(changed(kind="share", times=100))
    target = {"at_most": "72", "span": "month", "fewest": 30}
    with pytest.raises(DefinitionProblem, match=r"target\.fewest（30）不能大于"):
        parse_indicator(changed() | {"target": target})
    assert isinstance(parse_indicator(changed(median={"fewest": 30}) | {"target": target}).target, AtMost)


def test_its_card_says_how_it_is_taken_and_it_is_not_taken_apart():
    told = build_card(MEDIAN)
    assert "取正中的一件" in told["公式"] and "不是各月的平均" in told["年度和季度"]
    assert list_splits(MEDIAN) == []
