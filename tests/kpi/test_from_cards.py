"""Every indicator means what its card says: drawn centres, counted again by plain code from the cards."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain

import pytest

from kpi.figures import results
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from tests.conftest import fresh_database
from tests.kpi.from_cards import calls, days, files, money, orders, people, platform, surveys
from tests.kpi.from_cards.centre import NOW, YEAR, Centre, draw
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.plain import Number
from tracker.database import Database
from tracker.periods import Period, periods_of_year

PLAIN = {
    one.__name__: one
    for one in chain.from_iterable(
        domain.PLAIN for domain in (calls, orders, people, money, platform, surveys, days, files)
    )
}
PERIODS = periods_of_year(YEAR.year)
Shown = dict[str, dict[Period, Figure]]


@pytest.fixture(scope="module", params=range(5))
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


def _as_shown(figure: Figure) -> tuple[Fraction | None, Fraction | None, Decimal | None]:
    return figure.numerator, figure.denominator, figure.value


def _as_carded(key: str, number: Number | None) -> tuple[Fraction | None, Fraction | None, Decimal | None]:
    """With the value rounded as the card says; none where there is nothing to divide by."""
    if number is None:
        return None, None, None
    if number.denominator == 0:
        return number.numerator, number.denominator, None
    value = number.numerator / (number.denominator or 1) * (100 if INDICATORS[key].unit == "%" else 1)
    return number.numerator, number.denominator, _half_up(value, INDICATORS[key].scale)


def _half_up(value: Fraction, places: int) -> Decimal:
    """四舍五入：a tie goes away from zero."""
    whole = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
