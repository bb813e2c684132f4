"""Every definition is complete: its card, its example, its measures, its sources."""

from fractions import Fraction

import pytest

from kpi.figures import catalogue
from kpi.figures.indicators import GROUPS, HEADLINES, INDICATORS
from kpi.figures.indicators.formula import Quantity
from kpi.figures.indicators.indicator import round_exact
from kpi.figures.measures import MEASURES, POPULATIONS
from kpi.figures.sources import SOURCES, WITHOUT_RHYTHM
from tracker.database import metadata
from tracker.events import TYPES
from tracker.facts import FACTS

every_indicator = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


@every_indicator
def test_a_card_is_complete(indicator):
    card = catalogue.build_card(indicator)
    assert all(text.strip() for text in card.values())
    assert (indicator.card.denominator is None) == (indicator.formula.kind is Quantity.COUNT)
    for title in ("设置依据", "分子", "包含", "不含", "归属月份"):
        assert card[title].endswith("。"), title


@every_indicator
def test_the_worked_example_is_right(indicator):
    example = indicator.card.example
    value = Fraction(example.numerator)
    if example.denominator is not None:
        value = value * indicator.formula.times / Fraction(example.denominator)
    assert str(round_exact(value, indicator.scale)) == example.value
    assert (example.denominator is None) == (indicator.card.denominator is None)


@every_indicator
def test_an_indicators_parts_each_list_rows_of_one_shape(indicator):
    formula = indicator.formula
    for part in (formula.numerator, formula.denominator):
        if part is not None:
            shapes = {
                tuple(title for title, _ in MEASURES[term.measure].among.columns) for term in part.terms
            }
            assert len(shapes) == 1


@every_indicator
def test_a_share_counts_above_what_it_counts_below(indicator):
    """So that the missing can be taken as all failed or all succeeded."""
    if indicator.formula.kind is Quantity.SHARE:
        above, below = indicator.formula.numerator, indicator.formula.denominator
        assert below is not None
        assert not above.averaged and not below.averaged
        assert indicator.formula.times == 100


@every_measure
def test_a_measure_says_what_it_counts(measure):
    assert all(text.strip() for text in catalogue.build_measure_card(measure).values())
    assert measure.about.endswith("。")
    assert all(need in SOURCES for need in measure.needs)


def test_the_five_that_were_named_exist():
    assert HEADLINES == (
        "call_answer_rate",
        "work_orders_opened",
        "staffing_in_post_rate",
        "staff_turnover_rate",
        "payment_on_time_rate",
    )
    assert set(HEADLINES) <= set(INDICATORS)


def test_every_indicator_stands_in_one_group():
    listed = [indicator.key for _, indicators in GROUPS for indicator in indicators]
    assert sorted(listed) == sorted(INDICATORS)
    assert len({indicator.title for indicator in INDICATORS.values()}) == len(INDICATORS)


def test_every_population_is_made_of_known_facts():
    known = {fact.name for fact in FACTS}
    assert all(set(population.facts) <= known for population in POPULATIONS)


def test_every_source_of_events_has_a_rhythm():
    told = {kind.source for kind in TYPES.values()} - {"ledger", *WITHOUT_RHYTHM}
    assert told == {source.delivery for source in SOURCES.values()}


def test_every_source_says_how_a_gap_is_mended():
    assert all(source.remedy.endswith("。") and source.title for source in SOURCES.values())


@every_measure
def test_a_measure_stays_in_the_common_subset(measure):
    """No integer division, no epoch, no series: what other engines compute otherwise."""
    told = str(measure.sum.compile()).lower()
    assert "/" not in told
    assert "epoch" not in told and "generate_series" not in told and "date_trunc" not in told


def test_targets_are_written_with_their_unit():
    target = INDICATORS["call_answer_rate"].target
    assert target is not None
    assert target.text("%") == "≥95%"
    assert target.sense.met(Fraction(98), Fraction(target.bound))
    assert not target.sense.met(Fraction("94.995"), Fraction(target.bound))


def test_the_tables_of_figures_begin_their_key_with_the_centre():
    for name in ("daily_measures", "figures", "figure_heads"):
        assert next(iter(metadata.tables[name].primary_key)).name == "center_id"
