"""What machines read says what the pages say, unknown is null, and every row names its file."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from tests.web.api.conftest import Interface
from tracker.periods import Month, Quarter, Year
from web.access.api_tokens import Scope


@pytest.mark.parametrize("period", [Month(2023, 8), Quarter(2023, 3), Year(2023)])
def test_the_figures_are_those_that_are_shown(year: Interface, period: Month | Quarter | Year):
    answer = year.get(f"/figures/{period}").get_json()
    with year.database.engine.connect() as connection:
        shown = results.read_period(connection, "tlf", period)
    assert [one["indicator"] for one in answer["figures"]] == [one.indicator for one in shown]
    for one, figure in zip(answer["figures"], shown, strict=True):
        assert (one["status"], one["code"], one["lock"]) == (figure.status, figure.code, figure.lock)
        assert one["value"] == (None if figure.value is None else f"{figure.value:f}")
        assert one["numerator"] is None or Fraction(one["numerator"]) == figure.numerator
        assert [gap["code"] for gap in one["gaps"]] == [gap.code for gap in figure.gaps]
    assert answer["current"] is (answer["head_seq"] == answer["computed_seq"])


def test_what_is_unknown_is_null_and_says_what_is_missing(year: Interface):
    figures = year.get("/figures/2023-08").get_json()["figures"]
    unknown = [one for one in figures if one["status"] == "无法核实"]
    assert unknown
    for one in unknown:
        assert one["value"] is None
        assert one["gaps"] and all(gap["sentence"] and gap["remedy"] for gap in one["gaps"])


def test_one_indicator_can_be_asked_for_and_an_unknown_one_says_so(year: Interface):
    [one] = year.get("/figures/2023-08?indicator=call_answer_rate").get_json()["figures"]
    assert one["title"] == INDICATORS["call_answer_rate"].title
    answer = year.get("/figures/2023-08?indicator=nonsense")
    assert (answer.status_code, "没有指标“nonsense”" in answer.get_json()["error"]) == (404, True)


def test_the_rows_of_all_pages_make_the_number_and_each_names_its_file(year: Interface):
    token, seen, adds, page, pages = year.issue(Scope.ROWS), set(), Decimal(), 1, 1
    while page <= pages:
        answer = year.get(f"/figures/2023-08/call_answer_rate/numerator?page={page}", token=token).get_json()
        pages, page = answer["pages"], page + 1
        seen |= {one["subject"] for one in answer["rows"]}
        adds += sum(Decimal(one["adds"]) for one in answer["rows"])
        assert all(one["file_name"] and one["sha256"] and one["row"] for one in answer["rows"])
    [figure] = year.get("/figures/2023-08?indicator=call_answer_rate").get_json()["figures"]
    assert pages > 1
    assert str(len(seen)) == str(adds) == figure["numerator"] == answer["total"]
    assert answer["agrees"] is True


def test_a_page_that_is_not_there_says_how_many_there_are(year: Interface):
    answer = year.get("/figures/2023-08/call_answer_rate/numerator?page=999")
    assert (answer.status_code, "没有第 999 页" in answer.get_json()["error"]) == (404, True)


def test_rows_that_leave_are_written_down_with_their_number(year: Interface):
    year.get("/figures/2023-08/cases_handled/numerator")
    [[about, data]] = year.ask(
        "SELECT about, data FROM audit WHERE action = 'exported' ORDER BY seq DESC LIMIT 1"
    )
    assert about.startswith("tlf：")
    assert '"token":"平台"' in data and '"rows":' in data


def test_coverage_says_of_each_day_whether_it_is_backed(year: Interface):
    answer = year.get("/coverage/2023").get_json()
    calls = next(one for one in answer["sources"] if one["source"] == "calls")
    assert len(calls["units"]) == 365
    states = {unit["first_day"]: unit["state"] for unit in calls["units"]}
    lacking = [day for day, state in states.items() if state in ("缺", "部分")]
    assert (calls["expected"] - calls["backed"] > 0) is bool(lacking) is bool(calls["missing"])
    never = [one for one in answer["sources"] if one["as_of"] is None]
    assert all(one["backed"] == 0 for one in never)


def test_definitions_come_as_cards(year: Interface):
    found = year.get("/definitions").get_json()["definitions"]
    assert [one["indicator"] for one in found] == list(INDICATORS)
    assert all(one["card"]["分子"] for one in found)


def test_a_code_leads_back_to_its_number_in_its_own_centre_alone(year: Interface):
    [figure] = year.get("/figures/2023-08?indicator=call_answer_rate").get_json()["figures"]
    [found] = year.get(f"/codes/{figure['code']}").get_json()["found"]
    assert found["figure"]["numerator"] == figure["numerator"]
    assert (found["stands"], found["now"]["code"]) == (True, figure["code"])
    small = year.issue(Scope.FIGURES, center="small")
    assert year.get(f"/codes/{figure['code']}", token=small, center="small").status_code == 404
    assert year.get("/codes/nonsense").status_code == 404


def test_scores_are_those_of_the_page(year: Interface):
    schemes = year.get("/scores/2023").get_json()["schemes"]
    assert {one["scheme"] for one in schemes} >= {"turpan-2022", "urumqi-2023"}
    answer = year.get("/scores/2023/urumqi-2023").get_json()
    assert Fraction(answer["total"]) == sum(Fraction(one["points"]) for one in answer["items"])
    assert Fraction(answer["low"]) <= Fraction(answer["total"]) <= Fraction(answer["high"])
    lost = year.get("/scores/2023/nonsense")
    assert (lost.status_code, "turpan-2022" in lost.get_json()["error"]) == (404, True)


@pytest.mark.parametrize("address", ["/figures/2023-13", "/figures/x", "/nonsense", "/coverage/23"])
def test_an_address_that_is_none_is_answered_in_json(year: Interface, address: str):
    answer = year.get(address)
    assert answer.status_code == 404
    assert answer.get_json()["error"]


def test_no_name_and_no_number_of_a_person_leaves(year: Interface):
    text = year.get("/figures/2023-08/call_answer_rate/numerator").text
    with year.database.connect() as connection:
        tokens = connection.execute("SELECT count(*) FROM people WHERE center_id = 'tlf'").fetchone()
    assert tokens and tokens[0] > 0
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
