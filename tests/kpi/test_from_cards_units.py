"""Orders handed from unit to unit count as the cards say, and for the unit that the card names."""

from random import Random

import pytest

from kpi.figures import results
from kpi.figures.patterns.breakdown import break_down
from tests.conftest import fresh_database
from tests.kpi.from_cards import orders
from tests.kpi.from_cards.centre import NOW, YEAR, Centre, draw
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.indicators import PERIODS, as_carded, as_shown
from tests.kpi.from_cards.units import draw_reassignments, on_time_by_unit

ON_TIME = "work_order_on_time_rate"


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_orders_that_were_handed_on_are_counted_as_the_cards_say(
    server_url: str, template: str, seed: int
) -> None:
    centre = Centre(orders=draw(seed).orders)
    draw_reassignments(centre, Random(seed))
    for database in fresh_database(server_url, template):
        deliver(database, centre)
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", NOW)
            shown = results.read_year(connection, "tlf", YEAR.year)
            by_unit = break_down(connection, "tlf", ON_TIME, YEAR, "unit")
    for plain in orders.PLAIN:
        key = plain.__name__
        assert {str(period): as_shown(shown[key][period]) for period in PERIODS} == {
            str(period): as_carded(key, plain(centre, period)) for period in PERIODS
        }, key
    assert by_unit.adds_up
    pieces = {piece.key: (piece.numerator, piece.denominator) for piece in by_unit.pieces}
    assert pieces == on_time_by_unit(centre, YEAR)
