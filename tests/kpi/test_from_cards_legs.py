"""A call in legs is one call, as its cards say: rung in vain, passed on, put through, taken by a machine."""

from random import Random

import pytest

from kpi.figures import results
from tests.conftest import fresh_database
from tests.kpi.from_cards import calls, days
from tests.kpi.from_cards.centre import NOW, YEAR, Centre, draw
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.indicators import PERIODS, as_carded, as_shown
from tests.kpi.from_cards.legs import draw_legs

PLAIN = {one.__name__: one for one in (*calls.PLAIN, days.inspection_pass_rate)}


def _draw_calls(seed: int) -> Centre:
    whole = draw(seed)
    centre = Centre(calls=whole.calls, inspections=whole.inspections, said=whole.said)
    draw_legs(centre, Random(seed))
    return centre


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_figure_of_calls_in_legs_is_what_its_card_says(server_url: str, template: str, seed: int) -> None:
    centre = _draw_calls(seed)
    for database in fresh_database(server_url, template):
        deliver(database, centre)
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", NOW)
            shown = results.read_year(connection, "tlf", YEAR.year)
    for key, plain in PLAIN.items():
        assert {str(period): as_shown(shown[key][period]) for period in PERIODS} == {
            str(period): as_carded(key, plain(centre, period)) for period in PERIODS
        }, key
