"""Every indicator means what its card says: drawn centres, counted again by plain code from the cards."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

from kpi.figures import results
from kpi.figures.catalogue import format_card
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from tests.conftest import fresh_database
from tests.kpi.from_cards import money, orders
from tests.kpi.from_cards.centre import NOW, YEAR, Centre, draw
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.indicators import PERIODS, PLAIN, Shown, as_carded, as_shown
from tracker.database import Database
from tracker.periods import Month


@pytest.fixture(scope="module", params=(0, 2, 4, 8, 9, 12))
def drawn(request: pytest.FixtureRequest, server_url: str, template: str) -> Iterator[tuple[Centre, Shown]]:
    """A centre, and what is shown of it."""
    centre = draw(request.param)
    for database in fresh_database(server_url, template):
        yield centre, _figures(database, centre)


def _figures(database: Database, centre: Centre) -> Shown:
    deliver(database, centre)
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        return results.read_year(connection, "tlf", YEAR.year)


def test_every_indicator_is_counted_again() -> None:
    assert set(PLAIN) == set(INDICATORS)


@pytest.mark.parametrize("key", PLAIN)
def test_a_figure_is_what_its_card_says(drawn: tuple[Centre, Shown], key: str) -> None:
    centre, shown = drawn
    counted = {period: PLAIN[key](centre, period) for period in PERIODS}
    assert {str(period): as_shown(shown[key][period]) for period in PERIODS} == {
        str(period): as_carded(key, number) for period, number in counted.items()
    }


def test_a_share_lies_between_0_and_100_unless_its_card_says_why_not(drawn: tuple[Centre, Shown]) -> None:
    for key, by_period in drawn[1].items():
        values = [one.value for one in by_period.values() if one.value is not None and one.unit == "%"]
        if max(values, default=0) > 100:
            assert "超过100%" in format_card(INDICATORS[key]), key
        if min(values, default=0) < 0:
            assert "为负" in format_card(INDICATORS[key]), key


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
