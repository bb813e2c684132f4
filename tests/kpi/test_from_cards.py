"""Every indicator means what its card says: drawn centres, counted again by plain code from the cards."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, pairwise

import pytest

from kpi.figures import results
from kpi.figures.catalogue import text
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from tests.conftest import fresh_database
from tests.kpi.from_cards import calls, days, files, money, orders, people, platform, surveys
from tests.kpi.from_cards.centre import NOW, YEAR, Centre, draw
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.plain import Number
from tracker.database import Database
from tracker.periods import Month, Period, periods_of_year

PLAIN = {
    one.__name__: one
    for one in chain.from_iterable(
        domain.PLAIN for domain in (calls, orders, people, money, platform, surveys, days, files)
    )
}
PERIODS = periods_of_year(YEAR.year)
Shown = dict[str, dict[Period, Figure]]


@pytest.fixture(scope="module", params=(0, 2, 4, 8, 9, 12))
def drawn(request: pytest.FixtureRequest, server_url: str, template: str) -> Iterator[tuple[Centre, Shown]]:
    """A centre, and what is shown of it."""
    centre = draw(request.param)
    for database in fresh_database(server_url, template):
        yield centre, _figures(database, centre)


def _figures(database: Database, centre: Centre) -> Shown:
    with database.engine.begin() as connection:
        deliver(connection, centre)
        results.bring_up_to_date(connection, "tlf", NOW)
        return results.of_year(connection, "tlf", YEAR.year)


def test_every_indicator_is_counted_again() -> None:
    assert set(PLAIN) == set(INDICATORS)


@pytest.mark.parametrize("key", PLAIN)
def test_a_figure_is_what_its_card_says(drawn: tuple[Centre, Shown], key: str) -> None:
    centre, shown = drawn
    counted = {period: PLAIN[key](centre, period) for period in PERIODS}
    assert {str(period): _as_shown(shown[key][period]) for period in PERIODS} == {
        str(period): _as_carded(key, number) for period, number in counted.items()
    }


def test_a_share_lies_between_0_and_100_unless_its_card_says_why_not(drawn: tuple[Centre, Shown]) -> None:
    for key, by_period in drawn[1].items():
        values = [one.value for one in by_period.values() if one.value is not None and one.unit == "%"]
        if max(values, default=0) > 100:
            assert "超过100%" in text(INDICATORS[key]), key
        if min(values, default=0) < 0:
            assert "为负" in text(INDICATORS[key]), key


def test_labour_of_which_not_every_item_was_said_is_not_verifiable(drawn: tuple[Centre, Shown]) -> None:
    centre, shown = drawn
    said = {one.known_as for one in centre.said if one.topic == "labour"}
    for period in PERIODS:
        unsaid = [one for one in money.due(centre, period) if one.item not in said]
        verifiable = shown["payment_on_time_labour_rate"][period].status is Status.VERIFIABLE
        assert not (unsaid and verifiable), period


def test_open_orders_are_those_open_before_with_what_came_less_what_was_closed_or_cancelled(
    drawn: tuple[Centre, Shown],
) -> None:
    centre, shown = drawn

    def value(key: str, month: Month) -> Decimal:
        found = shown[key][month].value
        assert found is not None
        return found

    for before, month in pairwise(YEAR.months):
        came, closed = value("work_orders_opened", month), value("work_orders_closed_in_period", month)
        left = came - closed - orders.cancelled(centre, month)
        key = "work_orders_open_at_end"
        assert value(key, month) == value(key, before) + left, month


Numbers = tuple[Fraction | None, Fraction | None, Decimal] | None


def _as_shown(figure: Figure) -> Numbers:
    """None: no value is shown."""
    return None if figure.value is None else (figure.numerator, figure.denominator, figure.value)


def _as_carded(key: str, number: Number | None) -> Numbers:
    """With the value rounded as the card says; none where there is nothing to divide by."""
    if number is None or number.denominator == 0:
        return None
    value = number.numerator / (number.denominator or 1) * (100 if INDICATORS[key].unit == "%" else 1)
    return number.numerator, number.denominator, _half_up(value, INDICATORS[key].scale)


def _half_up(value: Fraction, places: int) -> Decimal:
    """四舍五入：a tie goes away from zero."""
    whole = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
