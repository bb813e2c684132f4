"""The evaluator's room: shown, computed again, judged; her verdicts as a signed file."""

import hashlib
import re
from collections.abc import Iterator

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kpi.evaluation.row_checks import read_row_checks
from kpi.evaluation.verdicts import read_year_verdicts
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.signature import PackageSignatureProblem, compute_fingerprint
from kpi.handover.verdict_file import read_verdicts
from kpi.handover.verdicts_cli import verdicts
from tests.kept_files import open_job_files
from tests.web.reviewing import RATE, Place, open_place, text_of
from tracker import log
from web.exports.export_files import find_newest
from web.jobs import working
from web.jobs.job import JobState
from web.sample_rows import read_sampled_rows


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """A page that is asked for next shows the result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "PATIENCE", 120)
        yield


@pytest.fixture(scope="module")
def shared(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The place with its figures computed again; tests on it only read, or judge a figure of their own."""
    for place in open_place(server_url, sample_year, tmp_path_factory.mktemp("room") / "var"):
        assert place.make(place.browser("evaluator"), "recomputation").state is JobState.DONE
        yield place


@pytest.fixture
def evaluator(shared: Place) -> FlaskClient:
    return shared.browser("evaluator")


def code_on(client: FlaskClient, address: str) -> str:
    """The code of the figure that a page shows."""
    found = re.search(r'name="code" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def say(client: FlaskClient, address: str, verdict: str, note: str = "", **more: str):
    return client.post(
        address, data={"verdict": verdict, "note": note, "code": code_on(client, address)} | more
    )


def test_every_figure_of_the_year_is_computed_again_and_agrees(shared: Place, evaluator: FlaskClient):
    page = text_of(evaluator.get("/tlf/2023/review"))
    job = find_newest(shared.listed(), "recomputation")
    assert job is not None
    assert job.result["differing"] == 0 and job.result["agreeing"] > 1000
    with shared.database.connect() as connection:
        assert job.result["seq"] <= log.read_head(connection, "tlf").seq
    assert "个一致" in page and "✕ 不一致" not in page
    row = page[page.index('id="call_answer_rate"') :].partition("</tr>")[0]
    assert row.count("98.32%") == 2 and "✓ 一致" in row


def test_a_month_is_shown_on_demand(evaluator: FlaskClient):
    page = text_of(evaluator.get("/tlf/2023-08/review"))
    assert "2023年8月评价核验" in page and "98.38%" in page


def test_a_figure_tampered_with_or_changed_since_is_seen(server_url: str, sample_year: str, tmp_path):
    for place in open_place(server_url, sample_year, tmp_path / "var"):
        with place.database.connect() as connection:
            connection.execute(
                "UPDATE figures SET value = 99.99 WHERE center_id = 'tlf' AND period = '2023'"
                " AND indicator = 'call_answer_rate'"
            )
        client = place.browser("evaluator")
        job = place.make(client, "recomputation")
        assert (job.state, job.result["differing"]) == (JobState.DONE, 1)
        page = text_of(client.get("/tlf/2023/review?show=differs"))
        assert "99.99%" in page and "98.32%" in page and "✕ 不一致" in page
        assert "98.32 ✕" in text_of(client.get(RATE))
        with place.database.connect() as connection:
            connection.execute(
                "UPDATE figures SET value = 88.88 WHERE center_id = 'tlf' AND period = '2023'"
                " AND indicator = 'call_answer_rate'"
            )
        assert "须再重算" in text_of(client.get("/tlf/2023/review"))


def test_a_verdict_is_an_event_of_the_log_under_the_evaluators_name(shared: Place, evaluator: FlaskClient):
    answer = say(evaluator, RATE, "accepted", "与话务平台导出的汇总一致")
    assert answer.headers["Location"] == "/tlf/2023/review#call_answer_rate"
    with shared.database.connect() as connection:
        one = read_year_verdicts(connection, "tlf", 2023)[0]
        event = log.read_event(connection, "tlf", one.seq)
        assert log.verify(connection, "tlf").problem is None
    assert event is not None
    assert (event.type, event.subject) == ("figure.judged", "figure_verdict/2023/call_answer_rate")
    assert (one.judged_by, one.value, one.recomputed) == ("陈评价", "98.32", "98.32")
    assert one.recomputed_seq is not None
    page = text_of(evaluator.get("/tlf/2023/review"))
    assert 'name="verdict-call_answer_rate" value="accepted" checked' in page
    assert "与话务平台导出的汇总一致" in page


def test_a_changed_mind_leaves_the_first_verdict_readable(shared: Place, evaluator: FlaskClient):
    there = "/tlf/2023/review/staffing_in_post_rate"
    say(evaluator, there, "unverifiable", "缺 11 月花名册")
    say(evaluator, there, "accepted", "已补齐")
    page = text_of(evaluator.get(there))
    history = page[page.index("结论记录") :]
    assert history.index("已补齐") < history.index("缺 11 月花名册")
    with shared.database.connect() as connection:
        told = [
            one
            for one in read_year_verdicts(connection, "tlf", 2023)
            if one.indicator == "staffing_in_post_rate"
        ]
    assert [one.verdict.label for one in told] == ["无法核实", "认可"]


def test_two_evaluators_do_not_overwrite_each_other(shared: Place, evaluator: FlaskClient):
    there = "/tlf/2023/review/work_orders_opened"
    say(evaluator, there, "accepted", "第一位的意见")
    say(shared.browser("second"), there, "rejected", "第二位的意见")
    assert "第二位的意见" not in text_of(evaluator.get("/tlf/2023/review"))
    manager = shared.browser("manager")
    assert "第一位的意见" in text_of(manager.get("/tlf/2023/review?of=evaluator"))
    assert "第二位的意见" in text_of(manager.get("/tlf/2023/review?of=second"))


@pytest.mark.parametrize("verdict", ["rejected", "unverifiable"])
def test_a_verdict_against_a_figure_needs_a_note(evaluator: FlaskClient, verdict: str):
    answer = say(evaluator, "/tlf/2023/review/cases_handled", verdict)
    assert answer.status_code == 422
    assert "须写明理由" in text_of(answer)


def test_no_verdict_or_an_unknown_one_is_refused_with_nothing_lost(evaluator: FlaskClient):
    for verdict in ("", "perhaps"):
        answer = say(evaluator, "/tlf/2023/review/cases_handled", verdict, "我写的话")
        assert answer.status_code == 422 and "我写的话" in text_of(answer)


def test_a_verdict_on_a_figure_that_changed_meanwhile_is_refused(evaluator: FlaskClient):
    there = "/tlf/2023/review/cases_handled"
    answer = evaluator.post(there, data={"verdict": "accepted", "code": "0000-0000"})
    assert answer.status_code == 422 and "提交前数字已变动" in text_of(answer)


def test_saving_can_lead_to_the_next_figure(evaluator: FlaskClient):
    answer = say(evaluator, "/tlf/2023-05/review/call_answer_rate", "accepted", next="1")
    assert re.fullmatch(r"/tlf/2023-05/review/\w+", answer.headers["Location"])
    assert not answer.headers["Location"].endswith("call_answer_rate")


def test_a_verdict_needs_the_right_the_year_and_the_token(shared: Place):
    for login in ("manager", "approver", "clerk"):
        assert shared.browser(login).post(RATE, data={"verdict": "accepted"}).status_code == 403
    assert shared.browser("evaluator").get("/tlf/2022/review").status_code == 403
    shared.app.config["WTF_CSRF_ENABLED"] = True
    try:
        for address in (RATE, "/tlf/2023/exports/package"):
            assert shared.browser("evaluator").post(address, data={"verdict": "accepted"}).status_code == 400
    finally:
        shared.app.config["WTF_CSRF_ENABLED"] = False


def test_a_verdict_leaves_one_row_in_the_audit_trail(shared: Place, evaluator: FlaskClient):
    before = len(shared.trail())
    say(evaluator, "/tlf/2023-03/review/call_answer_rate", "accepted")
    (row,) = shared.trail()[before:]
    assert row[:2] == ("judged", "done") and "认可" in row[2]


def test_managers_read_and_do_not_judge(shared: Place):
    page = text_of(shared.browser("manager").get(RATE))
    assert "填写结论" not in page and "保存" not in page
    assert shared.browser("clerk").get("/tlf/2023/review").status_code == 403


def test_the_verdicts_leave_as_a_signed_file_that_anybody_can_check(
    shared: Place, evaluator: FlaskClient, tmp_path
):
    say(evaluator, "/tlf/2023-04/review/call_answer_rate", "rejected", "与账单不符")
    job = shared.make(evaluator, "verdicts")
    data = evaluator.get(f"/tlf/2023/exports/{job.key}").data
    assert hashlib.sha256(data).hexdigest() == job.sha256
    assert job.sha256 in re.sub(r"<wbr>", "", evaluator.get("/tlf/2023/review").text)
    for login in ("approver", "manager"):  # it is the evaluator's to hand over
        other = shared.browser(login)
        assert other.get(f"/tlf/2023/exports/{job.key}").status_code == 403
        assert job.key not in other.get("/tlf/2023/review").text
        assert job.key not in other.get("/tlf/2023/exports").text
    public = load_signing_key(shared.settings, "tlf").public_key().public_bytes_raw()
    found = read_verdicts(data, compute_fingerprint(public))
    with shared.database.connect() as connection:
        head = log.read_head(connection, "tlf")
    assert found.statement["head"] == {"hash": head.hash.hex(), "seq": head.seq}
    assert found.statement["evaluator"] == {"login": "evaluator", "name": "陈评价"}
    (one,) = [told for told in found.verdicts if told["period"] == "2023-04"]
    assert (one["verdict"], one["note"]) == ("rejected", "与账单不符")
    path = tmp_path / "verdicts.json"
    path.write_bytes(data)
    told = CliRunner().invoke(verdicts, [str(path), "--sha256", job.sha256])
    assert told.exit_code == 0 and "签名成立" in told.output and "与账单不符" in told.output
    assert CliRunner().invoke(verdicts, [str(path), "--sha256", "0" * 64]).exit_code != 0


def test_a_signed_file_altered_or_of_another_key_is_refused(shared: Place, evaluator: FlaskClient):
    say(evaluator, "/tlf/2023-06/review/call_answer_rate", "rejected", "数不对")
    data = evaluator.get(f"/tlf/2023/exports/{shared.make(evaluator, 'verdicts').key}").data
    with pytest.raises(PackageSignatureProblem, match="被改动过"):
        read_verdicts(data.replace(b'"rejected"', b'"accepted"'))
    with pytest.raises(PackageSignatureProblem, match="不是您指定的"):
        read_verdicts(data, "0" * 64)
    with pytest.raises(PackageSignatureProblem, match="不是核验结论文件"):
        read_verdicts(orjson.dumps({"some": "file"}))


@pytest.fixture(scope="module")
def drawn(shared: Place) -> tuple[str, list[int]]:
    """The address of a sample that the evaluator drew, and the events of its rows."""
    client = shared.browser("evaluator")
    assert shared.make(client, "package").state is JobState.DONE
    job = shared.make(client, "sample", seed="二〇二三", count="5", source="")
    rows = read_sampled_rows(open_job_files(shared.database, shared.settings.home, job))
    return f"/tlf/2023/samples/{job.key}", [int(row["seq"]) for row in rows]


def test_rows_seen_against_their_originals_are_kept_under_her_name_and_leave_in_the_signed_file(
    shared: Place, drawn: tuple[str, list[int]], tmp_path
):
    there, (first, second, third, *_) = drawn
    client = shared.browser("evaluator")
    assert "已核 0/5" in text_of(client.get(there))
    said = {f"seen-{first}": "matches", f"seen-{second}": "differs", f"note-{second}": "时间差3分钟"}
    assert client.post(there, data=said).headers["Location"] == there
    client.post(there, data={f"seen-{third}": "missing", f"note-{third}": "原件未提供"} | said)
    page = text_of(client.get(there))
    assert "已核 3/5" in page and "相符 1，不符 1，未见原件 1" in page and "时间差3分钟" in page
    assert "已核 3/5" in text_of(client.get("/tlf/2023/review"))
    with shared.database.connect() as connection:
        told = read_row_checks(connection, "tlf", 2023)
        event = log.read_event(connection, "tlf", told[0].seq)
        hashes = {one.row_seq: log.read_event(connection, "tlf", one.row_seq) for one in told}
        assert log.verify(connection, "tlf").problem is None
    assert event is not None and (event.type, event.subject) == ("row.seen", f"row_check/2023/{first}")
    assert [(one.row_seq, one.seen.label, one.seen_by) for one in told] == [
        (first, "相符", "陈评价"), (second, "不符", "陈评价"), (third, "未见原件", "陈评价"),
    ]  # fmt: skip
    assert {one.seed for one in told} == {"二〇二三"} and {one.drawn for one in told} == {5}
    assert all((held := hashes[one.row_seq]) and held.hash.hex() == one.row_hash for one in told)

    job = shared.make(client, "verdicts")
    path = tmp_path / "verdicts.json"
    path.write_bytes(client.get(f"/tlf/2023/exports/{job.key}").data)
    found = read_verdicts(path.read_bytes())
    assert [one["seen_label"] for one in found.rows] and found.samples == [("二〇二三", 3, 5)]
    told_ = CliRunner().invoke(verdicts, [str(path)]).output
    assert "已核 3/5" in told_ and "相符 1 行，不符 1 行，未见原件 1 行" in told_ and "时间差3分钟" in told_
    with pytest.raises(PackageSignatureProblem, match="被改动过"):
        read_verdicts(path.read_bytes().replace(b'"differs"', b'"matches"'))


@pytest.mark.parametrize(("seen", "note"), [("differs", ""), ("missing", " "), ("else", "x"), ("", "x")])
def test_a_row_that_is_not_told_fully_is_refused_and_nothing_is_written(
    shared: Place, drawn: tuple[str, list[int]], seen: str, note: str
):
    there, (*_, other, last) = drawn
    with shared.database.connect() as connection:
        before = log.read_head(connection, "tlf").seq
    asked = {f"seen-{last}": seen, f"note-{last}": note, f"seen-{other}": "matches"}
    answer = shared.browser("second").post(there, data=asked)
    assert answer.status_code == 422 and "本次均未保存" in text_of(answer)
    with shared.database.connect() as connection:
        assert log.read_head(connection, "tlf").seq == before


def test_the_centre_reads_what_she_saw_and_cannot_change_it(shared: Place, drawn: tuple[str, list[int]]):
    there, (*_, last) = drawn
    shared.browser("evaluator").post(there, data={f"seen-{last}": "differs", f"note-{last}": "金额不同"})
    page = text_of(shared.browser("manager").get(there))
    assert (
        "金额不同" in page and "陈评价" in page and "保存核对结果" not in page and 'name="seen-' not in page
    )
    for login in ("manager", "approver", "clerk"):
        assert shared.browser(login).post(there, data={f"seen-{last}": "matches"}).status_code == 403
    assert "金额不同" not in text_of(shared.browser("second").get(there))  # hers are hers


def test_without_a_verdict_there_is_no_file(shared: Place):
    for login, status in (("manager", 403), ("approver", 403)):
        assert shared.browser(login).post("/tlf/2023/exports/verdicts").status_code == status


def test_the_room_takes_few_statements(
    evaluator: FlaskClient, drawn: tuple[str, list[int]], statements: list[str]
):
    for address in ("/tlf/2023/review", RATE, "/tlf/2023/exports", "/tlf/2023/evidence", drawn[0]):
        evaluator.get(address)
        statements.clear()
        evaluator.get(address)
        assert len(statements) <= 12, (address, statements)  # two ask for years beyond her grant
