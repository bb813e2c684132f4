"""The code beside a number: made of what the number says, read however it is typed."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.figures.codes import ALPHABET, CodeProblem, as_sealed, derive_code, derive_sealed_code, read_code
from kpi.figures.day_runs import DayRun
from kpi.figures.figure import Figure, Status
from kpi.figures.gap import Gap, GapCode
from tracker.events.times import BEIJING
from tracker.periods import Month

GAP = Gap(GapCode.MISSING, "calls", (DayRun(date(2023, 8, 12), date(2023, 8, 13), 2, True),))
FIGURE = Figure(
    indicator="call_answer_rate", center="tlf", period=Month(2023, 8), numerator=Fraction(2852),
    denominator=Fraction(2899), value=Decimal("98.38"), unit="%", coverage=Fraction(29, 31),
    status=Status.PARTLY, reason="话单缺8月12日、8月13日。", gaps=(GAP,),
    low=Decimal("90.56"), high=Decimal("98.51"), bounds="缺的2天",
    definition_version=1, source="标准", log_seq=7, computed_at=datetime(2023, 9, 1, tzinfo=BEIJING),
)  # fmt: skip


def test_a_code_is_what_it_always_was():
    assert derive_code(FIGURE, 1) == "Y2NB-JQQQ"


def test_the_seal_holds_exact_texts():
    sealed = as_sealed(FIGURE)
    assert (sealed["numerator"], sealed["coverage"], sealed["value"]) == ("2852", "29/31", "98.38")
    runs = [["2023-08-12", "2023-08-13", 2, True]]
    assert sealed.pop("gaps") == [{"code": "missing", "source": "calls", "runs": runs}]
    assert {type(value) for value in sealed.values()} <= {str, int, type(None)}


def test_a_code_does_not_depend_on_when_it_was_computed():
    later = replace(FIGURE, log_seq=99, computed_at=datetime(2024, 1, 1, tzinfo=BEIJING), provisional=True)
    assert derive_code(later, 0) == derive_code(FIGURE, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"center": "county"},
        {"period": Month(2023, 9)},
        {"numerator": Fraction(2853)},
        {"value": Decimal("98.380")},
        {"coverage": None},
        {"reason": "话单缺8月12日。"},
        {"definition_version": 2},
    ],
)
def test_another_figure_has_another_code(other: dict[str, object]):
    assert derive_code(replace(FIGURE, **other), 1) != derive_code(FIGURE, 1)  # type: ignore[arg-type]


def test_another_vintage_has_another_code():
    assert len({derive_code(FIGURE, vintage) for vintage in range(50)}) == 50


def test_a_code_among_the_figure_does_not_count_nor_do_the_gaps_that_its_reason_names():
    assert derive_sealed_code("tlf", as_sealed(FIGURE) | {"code": "0000-0000"}, 1) == derive_code(FIGURE, 1)
    assert derive_code(replace(FIGURE, gaps=()), 1) == derive_code(FIGURE, 1)


@drawn(st.text(ALPHABET, min_size=8, max_size=8), st.sampled_from(["", "-", " ", "－", "—"]), st.booleans())
def test_a_code_is_read_however_it_is_typed(plain: str, between: str, lower: bool):
    wanted = f"{plain[:4]}-{plain[4:]}"
    typed = f"{plain[:4]}{between}{plain[4:]}".replace("0", "O").replace("1", "L")
    assert read_code(typed.lower() if lower else typed) == wanted
    assert read_code(typed.replace("L", "i")) == wanted


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M-Q2XFF", "7K3M-Q2XU", "七K3MQ2XF"])
def test_what_is_no_code_is_refused(typed: str):
    with pytest.raises(CodeProblem, match="不是溯源码"):
        read_code(typed)
