"""How numbers, times and marks are written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from inspect import signature

import pytest
from jinja2 import nodes
from jinja2.defaults import DEFAULT_FILTERS

from tests.web.routes import UNUSED
from web.formatting import amount, breakable, cell, duration, moment, percent, size, tenths, with_unit, yuan


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (None, "—"),
        (2852, "2,852"),
        (Fraction(67, 2), "33.5"),
        (Fraction(100, 3), "33.33"),
        (Fraction("2.125"), "2.13"),
        (Fraction("2.135"), "2.14"),
        (Fraction("-2.125"), "-2.13"),
    ],
)
def test_an_amount_has_thousands_separators_and_zero_is_not_missing(number: object, written: str):
    assert amount(number) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (Fraction(0), "0.00%"),
        (None, "—"),
        (Fraction(1), "100%"),
        (Fraction(103, 100), "103.00%"),
        (Fraction(999_999, 1_000_000), "99.99%"),
        (Fraction(363, 365), "99.45%"),
        (Fraction("0.02125"), "2.13%"),
        (Fraction("0.02135"), "2.14%"),
    ],
)
def test_a_share_is_neither_capped_nor_rounded_up_to_the_whole(share: Fraction | None, written: str):
    assert percent(share) == written


def test_a_mean_is_told_to_the_tenth_half_up():
    means = (Fraction("1234.25"), Fraction("0.35"), Fraction(9))
    assert [tenths(mean) for mean in means] == ["1,234.3", "0.4", "9.0"]


def test_a_value_carries_its_unit():
    assert with_unit(Decimal("98.30"), "%") == "98.30%"
    assert with_unit(Decimal(7245), "件") == "7,245 件"
    assert with_unit(Decimal("0.812"), "") == "0.812"


def test_times_are_beijing_time():
    assert moment(datetime(2023, 8, 11, 16, 3, 5, tzinfo=UTC)) == "2023-08-12 00:03:05"


@pytest.mark.parametrize(
    ("ms", "told"),
    [
        (37_000, "37 秒"),
        (59_999, "59.999 秒"),
        (60_000, "1 分 0 秒"),
        (337_500, "5 分 37.5 秒"),
        (3_599_999, "59 分 59.999 秒"),
        (3_600_000, "1 小时 0 分 0 秒"),
    ],
)
def test_durations_are_told_in_words(ms: int, told: str):
    assert duration(ms) == told


def test_money_is_told_in_yuan():
    assert yuan(18_915_833) == "189,158.33 元"


@pytest.mark.parametrize(
    ("count", "told"), [(5, "5 字节"), (2048, "2.0 KB"), (8 << 20, "8.0 MB"), (3 << 30, "3.0 GB")]
)
def test_sizes(count: int, told: str):
    assert size(count) == told


@pytest.mark.parametrize(
    ("value", "name", "told"),
    [
        (None, "", "—"),
        (0, "cases", "0"),
        (True, "up", "是"),
        ("answered", "outcome", "已接听"),
        ("answered", "remark", "answered"),
        ("returned", "movement", "财政收回"),
        (90_000, "wait_ms", "1 分 30 秒"),
        (100, "amount_fen", "1.00 元"),
        ("2023-08-12T00:03:05+08:00", "at", "2023-08-12 00:03:05"),
        (date(2023, 8, 12), "", "2023-08-12"),
        ({"2023-08-12": 3}, "days", "2023-08-12：3"),
        ([[1, 3]], "events", "1、3"),
    ],
)
def test_a_cell_is_told_in_words(value: object, name: str, told: str):
    assert cell(value, name) == told


def test_a_hash_may_be_broken_on_a_narrow_screen_and_copies_whole():
    assert breakable("0123456789abcdef") == "01234567<wbr>89abcdef"


def test_every_template_gives_filters_what_they_ask_for():
    """In a branch that is rarely drawn, too."""
    environment = UNUSED.jinja_env
    assert environment.loader is not None
    for name in environment.list_templates():
        source, _, _ = environment.loader.get_source(environment, name)
        for used in environment.parse(source).find_all(nodes.Filter):
            if used.name not in DEFAULT_FILTERS:
                given = [used.node, *used.args], {one.key: one.value for one in used.kwargs}
                try:
                    signature(environment.filters[used.name]).bind(*given[0], **given[1])
                except TypeError as problem:
                    pytest.fail(f"{name}, line {used.lineno}, {used.name}: {problem}")
