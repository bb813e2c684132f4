"""Verdicts on many figures at once: rows of the evaluator's room, one save, and 全部认可."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kpi.evaluation.verdicts import RecordedVerdict, read_year_verdicts
from tests.web.reviewing import Place, open_place, text_of
from tracker import log
from web.jobs import working
from web.jobs.job import JobState

ROOM = "/tlf/2023/review"
_ROW = re.compile(r'<tr id="(\w+)".*?</tr>', re.DOTALL)
_CODE = re.compile(r'name="code-(\w+)" value="([^"]+)"')
_CHOSEN = re.compile(r'name="verdict-(\w+)" value="(\w+)" checked')


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """A page that is asked for next shows the result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "PATIENCE", 900)
        yield


@pytest.fixture(scope="module")
def shared(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The place with its figures computed again; each test judges months of its own."""
    for place in open_place(server_url, sample_year, tmp_path_factory.mktemp("room") / "var"):
        assert place.make(place.browser("evaluator"), "recomputation").state is JobState.DONE
        yield place


@pytest.fixture
def evaluator(shared: Place) -> FlaskClient:
    return shared.browser("evaluator")


def codes_on(client: FlaskClient, room: str) -> dict[str, str]:
    """What the form of a room sends of every row before anybody chose: indicator → fingerprint."""
    return dict(_CODE.findall(client.get(room).text))


def fields(codes: dict[str, str], **said: tuple[str, str]) -> dict[str, str]:
    """The form with verdict and note of some indicators."""
    sent = {f"code-{key}": code for key, code in codes.items()}
    for key, (verdict, note) in said.items():
        sent |= {f"verdict-{key}": verdict, f"note-{key}": note}
    return sent


def chosen_on(answer: TestResponse) -> dict[str, str]:
    return dict(_CHOSEN.findall(text_of(answer)))


def verdicts_of(place: Place, period: str) -> list[RecordedVerdict]:
    with place.database.connect() as connection:
        return [one for one in read_year_verdicts(connection, "tlf", 2023) if one.period == period]


def alter(place: Place, period: str, indicator: str, **to: object) -> None:
    """Changes a stored figure as nobody may, or as a recomputation does."""
    columns = ", ".join(f"{name} = %s" for name in to)
    with place.database.connect() as connection:
        connection.execute(
            f"UPDATE figures SET {columns} WHERE center_id = 'tlf' AND period = %s AND indicator = %s",
            (*to.values(), period, indicator),
        )


def test_one_save_records_each_changed_row_as_a_verdict_of_its_own(shared: Place, evaluator: FlaskClient):
    room = "/tlf/2023-01/review"
    codes = codes_on(evaluator, room)
    assert len(codes) > 50
    answer = evaluator.post(
        room,
        data=fields(codes, call_answer_rate=("accepted", ""), cases_handled=("rejected", "与台账差 2 件")),
    )
    assert answer.headers["Location"] == room
    found = verdicts_of(shared, "2023-01")
    assert {(one.indicator, one.verdict.label, one.note) for one in found} == {
        ("call_answer_rate", "认可", None),
        ("cases_handled", "不认可", "与台账差 2 件"),
    }
    assert all(one.code == codes[one.indicator] and one.judged_by == "陈评价" for one in found)
    assert len({one.seq for one in found}) == 2
    page = text_of(evaluator.get(room))
    assert f"已核验 2/{len(codes)}" in page and "已保存 2 项结论" in page
    with shared.database.connect() as connection:
        assert log.verify(connection, "tlf").problem is None


def test_the_same_rows_sent_again_record_nothing(shared: Place, evaluator: FlaskClient):
    room = "/tlf/2023-02/review"
    sent = fields(codes_on(evaluator, room), call_answer_rate=("accepted", "对账单核过"))
    evaluator.post(room, data=sent)
    evaluator.post(room, data=sent)
    assert len(verdicts_of(shared, "2023-02")) == 1
    assert "没有新的结论" in text_of(evaluator.get(room))


@pytest.mark.parametrize(
    "said", [("rejected", ""), ("unverifiable", " "), ("", "只写了意见"), ("perhaps", "x")]
)
def test_an_incomplete_row_is_told_where_it_stands_and_nothing_is_saved(
    shared: Place, evaluator: FlaskClient, said: tuple[str, str]
):
    room = "/tlf/2023-03/review"
    sent = fields(codes_on(evaluator, room), call_answer_rate=("accepted", "保留我"), cases_handled=said)
    answer = evaluator.post(room, data=sent)
    assert answer.status_code == 422
    row = next(found[0] for found in _ROW.finditer(text_of(answer)) if found[1] == "cases_handled")
    assert "field-error" in row and said[1].strip() in row
    assert chosen_on(answer)["call_answer_rate"] == "accepted" and "保留我" in text_of(answer)
    assert verdicts_of(shared, "2023-03") == []


def test_a_figure_that_changed_since_the_page_was_sent_is_told_and_not_judged(
    shared: Place, evaluator: FlaskClient
):
    room = "/tlf/2023-04/review"
    codes = codes_on(evaluator, room)
    alter(shared, "2023-04", "call_answer_rate", value="12.34")  # its stored code stays as it was
    sent = fields(codes, call_answer_rate=("accepted", "看的是旧数"), cases_handled=("accepted", ""))
    answer = evaluator.post(room, data=sent)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "数字在本页打开后已变动" in page and "12.34%" in page and "看的是旧数" in page
    assert "call_answer_rate" not in chosen_on(answer)
    assert [one.indicator for one in verdicts_of(shared, "2023-04")] == ["cases_handled"]


def test_accepting_all_takes_only_verifiable_figures_whose_recomputation_agrees(
    shared: Place, evaluator: FlaskClient
):
    room = "/tlf/2023-05/review"
    codes = codes_on(evaluator, room)
    alter(shared, "2023-05", "call_answer_rate", value="77.77")  # differs from its recomputation
    codes = codes_on(evaluator, room)
    said = fields(codes, cases_handled=("rejected", "与台账不符"))
    answer = evaluator.post(room, data=said | {"sweep": "1"})
    chosen = chosen_on(answer)
    with shared.database.connect() as connection:
        statuses = dict(
            connection.execute(
                "SELECT indicator, status FROM figures WHERE center_id = 'tlf' AND period = '2023-05'"
            ).fetchall()
        )
    swept = {key for key, verdict in chosen.items() if verdict == "accepted"}
    assert swept == {key for key, status in statuses.items() if status == "可核实"} - {
        "call_answer_rate",
        "cases_handled",
    }
    assert swept and {"部分可核实", "无法核实"} & set(statuses.values())
    assert chosen["cases_handled"] == "rejected" and "与台账不符" in text_of(answer)
    assert verdicts_of(shared, "2023-05") == []  # it chooses; the other button saves
    evaluator.post(room, data=said | {f"verdict-{key}": "accepted" for key in swept})
    assert len(verdicts_of(shared, "2023-05")) == len(swept) + 1


def test_accepting_all_leaves_what_she_judged_and_what_moved_after_the_page(
    shared: Place, evaluator: FlaskClient
):
    room = "/tlf/2023-06/review"
    codes = codes_on(evaluator, room)
    said = fields(codes, call_answer_rate=("unverifiable", "缺话单"))
    evaluator.post(room, data=said)
    earlier = {"code-work_orders_opened": "0000-0000"}  # the page showed another number
    chosen = chosen_on(evaluator.post(room, data=said | earlier | {"sweep": "1"}))
    assert chosen["call_answer_rate"] == "unverifiable" and "work_orders_opened" not in chosen
    assert "work_orders_opened" in chosen_on(evaluator.post(room, data=said | {"sweep": "1"}))


def test_a_figure_that_replaced_a_rejected_one_is_not_accepted_with_the_others(
    shared: Place, evaluator: FlaskClient
):
    room = "/tlf/2023-07/review"
    codes = codes_on(evaluator, room)
    evaluator.post(room, data=fields(codes, call_answer_rate=("rejected", "不符")))
    alter(shared, "2023-07", "call_answer_rate", code="0000-0000")
    answer = evaluator.post(room, data=fields(codes_on(evaluator, room)) | {"sweep": "1"})
    assert "call_answer_rate" not in chosen_on(answer)
    assert "不认可" in text_of(answer) and "曾对原数" in text_of(answer)


def test_without_a_recomputation_nothing_can_be_accepted_together(
    server_url: str, sample_year: str, tmp_path
):
    for place in open_place(server_url, sample_year, tmp_path / "var"):
        client = place.browser("evaluator")
        page = text_of(client.get(ROOM))
        assert 'name="sweep"' not in page and "重算后可将一致的各项一并认可" in page
        assert chosen_on(client.post(ROOM, data=fields(codes_on(client, ROOM)) | {"sweep": "1"})) == {}


def test_who_only_looks_gets_no_buttons_and_is_refused(shared: Place):
    manager = shared.browser("manager")
    page = text_of(manager.get(ROOM))
    assert 'type="radio"' not in page and "保存结论" not in page
    assert manager.post(ROOM, data={"verdict-call_answer_rate": "accepted"}).status_code == 403
