"""Events by machines: every one gets its verdict, comes once, and can be walked back to what was sent."""

import json

import pytest

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.events.sent_event import EventsProblem, read_single
from ingest.questions.answering import answer_question, drop_question
from ingest.records.voiding import void_delivery
from tests.kept_files import read_kept
from tests.web.api.conftest import BATCH, LINES, SINGLE, Interface, event
from tracker.settings import Settings
from tracker.vault import open_vault
from web.access.api_tokens import Scope


def test_an_event_is_taken_in_and_its_fact_leads_back_to_its_own_words(interface: Interface):
    answer = interface.send(event(note="原样"))
    assert answer.status_code == 201
    [verdict] = answer.get_json()["events"]
    assert verdict["verdict"] == "accepted"
    [[delivery, row]] = interface.ask(
        "SELECT e.delivery, e.row FROM calls c JOIN events e USING (center_id, seq)"
        " WHERE c.subject = 'call/c1'"
    )
    assert (delivery, row) == (verdict["delivery"], verdict["row"])
    [[sha256]] = interface.ask("SELECT sha256 FROM deliveries WHERE delivery = %s", delivery)
    kept = json.loads(read_kept(interface.database, interface.home, "tlf", sha256))
    assert kept[row - 1] == event(note="原样")
    assert sha256 == verdict["sha256"]


@pytest.mark.parametrize("media", [BATCH, LINES])
def test_a_batch_is_answered_event_by_event_in_its_order(interface: Interface, media: str):
    wrong = event(2, data={"direction": "斜着"})
    answer = interface.send([event(1), wrong, event(3)], media).get_json()
    assert [(one["index"], one["id"], one["verdict"]) for one in answer["events"]] == [
        (1, "e1", "accepted"),
        (2, "e2", "refused"),
        (3, "e3", "accepted"),
    ]
    [sentence] = answer["events"][1]["problems"]
    assert sentence.startswith("“direction”的值“斜着”")
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert interface.ask("SELECT count(*) FROM calls") == [(2,)]


def test_what_was_refused_is_kept_and_counts_as_missing_until_it_is_mended(interface: Interface):
    wrong = event(1, data={"direction": "斜着"})
    assert interface.send(wrong).status_code == 422
    assert interface.ask("SELECT count(*) FROM quarantine WHERE settled_by IS NULL") == [(1,)]
    again = interface.send(wrong)
    assert (again.status_code, again.get_json()["events"][0]["before"]) == (200, "refused")
    assert interface.send(event(1)).status_code == 201
    assert interface.ask("SELECT count(*) FROM quarantine WHERE settled_by IS NULL") == [(0,)]


def test_the_same_event_again_changes_nothing_and_says_so(interface: Interface):
    interface.send(event())
    before = interface.ask("SELECT seq FROM heads WHERE center_id = 'tlf'")
    spaced = json.dumps(dict(reversed(event().items())), indent=2).encode()
    answer = interface.send(spaced)
    assert answer.status_code == 200
    [verdict] = answer.get_json()["events"]
    assert (verdict["verdict"], verdict["before"]) == ("duplicate", "accepted")
    assert verdict["delivery"] is not None
    assert interface.ask("SELECT seq FROM heads WHERE center_id = 'tlf'") == before


def test_the_same_id_with_something_else_is_a_conflict_and_not_taken_in(interface: Interface):
    interface.send(event())
    answer = interface.send(event(data={"result": "未接听"}))
    assert answer.status_code == 409
    [verdict] = answer.get_json()["events"]
    assert "以前收到过，内容不同" in verdict["problems"][0]
    assert interface.ask("SELECT count(*) FROM received_events") == [(1,)]


def test_an_id_is_of_its_source_and_its_centre(interface: Interface):
    interface.send(event())
    other = event(1, source="/platform/other", data={"call_id": "c9"})
    assert interface.send(other).status_code == 201
    county = interface.issue(Scope.EVENTS, center="county")
    assert interface.send(event(), token=county, center="county").status_code == 201


def test_an_event_twice_in_one_request_is_taken_in_once(interface: Interface):
    assert interface.verdicts([event(1), event(1), event(1, data={"agent": "a2"})]) == [
        "accepted",
        "duplicate",
        "conflict",
    ]
    assert interface.ask("SELECT count(*) FROM calls") == [(1,)]


def test_types_of_a_batch_are_taken_in_side_by_side(interface: Interface):
    order = event(2, type="hotline.work_orders", data={}) | {
        "data": {"工单编号": "w1", "受理时间": "2024-03-10 08:10:00"}
    }
    odd = event(3, type="hotline.nonsense")
    listed = event(4, type="hotline.roster")
    answer = interface.send([event(1), order, odd, listed], BATCH).get_json()
    assert [one["verdict"] for one in answer["events"]] == ["accepted", "accepted", "refused", "refused"]
    assert "不认识的事件类型“hotline.nonsense”" in answer["events"][2]["problems"][0]
    assert "整份的名单" in answer["events"][3]["problems"][0]
    assert [table["sheet"] for table in answer["tables"]] == ["hotline.calls", "hotline.work_orders"]


def test_an_event_speaks_of_its_own_time_whatever_the_order_of_arrival(interface: Interface):
    def known_at(number: int, hour: int, on_phone: str) -> dict[str, object]:
        data = {"call_id": "c1", "agent": on_phone}
        return event(number, time=f"2024-03-10T{hour:02}:00:00+08:00", data=data)

    assert interface.verdicts([known_at(2, 9, "a2")]) == ["accepted"]
    late = interface.send([event(7, time="2024-03-10T09:10:00+08:00"), known_at(1, 8, "a1")], BATCH)
    assert late.get_json()["tables"][0]["stale"] == 1
    assert interface.ask("SELECT agent FROM calls WHERE subject = 'call/c1'") == [("a2",)]
    assert interface.ask("SELECT count(DISTINCT as_of) FROM events WHERE type = 'call.ended'") == [(3,)]


def test_the_steps_of_an_order_come_in_one_batch(interface: Interface):
    def order(number: int, hour: int, **fields: str) -> dict[str, object]:
        data = {"工单编号": "w1", "受理时间": "2024-03-09 08:10:00", "诉求类型": "咨询"} | fields
        sent = event(number, type="hotline.work_orders", time=f"2024-03-09T{hour:02}:00:00+08:00")
        return sent | {"data": data}

    steps = [
        order(3, 12, 承办单位="市住建局", 派单时间="2024-03-09 09:00:00", 办结时间="2024-03-09 11:30:00"),
        order(1, 9),
        order(2, 10, 承办单位="市住建局", 派单时间="2024-03-09 09:00:00", 诉求类型="投诉"),
    ]
    assert interface.verdicts(steps) == ["accepted"] * 3
    [[closed]] = interface.ask("SELECT closed_at::text FROM work_orders")
    assert closed.startswith("2024-03-09 ")
    assert interface.ask("SELECT count(*) FROM quarantine") == [(0,)]


def test_two_words_on_one_call_at_one_time_are_not_both_believed(interface: Interface):
    sent = [event(1), event(1, id="e2", data={"agent": "a2"})]
    assert interface.verdicts(sent) == ["accepted", "refused"]


def test_an_event_says_the_same_whatever_comes_beside_it(interface: Interface):
    def accepted(number: int, **fields: str) -> dict[str, object]:
        data = {"工单编号": f"w{number}", "受理时间": "2024-03-09 08:10:00"} | fields
        return event(number, type="hotline.work_orders") | {"data": data}

    closed = {"派单时间": "2024-03-09 09:00:00", "办结时间": "2024-03-09 11:30:00", "诉求类型": "咨询"}
    assert interface.verdicts([accepted(1)]) == ["accepted"]
    assert interface.verdicts([accepted(2), accepted(3, **closed), accepted(4, **closed)]) == ["accepted"] * 3
    untold = dict(interface.ask("SELECT subject, unknown || untold FROM work_orders"))
    assert untold["work_order/w2"] == untold["work_order/w1"]
    assert " closed_at " in untold["work_order/w2"]
    assert " closed_at " not in untold["work_order/w3"]


def test_a_call_that_does_not_say_whether_it_was_answered_is_not_taken_for_unanswered(interface: Interface):
    silent = event(1)
    silent["data"] = {name: silent["data"][name] for name in ("call_id", "direction", "caller", "entered_at")}
    assert interface.verdicts([silent]) == ["refused"]
    assert interface.verdicts([silent, event(2)]) == ["refused", "accepted"]
    assert interface.ask("SELECT subject FROM calls") == [("call/c2",)]


def test_events_with_more_sorts_of_columns_than_a_request_may_have_are_refused(interface: Interface):
    sent = [event(number, data={f"列{number}": "x"}) for number in range(40)]
    answer = interface.send(sent, BATCH).get_json()
    assert (answer["accepted"], answer["refused"]) == (30, 10)
    assert "列名的搭配超过 30 种" in answer["events"][39]["problems"][0]
    assert interface.verdicts(sent) == ["duplicate"] * 30 + ["accepted"] * 10


@pytest.mark.parametrize("kind", ["posts", "survey_answers", "survey_issues"])
def test_what_backs_its_month_by_a_single_row_is_sent_as_a_file(interface: Interface, kind: str):
    answer = interface.send([event(1, type=f"hotline.{kind}")], BATCH).get_json()
    assert answer["refused"] == 1 and "请整份报送文件" in answer["events"][0]["problems"][0]


def test_events_say_nothing_of_their_whole_day(interface: Interface):
    interface.verdicts([event(number) for number in range(1, 40)])
    assert interface.ask("SELECT count(*) FROM covered_days") == [(0,)]


def test_an_event_of_a_voided_delivery_can_be_sent_again(interface: Interface):
    [verdict] = interface.send(event()).get_json()["events"]
    with interface.database.connect() as connection:
        void_delivery(
            connection,
            interface.home,
            "tlf",
            verdict["delivery"],
            reason="测试",
            by="王经理",
            now=interface.time[0],
        )
    assert interface.ask("SELECT count(*) FROM calls") == [(0,)]
    assert interface.send(event()).status_code == 201
    assert interface.ask("SELECT count(*) FROM calls") == [(1,)]


def test_an_event_that_would_move_a_known_call_is_held_for_a_person(interface: Interface):
    interface.send(event())
    moved = event(1, id="e9", data={
        "entered_at": "2024-03-07 08:03:05", "queued_at": "2024-03-07 08:03:10",
        "answered_at": "2024-03-07 08:03:20", "ended_at": "2024-03-07 08:05:00",
    })  # fmt: skip
    answer = interface.send(moved)
    assert (answer.status_code, answer.get_json()["events"][0]["verdict"]) == (202, "held")
    assert answer.get_json()["events"][0]["problems"]
    assert interface.send(moved).get_json()["events"][0]["before"] == "held"
    assert interface.ask("SELECT count(*) FROM held_deliveries WHERE answered_at IS NULL") == [(1,)]


def test_an_event_that_asks_does_not_hold_up_the_others(interface: Interface):
    interface.verdicts([event(number) for number in range(1, 7)])
    earlier = {
        name: f"2024-03-07{value[10:]}" for name, value in event()["data"].items() if name.endswith("_at")
    }
    moved = [event(number, id=f"m{number}", data=earlier) for number in (2, 5)]
    sent = [event(11), moved[0], event(12), moved[1], event(13)]
    assert interface.verdicts(sent) == ["accepted", "held", "accepted", "held", "accepted"]
    kept = {path.name for path in (interface.home / "deliveries").rglob("*") if path.is_file()}
    resting = interface.ask("SELECT sha256 FROM deliveries UNION SELECT sha256 FROM held_deliveries")
    assert kept == {sha256 for (sha256,) in resting}
    assert interface.ask("SELECT count(*) FROM held_deliveries WHERE answered_at IS NULL") == [(1,)]
    assert interface.ask("SELECT count(*) FROM calls") == [(9,)]


EARLIER = {
    "entered_at": "2024-03-07 08:03:05", "queued_at": "2024-03-07 08:03:10",
    "answered_at": "2024-03-07 08:03:20", "ended_at": "2024-03-07 08:05:00",
}  # fmt: skip


def answer_open_question(interface: Interface) -> str | None:
    """Somebody says that the events that wait are right; the delivery that they came in by."""
    [[number]] = interface.ask("SELECT number FROM held_deliveries WHERE answered_at IS NULL")
    report = answer_question(
        interface.database, interface.home, "tlf", number, QuestionAnswer(same=True), by="王经理",
        now=interface.time[0], vault=open_vault(Settings(interface.home, None, None, b"k" * 32, None)),
    )  # fmt: skip
    return report.tables[0].delivery


def test_events_that_were_held_are_accepted_once_a_person_answered(interface: Interface):
    interface.send(event())
    moved = event(1, id="e9", data=EARLIER)
    interface.send(moved)
    answer_open_question(interface)
    [verdict] = interface.send(moved).get_json()["events"]
    assert (verdict["verdict"], verdict["before"]) == ("duplicate", "accepted")
    assert verdict["problems"] == []
    assert interface.ask("SELECT entered_on::text FROM calls") == [("2024-03-07",)]
    assert interface.ask("SELECT count(*) FROM covered_days") == [(0,)]


def test_an_event_that_was_held_speaks_of_when_it_was_received_and_not_of_when_it_was_answered(
    interface: Interface,
):
    interface.send(event())
    interface.later(minutes=1)
    interface.send(event(1, id="held", data=EARLIER | {"agent": "a7"}))
    interface.later(minutes=1)
    assert interface.send(event(1, id="newer", data={"agent": "a9"})).status_code == 201
    interface.later(minutes=1)
    answer_open_question(interface)
    assert interface.ask("SELECT agent FROM calls") == [("a9",)]


def test_an_event_that_was_held_and_that_nobody_wanted_waits_no_more(interface: Interface):
    interface.send(event())
    interface.send(event(1, id="e9", data=EARLIER))
    with interface.database.connect() as connection:
        drop_question(connection, "tlf", 1, by="王经理", now=interface.time[0])
    [verdict] = interface.send(event(1, id="e9", data=EARLIER)).get_json()["events"]
    assert (verdict["verdict"], verdict["before"]) == ("duplicate", "refused")
    assert "回答不采用" in verdict["problems"][0]
    assert interface.send(event(1, id="e9", data={"agent": "a9"})).status_code == 201


def test_an_event_that_was_held_taken_in_and_voided_can_be_sent_again(interface: Interface):
    interface.send(event())
    moved = event(1, id="e9", data=EARLIER)
    interface.send(moved)
    delivery = answer_open_question(interface)
    interface.later(minutes=1)
    with interface.database.connect() as connection:
        void_delivery(
            connection, interface.home, "tlf", delivery, reason="测试", by="王经理", now=interface.time[0]
        )
    assert interface.send(moved).get_json()["events"][0]["verdict"] == "held"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "a\0b"}, "id"),
        ({"source": None}, "source"),
        ({"type": 1}, "type"),
        ({"time": "2024-03-10T09:30:00"}, "time"),
        ({"time": 1710000000}, "time"),
        ({"data": None}, "data"),
        ({"data": [1]}, "data"),
        ({"datacontenttype": "text/xml"}, "datacontenttype"),
    ],
)
def test_what_is_no_cloudevent_is_refused_with_the_attribute_named(
    interface: Interface, change: dict[str, object], named: str
):
    sent = event() | change
    answer = interface.send(sent)
    assert answer.status_code == 422
    assert f"“{named}”" in answer.get_json()["events"][0]["problems"][0]
    assert interface.ask("SELECT count(*) FROM received_events") == [(0,)]


def test_a_broken_line_is_refused_and_the_others_go_in(interface: Interface):
    lines = [json.dumps(event(1)), '{"specversion": "1.0", ', "", "7", json.dumps(event(2))]
    assert interface.verdicts("\n".join(lines).encode(), LINES) == [
        "accepted",
        "refused",
        "refused",
        "accepted",
    ]


@pytest.mark.parametrize(
    ("body", "media", "code", "words"),
    [
        (b"[{", BATCH, 400, "不是完整的 JSON"),
        (b"[]", BATCH, 400, "没有事件"),
        (b"{}", BATCH, 400, "必须是 JSON 数组"),
        (b"[1] 2", BATCH, 400, "之后还有内容"),
        (b"{} {}", SINGLE, 400, "多条事件请用"),
        (b"\xff", SINGLE, 400, "UTF-8"),
        (b"[" * 100_000, SINGLE, 400, "套得太深"),
        (b"[" + b",".join([b"1"] * 1001) + b"]", BATCH, 400, "最多 1,000 条"),
        (b"x" * (3 << 20), SINGLE, 413, "最多 2 MB"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "只收 application/"),
    ],
)
def test_a_request_that_cannot_be_read_takes_nothing_in(
    interface: Interface, body: bytes, media: str, code: int, words: str
):
    answer = interface.send(body, media)
    assert answer.status_code == code
    assert words in answer.get_json()["error"]
    assert interface.ask("SELECT count(*) FROM events") == [(0,)]


def test_what_is_nested_too_deep_is_told_so_at_every_depth():
    for depth in range(300, 1_200):
        text = json.dumps(event(data={"agent": "@"})).replace('"@"', "[" * depth + "]" * depth)
        try:
            assert len(read_single(text)) == 1
        except EventsProblem as problem:
            assert "套得太深" in str(problem)


def test_no_number_of_a_person_stands_in_the_log(interface: Interface):
    interface.send(event())
    assert "13800000001" not in str(interface.ask("SELECT data FROM events"))


def test_a_request_leaves_one_row_in_the_trail(interface: Interface):
    interface.send([event(1), event(1, data={"agent": "a2"})], BATCH)
    [[action, about, data]] = interface.ask("SELECT action, about, data FROM audit")
    assert (action, about) == ("delivered", "tlf：接口推送事件")
    told = json.loads(data)
    assert (told["events"], told["refused"], told["token"]) == (2, 1, "平台")


def test_nothing_is_left_lying_about(interface: Interface):
    interface.verdicts([event(1), event(2, type="hotline.nonsense")])
    assert list((interface.home / "incoming").iterdir()) == []


@pytest.mark.parametrize("name", ["id", "source"])
def test_half_a_character_in_a_name_costs_its_event_and_not_the_batch(interface: Interface, name: str):
    sent = [event(1), event(2, **{name: "\ud800"})]
    assert interface.verdicts(sent, LINES) == ["accepted", "refused"]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_of_which_nothing_can_be_told_is_refused(interface: Interface, time: str):
    assert interface.send(event(time=time)).status_code == 422
    assert interface.ask("SELECT count(*) FROM events") == [(0,)]


def test_a_number_larger_than_any_is_not_taken_in(interface: Interface):
    body = json.dumps(event(data={"agent": 1})).replace('"agent": 1', '"agent": 1e400').encode()
    assert interface.send(body).status_code == 400


@pytest.mark.parametrize("name", ["id", "source"])
@pytest.mark.parametrize(
    "text", ["13812345678", "/web/138-1234-5678/3", "电话13812345678", "王工１３８－１２３４－５６７８"]
)
def test_an_event_that_is_named_by_a_persons_number_is_none(name: str, text: str):
    [sent] = read_single(json.dumps(event(**{name: text})))
    assert sent.event is None
    assert f"“{name}”必须有" in sent.problem and "不是手机号或身份证号" in sent.problem
