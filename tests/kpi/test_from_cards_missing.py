"""Where days lack, what the cards say of all that happened lies within what is shown, or nothing is shown."""

from random import Random

import pytest

from kpi.figures import results
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from tests.conftest import fresh_database
from tests.kpi.from_cards import calls, days, orders
from tests.kpi.from_cards.centre import NOW, YEAR, Centre
from tests.kpi.from_cards.delivered import deliver
from tests.kpi.from_cards.indicators import PERIODS, true_value
from tests.kpi.from_cards.missing import draw_busy, lose_days
from tests.kpi.from_cards.plain import Number

BY_WHAT_IS_AT_HAND = ("inspection_pass_rate",)  # 手中没有这通电话的话单时按质检日期
TOO_RARE = ("work_order_returned_late_rate",)  # a lost day may hold more than the busiest that is there
PLAIN = {
    one.__name__: one for one in (*calls.PLAIN, *orders.PLAIN, *days.PLAIN) if one.__name__ not in TOO_RARE
}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_happened_lies_within_what_is_shown(server_url: str, template: str, seed: int) -> None:
    happened, delivered = lose_days(draw_busy(seed), Random(seed))
    for database in fresh_database(server_url, template):
        deliver(database, delivered)
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", NOW)
            shown = results.read_year(connection, "tlf", YEAR.year)
    sure = 0
    for key, plain in PLAIN.items():
        of: Centre = delivered if key in BY_WHAT_IS_AT_HAND else happened
        for period in PERIODS:
            _hold(key, shown[key][period], plain(of, period))
            sure += shown[key][period].status is Status.VERIFIABLE
    assert sure > 200


def _hold(key: str, figure: Figure, number: Number | None) -> None:
    true = true_value(key, number)
    what = f"{key} {figure.period}: {true}, shown {figure.value} {figure.low}–{figure.high} {figure.reason}"
    match figure.status:
        case Status.VERIFIABLE:
            assert true is not None and figure.value == INDICATORS[key].round_value(true), what
        case Status.PARTLY if figure.low is not None and figure.high is not None and true is not None:
            assert figure.low <= true <= figure.high, what
        case Status.NOT_APPLICABLE:
            assert true is None, what
