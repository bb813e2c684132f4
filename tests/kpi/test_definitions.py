"""Definitions as documents, adopted from a month on by two people; what is counted follows them."""

import tomllib
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.definitions.computing import compute_figures_by, compute_impact
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.document import dump_canonical, dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import PACKAGED, read_definitions
from kpi.figures.definitions.reading import parse_indicator, read_definition_file
from kpi.figures.definitions.toml import as_toml
from kpi.figures.forks import FORKS, list_forks
from kpi.figures.indicators import INDICATORS, Rounding
from kpi.figures.indicators.formula import CountedMonths, Over, Part, Term, ratio, total
from kpi.figures.patterns.breakdown import break_down
from kpi.figures.patterns.piece_rows import read_piece_rows
from kpi.figures.rows import read_rows
from kpi.figures.sums import Sums
from tests.kpi.adopting import adopt
from tests.kpi.closing import MAY_DATA, lock
from tests.kpi.given import append, record
from tracker import log
from tracker.database import get_driver
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.periods import Month, Quarter, Year

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)
RATE = INDICATORS["call_answer_rate"]
OF_INBOUND = next(fork.definition for fork in list_forks("call_answer_rate") if fork.name == "all_inbound")
MARCH = Month(2024, 3)
EVERY = [*INDICATORS.values(), *(fork.definition for fork in FORKS)]
CALLS = """
call 2024-01-05 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2024-01-05 09:00:00 id c2
call 2024-03-05 08:00:00 id c3 queued 08:00:10 answered 08:00:20
call 2024-03-05 09:00:00 id c4
delivered calls 2024-01-01..2024-07-09 as of 2024-07-10"""


def adopted(connection, indicator=OF_INBOUND, effective_from=MARCH, **changed):
    return adopt(connection, indicator, effective_from, now=NOW, **changed)


def of(connection, period, key="call_answer_rate"):
    results.bring_up_to_date(connection, "tlf", NOW)
    return results.find_figure(connection, "tlf", key, period)


@pytest.mark.parametrize("indicator", EVERY, ids=lambda one: one.source[:30])
def test_a_definition_written_as_a_document_and_as_toml_reads_back_the_same(indicator):
    document = dump_definition(indicator)
    for found in (parse_indicator(document), parse_indicator(tomllib.loads(as_toml(document)))):
        for field in fields(indicator):
            assert getattr(found, field.name) == getattr(indicator, field.name), field.name
        assert dump_canonical(dump_definition(found)) == dump_canonical(document)


@drawn(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_survives_the_file(text):
    changed = replace(RATE, source=text)
    assert tomllib.loads(as_toml(dump_definition(changed)))["source"] == text


WRONG = [
    ("key", "call_answer_rat", "“key”：没有指标“call_answer_rat”。相近的有 call_answer_rate"),
    ("unit", "次元", "“unit”：没有单位“次元”"),
    ("unit", "件", "“unit”写的是“件”，而按公式（share，times = 100）单位是“%”"),
    ("scale", 9, "“scale”应为0至6的整数，读到的是“9”"),
    ("scale", "2", "“scale”应为0至6的整数"),
    ("rounding", "up", "“rounding”应为 half_up、half_even、truncated 之一，读到的是“up”"),
    ("direction", "up", "“direction”应为 higher、lower、neither 之一，读到的是“up”"),
    ("target", {"at_least": 98.5}, "“target.at_least”应为加引号的数"),
    ("target", {"at_least": "98", "at_most": "99"}, "“target”里 at_least"),
    ("effective_from", "2024", "“effective_from”应为月份"),
    ("wilson", "yes", "“wilson”应为 true 或 false"),
    ("formula.kind", "rate", "“formula.kind”应为 count、share、ratio 之一"),
    ("formula.times", 1, "公式种类 share 是百分比"),
    ("formula.numerator.terms.0.measure", "calls_answred",
     "“formula.numerator.terms.1.measure”：没有统计项“calls_answred”。相近的有 calls_answered"),
    ("formula.numerator.terms.0.factor", "1/0", "“formula.numerator.terms.1.factor”应为不为0的整数或分数"),
    ("formula.numerator.terms.0.over", "some", "“formula.numerator.terms.1.over”应为 all、first、last 之一"),
    ("formula.numerator.terms", [], "“formula.numerator.terms”至少要有一项"),
    ("card.why", " ", "“card.why”是空的"),
    ("card.example.value", "98.33", "“card.example.value”写的是“98.33”，按公式应为“98.32”"),
    ("scael", 2, "“scael”不认识；这里可以写的是 key、version"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_what_does_not_fit_is_refused_with_its_field(field, value, sentence):
    document = dump_definition(RATE)
    *path, last = field.split(".")
    place = document
    for step in path:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    with pytest.raises(DefinitionProblem) as refused:
        parse_indicator(document)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("measures", "sentence"),
    [(("calls_answered", "calls_wait_ms"), "单位不同"), (("calls_answered", "calls_offered_by_end"), None)],
)
def test_only_alike_measures_are_added(measures, sentence):
    changed = replace(RATE, formula=replace(RATE.formula, numerator=total(*measures)))
    if sentence is None:
        assert parse_indicator(dump_definition(changed)).formula == changed.formula
    else:
        with pytest.raises(DefinitionProblem, match=sentence):
            parse_indicator(dump_definition(changed))


@pytest.mark.parametrize("name", ["by_queue_day", "by_end_day"])
def test_a_call_over_midnight_moves_the_month_it_is_booked_in_at_once(connection, name):
    """Recorded on its own, after the figures of both months were computed."""
    record(connection, "delivered calls 2024-01-01..2024-07-09 as of 2024-07-10")
    (by,) = [fork.definition for fork in list_forks("call_answer_rate") if fork.name == name]
    adopted(connection, by, Month(2024, 1))
    assert of(connection, Month(2024, 4)).denominator == 0
    at = datetime(2024, 3, 31, 23, 59, 50, tzinfo=BEIJING)
    late = at + timedelta(seconds=20)
    call = CallEnded(
        call_id="c9", direction="inbound", entered_at=at, queued_at=late, rang_at=None, answered_at=late,
        ended_at=late, talk_ms=1000, outcome="answered", agent=None, skill_group=None, caller=None,
        rating=None,
    )  # fmt: skip
    append(connection, [call])
    march, april = (of(connection, Month(2024, month)) for month in (3, 4))
    assert (march.denominator, april.denominator) == (0, 1)
    results.rebuild(connection, "tlf", NOW)
    assert of(connection, Month(2024, 4)).value == april.value


@pytest.mark.parametrize(("month", "told"), [(5, "2023年5月已锁定"), (4, "2023年4月以后的2023年5月已锁定")])
def test_a_definition_begins_only_after_the_last_locked_month(connection, month, told):
    record(connection, MAY_DATA)
    lock(connection)
    with pytest.raises(DefinitionProblem, match=f"{told}.*最早可自2023年6月起执行"):
        adopted(connection, effective_from=Month(2023, month))
    assert adopted(connection, effective_from=Month(2023, 6)).version == 2


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text("key = call", encoding="utf-8")
    with pytest.raises(DefinitionProblem, match=r"x\.toml 第1行：第7个字符附近不符合TOML格式（key = call）"):
        read_definition_file(path)


@pytest.mark.parametrize(
    ("before", "after", "at", "told"),
    [
        ("scale = 2", "scale = 9", "scale", "“scale”应为0至6的整数"),
        ('unit = "%"', 'unit = "件"', "unit =", "“unit”写的是“件”，而按公式"),
        ('value = "98.32"', 'value = "98.33"', "98.33", "“card.example.value”写的是“98.33”"),
        ("times = 100", "times = 1", "kind =", "公式种类 share 是百分比"),
        ('"calls_answered"', '"calls_answred"', "calls_answred", "“formula.numerator.terms.1.measure”：没有"),
        ('factor = "1"', 'factor = "0"', 'factor = "0"', "“formula.numerator.terms.1.factor”应为不为0"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path, before, after, at, told):
    text = as_toml(dump_definition(RATE))
    assert before in text
    path = tmp_path / "x.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    line = next(n for n, one in enumerate(path.read_text("utf-8").splitlines(), start=1) if at in one)
    with pytest.raises(DefinitionProblem) as refused:
        read_definition_file(path)
    assert str(refused.value).startswith(f"x.toml 第{line}行：{told}")


def test_differences_name_the_fields_that_changed_and_no_other():
    changed = replace(RATE, rounding=Rounding.TRUNCATED, version=7)
    assert list_differences(RATE, changed) == [("舍入", "四舍五入", "去尾（只舍不入）")]
    assert "公式分母" in {one.field for one in list_differences(RATE, OF_INBOUND)}


@pytest.mark.acceptance(13)
def test_a_changed_definition_leaves_earlier_months_and_both_can_be_computed(connection):
    record(connection, CALLS)
    before = [of(connection, Month(2024, month)) for month in (1, 2)]
    version = adopted(connection)
    after = [of(connection, Month(2024, month)) for month in (1, 2)]
    assert [replace(one, log_seq=0) for one in after] == [replace(one, log_seq=0) for one in before]
    march = of(connection, Month(2024, 3))
    assert (march.value, march.definition_version) == (50, 2)
    first, second = compute_figures_by(
        connection, "tlf", [RATE, version], [Month(2024, 1), Month(2024, 3)], NOW
    )
    assert [figure.value for figure in first.values()] == [100, 100]
    assert [figure.value for figure in second.values()] == [50, 50]
    assert second[Month(2024, 3)].value == march.value


def test_a_period_under_two_definitions_says_so_and_goes_by_its_last_month(connection):
    record(connection, CALLS)
    adopted(connection)
    quarter, later = of(connection, Quarter(2024, 1)), of(connection, Quarter(2024, 2))
    assert (quarter.definition_version, quarter.denominator) == (2, 4)
    assert quarter.reason.endswith("本期各月口径不一（第2版自2024年3月起），全期按期末的第2版计算。")
    assert "口径不一" not in later.reason
    assert of(connection, Year(2024)).definition_version == 2


def test_figures_after_an_adoption_equal_figures_made_anew(connection):
    record(connection, CALLS)
    results.bring_up_to_date(connection, "tlf", NOW)
    adopted(connection)
    record(connection, "call 2024-03-06 08:00:00 id c9")
    results.bring_up_to_date(connection, "tlf", NOW)
    assert results.bring_up_to_date(connection, "tlf", NOW) == 0
    running = results.read_year(connection, "tlf", 2024)
    results.rebuild(connection, "tlf", NOW)
    assert running == results.read_year(connection, "tlf", 2024)
    assert running["call_answer_rate"][Month(2024, 3)].denominator == 3


def test_rows_follow_the_definition_by_which_the_figure_was_computed(connection):
    record(connection, CALLS)
    adopted(connection)
    results.bring_up_to_date(connection, "tlf", NOW)
    counts = [
        read_rows(connection, "tlf", "call_answer_rate", Month(2024, month), "denominator").count
        for month in (1, 3)
    ]
    assert counts == [1, 2]


def test_facts_made_anew_keep_what_was_adopted(connection):
    record(connection, CALLS)
    adopted(connection)
    before = read_definitions(connection, "tlf").digest
    log.rebuild_facts(get_driver(connection), "tlf")
    assert read_definitions(connection, "tlf").digest == before != PACKAGED.digest


def test_an_adoption_concerns_its_own_centre_alone(connection):
    record(connection, CALLS)
    record(connection, CALLS, center="other")
    adopted(connection)
    assert read_definitions(connection, "other") == PACKAGED
    assert read_definitions(connection, "tlf").find_in_force("call_answer_rate", Month(2024, 3)).version == 2


def test_an_adopted_version_tells_who_decided_it(connection):
    record(connection, CALLS)
    adopted(connection, clause="第三条")
    told = read_definitions(connection, "tlf").list_adoptions("call_answer_rate")[2]
    assert (told.proposed_by, told.approved_by, told.clause) == ("张三", "李四", "第三条")
    assert (told.adopted_at, told.event_seq) == (NOW, 7)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"approved_by": " 张 三 "}, "须由另一人批准"),
        ({"reason": "理" * 501}, "最多500个字"),
        ({"reason": " "}, "必须写明理由"),
        ({"indicator": RATE}, "与第1版没有差别"),
    ],
)
def test_an_adoption_that_cannot_stand_is_refused(connection, changed, sentence):
    record(connection, CALLS)
    with pytest.raises(DefinitionProblem, match=sentence):
        adopted(connection, **changed)
    assert read_definitions(connection, "tlf") == PACKAGED


def test_a_version_does_not_begin_before_the_one_it_replaces(connection):
    record(connection, CALLS)
    adopted(connection)
    with pytest.raises(DefinitionProblem, match="不得早于该月"):
        adopted(connection, replace(OF_INBOUND, scale=1, card=RATE.card), Month(2024, 2))
    third = adopted(connection, replace(RATE, target=None), Month(2024, 4), reason="改回")
    assert third.version == 3
    known = read_definitions(connection, "tlf")
    held = [known.find_in_force("call_answer_rate", Month(2024, month)).version for month in (2, 3, 4, 5)]
    assert held == [1, 2, 3, 3]


def test_the_impact_is_foreseen_as_it_then_comes(connection):
    record(connection, CALLS)
    results.bring_up_to_date(connection, "tlf", NOW)
    foreseen = {
        one.period: one.after
        for one in compute_impact(connection, "tlf", OF_INBOUND, Year(2024), NOW)
        if one.after is not None
    }
    adopted(connection, effective_from=Month(2024, 1))
    results.bring_up_to_date(connection, "tlf", NOW)
    became = results.read_year(connection, "tlf", 2024)["call_answer_rate"]
    assert {period: figure.value for period, figure in foreseen.items()} == {
        period: figure.value for period, figure in became.items()
    }


TURNOVER = INDICATORS["staff_turnover_rate"]


def turnover(factor: Fraction) -> object:
    """Leavers ÷ mean of opening and closing staff, counted in units of the factor."""
    half = factor / 2
    ends = (Term("staff_at_month_start", half, Over.FIRST), Term("staff_at_month_end", half, Over.LAST))
    return replace(TURNOVER, formula=ratio(total("staff_left", times=factor), Part(ends), 100))


@pytest.mark.acceptance(27)
@pytest.mark.parametrize(
    ("rounding", "printed"), [(Rounding.HALF_UP, "20.41"), (Rounding.TRUNCATED, "20.40")]
)
def test_turnover_follows_the_published_example_under_either_rounding(rounding, printed):
    """Full-time equivalents 65.30 and 59.16, leavers 12.70. Source: NHS data dictionary."""
    sums = Sums()
    for measure, month, hundredths in (
        ("staff_at_month_start", 1, 6530), ("staff_at_month_end", 12, 5916), ("staff_left", 6, 1270),
    ):  # fmt: skip
        sums.add(measure, month, hundredths, 0)
    by = parse_indicator(
        dump_definition(replace(turnover(Fraction(1, 100)), rounding=rounding, card=_card(rounding, printed)))
    )
    left, mean = by.formula.numbers(sums, CountedMonths(Year(2023).months))
    assert mean == Fraction("62.23")
    assert by.round_value(left * 100 / mean) == Decimal(printed)


@pytest.mark.acceptance(27)
def test_mean_headcount_follows_the_published_example():
    """Staff 150 and 120: mean 135. Source: NHS data dictionary."""
    sums = Sums()
    sums.add("staff_at_month_start", 1, 150, 0)
    sums.add("staff_at_month_end", 12, 120, 0)
    sums.add("staff_left", 5, 27, 0)
    assert turnover(Fraction(1)).formula.numbers(sums, CountedMonths(Year(2023).months)) == (27, 135)


def _card(rounding, printed):
    return replace(
        TURNOVER.card,
        example=replace(TURNOVER.card.example, numerator="12.7", denominator="62.23", value=printed),
    )


def test_the_parts_and_their_rows_follow_the_definition_of_the_figure(connection):
    record(connection, CALLS)
    adopted(connection)
    figure = of(connection, MARCH)
    found = break_down(connection, "tlf", "call_answer_rate", MARCH, "agent")
    assert (figure.numerator, figure.denominator) == (found.numerator, found.denominator) == (1, 2)
    rows, _ = read_piece_rows(connection, "tlf", "call_answer_rate", MARCH, "denominator", "agent", None)
    assert (rows.count, rows.agrees) == (2, True)
