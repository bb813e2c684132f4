"""工单 and their flow log: the events of an order's life."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.tables import ORDER_HEADER, Taken, csv_file, taken

CLOSED = (
    "g1,2023-01-01 00:36:11,投诉,市城管局,2023-01-01 02:01:45,2023-01-06 18:00:00,2023-01-06 02:07:04,"
    "2023-01-09 13:44:17,已解决,满意,0"
)
STEP_HEADER = "工单编号,环节,操作时间,步骤序号,接收单位,原因,延期至"


def orders(folder: Path, *rows: str, profile: str = "", header: str = ORDER_HEADER) -> Taken:
    if not profile:
        return taken(csv_file(folder, header, *rows))
    (folder / "own.toml").write_text(f'kind = "work_orders"\n{profile}', encoding="utf-8")
    return taken(csv_file(folder, header, *rows), "own", folder)


def steps(folder: Path, *rows: str) -> Taken:
    return taken(csv_file(folder, STEP_HEADER, *rows))


def test_every_filled_milestone_is_an_event(tmp_path: Path) -> None:
    told = orders(tmp_path, CLOSED).events
    assert [event["type"].partition(".")[2] for event in told] == [
        "accepted", "dispatched", "closed", "followed_up",
    ]  # fmt: skip
    assert {event["row"] for event in told} == {2}


def test_the_acceptance_carries_what_is_known_of_the_order(tmp_path: Path) -> None:
    accepted = orders(tmp_path, CLOSED).events[0]
    assert accepted["kind"] == "投诉"
    assert accepted["unit"] == "市城管局"
    assert accepted["deadline_at"] == "2023-01-06T18:00:00+08:00"
    assert accepted["deadline_basis"] == "来源文件"


def test_a_deadline_before_the_acceptance_is_no_deadline_and_is_listed(tmp_path: Path) -> None:
    found = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", "2022-12-31 18:00:00"))
    assert "deadline_at" not in found.events[0] and found.events[0]["unclear"] == ["deadline_at"]
    assert [(one.column, one.rule) for one in found.problems] == [("办结时限", "早于受理时间")]
    assert [event["type"].partition(".")[2] for event in found.events] == [
        "accepted", "dispatched", "closed", "followed_up",
    ]  # fmt: skip


def test_an_empty_milestone_says_nothing(tmp_path: Path) -> None:
    told = orders(tmp_path, "g1,2023-01-01 00:36:11,咨询,热线中心,,,,,,,").events
    assert [event["type"] for event in told] == ["work_order.accepted"]


def test_an_empty_milestone_retracts_where_the_profile_lets_it(tmp_path: Path) -> None:
    told = orders(tmp_path, "g1,2023-01-01 00:36:11,咨询,热线中心,,,,,,,0", profile="empty_retracts = true")
    retracted = told.of("work_order.milestone_retracted")
    assert [event["retracted"] for event in retracted] == ["dispatched", "closed", "followed_up", "redone"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("已解决,满意", (True, True, "satisfied")),
        ("未解决,非常不满意", (True, False, "very_dissatisfied")),
        ("未接通,", (False, None, None)),
        (",", (None, None, None)),
        ("是,未评价", (True, True, None)),
    ],
)
def test_the_follow_up_tells_reached_solved_and_satisfied(
    tmp_path: Path, words: str, expected: tuple[Any, ...]
) -> None:
    told = orders(tmp_path, CLOSED.replace("已解决,满意", words)).of("work_order.followed_up")[0]
    assert (told.get("reached"), told["solved"], told["satisfaction"]) == expected


def test_who_was_not_reached_was_not_satisfied_by_default(tmp_path: Path) -> None:
    found = orders(tmp_path, CLOSED.replace("已解决,满意", "未接通,满意"))
    assert found.of("work_order.followed_up")[0]["satisfaction"] is None
    assert "未采用" in found.notices[0]


@pytest.mark.parametrize(
    ("reached", "solved", "satisfaction"),
    [("否", "未解决", ""), ("否", "", "不满意"), ("未接通", "已解决", "一般"), ("是", "未接通", "")],
)
def test_whoever_answers_and_was_not_reached_leaves_both_unknown(
    tmp_path: Path, reached: str, solved: str, satisfaction: str
) -> None:
    header = "工单编号,受理时间,诉求类型,办结时间,是否接通,是否解决,满意度"
    row = f"g1,2024-05-02 08:00:00,投诉,2024-05-03 09:00:00,{reached},{solved},{satisfaction}"
    found = orders(tmp_path, row, header=header)
    assert found.events[0]["unclear"] == ["reached", "satisfaction", "solved"]
    assert [(one.column, one.costs_row) for one in found.problems] == [("是否接通", False)]


@pytest.mark.parametrize(("step", "held"), [("评价", True), ("归档", True), ("回访", False)])
@pytest.mark.parametrize("answer", ["未解决,", ",不满意"])
def test_an_answer_in_a_step_that_is_no_follow_up_is_held_back(
    tmp_path: Path, step: str, held: bool, answer: str
) -> None:
    header = "工单编号,环节,操作时间,步骤序号,是否解决,满意度"
    found = taken(csv_file(tmp_path, header, f"g1,{step},2024-05-03 09:00:00,2,{answer}"))
    assert [one.column for one in found.problems] == (["环节"] if held else [])
    assert len(found.of("work_order.followed_up")) == (not held)


def test_times_redone_without_a_time_are_an_event_without_one(tmp_path: Path) -> None:
    redone = orders(tmp_path, CLOSED[:-1] + "2").of("work_order.redone")[0]
    assert (redone["at"], redone["times"]) == (None, 2)


@pytest.mark.parametrize(
    ("change", "column", "unknown"),
    [
        (("2023-01-06 02:07:04", "2022-12-31 02:07:04"), "办结时间", "closed_at"),
        (("2023-01-01 02:01:45", "2022-12-31 02:07:04"), "派单时间", "dispatched_at"),
        (("已解决,满意", "已解决,还行吧"), "满意度", "satisfaction"),
        (("已解决", "差不多"), "是否解决", "solved"),
    ],
)
def test_what_is_not_understood_of_an_order_is_unknown_and_the_order_counts(
    tmp_path: Path, change: tuple[str, str], column: str, unknown: str
) -> None:
    found = orders(tmp_path, CLOSED.replace(*change))
    accepted = found.events[0]
    assert unknown not in accepted["tells"]
    assert accepted["unclear"] == [unknown]
    assert [(one.column, one.costs_row) for one in found.problems] == [(column, False)]


@pytest.mark.acceptance(22)
@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("2023-01-01 00:36:11", ""), "受理时间"),
        (("g1", ""), "工单编号"),
    ],
)
def test_an_order_that_cannot_be_so_is_held_back(
    tmp_path: Path, change: tuple[str, str], column: str
) -> None:
    found = orders(tmp_path, CLOSED.replace(*change))
    assert found.events == []
    assert [problem.column for problem in found.problems] == [column]


def test_a_missing_deadline_is_counted_in_working_days_and_says_so(tmp_path: Path) -> None:
    rule = '[deadline]\nend_of_day = "17:30"\n[deadline.working_days]\n"投诉" = 5'
    accepted = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", ""), profile=rule).events[0]
    assert accepted["deadline_at"] == "2023-01-09T17:30:00+08:00"  # 1 and 2 January are holidays
    assert "5 个工作日" in accepted["deadline_basis"]


@pytest.mark.parametrize(
    ("rule", "due", "basis"),
    [
        ('[deadline.hours]\n"投诉" = 24', "2023-01-02T00:36:11", "24 小时"),
        (
            '[deadline]\nwork_hours = ["09:00-12:00", "14:00-18:00"]\n[deadline.working_hours]\n"投诉" = 8',
            "2023-01-04T10:00:00",  # 1 and 2 January are holidays
            "8 工作时",
        ),
    ],
)
def test_a_missing_deadline_is_counted_in_hours(tmp_path: Path, rule: str, due: str, basis: str) -> None:
    accepted = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", ""), profile=rule).events[0]
    assert accepted["deadline_at"] == f"{due}+08:00"
    assert accepted["deadline_basis"] == f"按规则推算：投诉 {basis}"


@pytest.mark.parametrize(
    ("written", "rule", "due"),
    [
        ("2小时", "", "2023-01-01T02:36:11"),
        ("５个工作日", "[deadline]\notherwise = 1", "2023-01-09T18:00:00"),
        ("8工作时", '[deadline]\nwork_hours = ["09:00-17:00"]', "2023-01-03T17:00:00"),
    ],
)
def test_a_deadline_may_be_told_as_a_length_of_time(
    tmp_path: Path, written: str, rule: str, due: str
) -> None:
    found = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", written), profile=rule)
    assert found.problems == []
    assert found.events[0]["deadline_at"] == f"{due}+08:00"
    assert found.events[0]["deadline_basis"].startswith("按报送的期限推算：")


@pytest.mark.parametrize("written", ["5个工作日", "8工作时", "5", "5天"])
def test_a_length_of_time_that_may_mean_several_moments_is_asked_about(tmp_path: Path, written: str) -> None:
    found = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", written))
    assert found.events[0]["unclear"] == ["deadline_at"]
    assert [one.column for one in found.problems] == ["办结时限"]


def test_a_delivered_deadline_is_not_counted_again(tmp_path: Path) -> None:
    accepted = orders(tmp_path, CLOSED, profile="[deadline]\notherwise = 1").events[0]
    assert accepted["deadline_basis"] == "来源文件"


def test_a_year_without_a_calendar_costs_the_deadline_and_not_the_row(tmp_path: Path) -> None:
    row = CLOSED.replace("2023-01-06 18:00:00", "").replace("2023-", "2017-")
    found = orders(tmp_path, row, profile="[deadline]\notherwise = 5")
    assert found.events[0]["deadline_at"] is None
    assert "2017" in found.notices[0]


def test_a_deadline_given_as_a_date_is_the_end_of_that_day(tmp_path: Path) -> None:
    accepted = orders(tmp_path, CLOSED.replace("2023-01-06 18:00:00", "2023-01-06")).events[0]
    assert accepted["deadline_at"] == "2023-01-06T23:59:59+08:00"


def test_a_flow_log_gives_one_event_a_step(tmp_path: Path) -> None:
    found = steps(
        tmp_path,
        "g1,受理,2023-01-01 08:00:00,1,,,",
        "g1,派单,2023-01-01 09:00:00,2,市城管局,,",
        "g1,退单,2023-01-01 10:00:00,3,市城管局,非本单位职责,",
        "g1,改派,2023-01-01 11:00:00,4,市水务公司,,",
        "g1,签收,2023-01-01 12:00:00,5,市水务公司,,",
        "g1,延期,2023-01-05 12:00:00,6,,管网施工,2023-01-20 18:00:00",
        "g1,督办,2023-01-06 12:00:00,7,,超期,",
        "g1,办结,2023-01-07 12:00:00,8,市水务公司,,",
        "g1,回访,2023-01-08 12:00:00,9,,,",
        "g1,重办,2023-01-08 12:00:00,10,,,",
    )
    assert [event["type"].partition(".")[2] for event in found.events] == [
        "accepted", "dispatched", "returned", "reassigned", "signed",
        "extended", "urged", "closed", "followed_up", "redone",
    ]  # fmt: skip
    assert found.events[2]["reason"] == "非本单位职责"
    assert found.events[5]["deadline_at"] == "2023-01-20T18:00:00+08:00"


@pytest.mark.parametrize(
    ("word", "type_of_event"),
    [
        ("待补充", "work_order.paused"), ("挂起", "work_order.paused"), ("暂停", "work_order.paused"),
        ("恢复", "work_order.resumed"), ("补充完成", "work_order.resumed"), ("处理中", "work_order.resumed"),
        ("申请挂起", None), ("挂起驳回", None),
    ],
)  # fmt: skip
def test_steps_say_when_handling_waits_and_goes_on(
    tmp_path: Path, word: str, type_of_event: str | None
) -> None:
    found = steps(tmp_path, f"g1,{word},2023-01-09 09:00:00,4,市城管局,等待材料,").events
    assert [event["type"] for event in found] == ([type_of_event] if type_of_event else [])
    assert all((event["at"], event["step"]) == ("2023-01-09T09:00:00+08:00", "4") for event in found)


def test_a_step_of_sending_back_names_the_unit_it_goes_to(tmp_path: Path) -> None:
    [redone] = steps(tmp_path, "g1,重办,2023-01-09 09:00:00,4,市城管局,,").events
    assert redone["unit"] == "市城管局"


@pytest.mark.parametrize(
    ("rule", "cell", "counted_in"),
    [
        ('pauses = "extend"', "2023-01-06 18:00:00", "小时"),
        ('pauses = "extend"', "24小时", "小时"),
        ('pauses = "extend"', "5个工作日", "工作日"),
        ('pauses = "extend"\nwork_hours = ["09:00-17:00"]', "8工作时", "09:00:00-17:00:00"),
        ('pauses = "extend"\notherwise = 3', "", "工作日"),
        ('pauses = "keep"', "5个工作日", None),
    ],
)
def test_time_paused_is_counted_as_the_deadline_is(
    tmp_path: Path, rule: str, cell: str, counted_in: str | None
) -> None:
    row = CLOSED.replace("2023-01-06 18:00:00", cell)
    accepted = orders(tmp_path, row, profile=f"[deadline]\n{rule}").events[0]
    assert accepted["pauses_extend"] == counted_in


def test_a_centre_without_a_rule_says_nothing_of_pauses(tmp_path: Path) -> None:
    assert "pauses_extend" not in orders(tmp_path, CLOSED).events[0]


def test_two_steps_at_one_time_are_told_apart_by_their_number(tmp_path: Path) -> None:
    found = steps(
        tmp_path, "g1,派单,2023-01-01 09:00:00,2,市城管局,,", "g1,派单,2023-01-01 09:00:00,3,市水务公司,,"
    )
    assert [event["step"] for event in found.events] == ["2", "3"]


def test_steps_that_count_for_nothing_are_told_and_unknown_ones_held_back(tmp_path: Path) -> None:
    found = steps(tmp_path, "g1,归档,2023-01-09 09:00:00,1,,,", "g1,飞行检查,2023-01-09 09:00:00,2,,,")
    assert found.events == []
    assert found.intake.tally.accepted == 1
    assert "归档" in found.notices[0]
    assert [problem.row for problem in found.problems] == [3]


KIND_TITLES = "工单编号,受理时间,诉求类型"


@pytest.mark.parametrize("kind", ["咨询", "投诉", "求助", "建议", "举报", "表扬", "其他"])
@pytest.mark.parametrize("after", ["", "类", "件", "工单", "诉求", "类工单", " 类", "事项"])
def test_the_kind_of_an_order_is_known_with_what_stands_behind_it(
    tmp_path: Path, kind: str, after: str
) -> None:
    found = taken(csv_file(tmp_path, KIND_TITLES + ",办结时间", f"g1,2024-05-02 08:00:00,{kind}{after},"))
    assert (found.events[0]["kind"], found.problems) == (kind, [])


@pytest.mark.parametrize(
    "kind", ["投诉举报", "投诉举报类", "举报投诉", "求决", "咨询投诉", "非诉求", "民生类"]
)
def test_a_kind_that_could_be_two_or_none_is_asked_and_never_another(tmp_path: Path, kind: str) -> None:
    found = taken(csv_file(tmp_path, KIND_TITLES + ",办结时间", f"g1,2024-05-02 08:00:00,{kind},"))
    accepted = found.events[0]
    assert ("kind" not in accepted, accepted["unclear"]) == (True, ["kind"])
    assert [problem.column for problem in found.problems] == ["诉求类型"]


def test_a_deadline_that_goes_by_a_kind_that_nobody_knows_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    rule = 'kind = "work_orders"\n[deadline]\notherwise = 5\n[deadline.working_days]\n"投诉" = 2'
    (folder / "own.toml").write_text(rule, encoding="utf-8")
    rows = ["g1,2024-05-06 08:00:00,投诉举报,", "g2,2024-05-06 08:00:00,投诉类,", "g3,2024-05-06 08:00:00,,"]
    path = csv_file(tmp_path, KIND_TITLES + ",办结时间", *rows)
    unknown, known, untold = taken(path, "own", folder).events
    assert "deadline_at" not in unknown and {"kind", "deadline_at"} <= {*unknown["unclear"]}
    assert known["deadline_at"][:10] == "2024-05-08"
    assert untold["deadline_at"][:10] == "2024-05-11"  # a Saturday worked


@pytest.mark.parametrize("milestone", ["派单时间", "办结时间", "回访时间"])
def test_a_milestone_told_by_its_day_alone_may_be_on_the_day_of_acceptance(
    tmp_path: Path, milestone: str
) -> None:
    found = taken(
        csv_file(
            tmp_path, f"{KIND_TITLES},承办单位,{milestone}", "g1,2024-05-02 08:00:00,投诉,甲局,2024-05-02"
        )
    )
    assert found.problems == []
    assert found.events[1]["at"] == "2024-05-02T08:00:00+08:00"
    earlier = taken(
        csv_file(
            tmp_path, f"{KIND_TITLES},承办单位,{milestone}", "g1,2024-05-02 08:00:00,投诉,甲局,2024-05-01"
        )
    )
    assert [problem.column for problem in earlier.problems] == [milestone]


@pytest.mark.parametrize(
    ("word", "cancelled"),
    [
        ("已作废", True), ("已撤销", True), ("撤单", True), ("工单已取消", True), ("无效工单", True),
        ("已派单", False), ("待审核", False), ("二级派单中", False), ("", None),
    ],
)  # fmt: skip
def test_the_state_of_an_order_says_whether_it_was_cancelled(
    tmp_path: Path, word: str, cancelled: bool | None
) -> None:
    header = "工单编号,受理时间,诉求类型,办结时间,工单状态"
    found = orders(tmp_path, f"g1,2024-05-02 08:00:00,投诉,,{word}", header=header)
    assert found.events[0]["cancelled"] is cancelled
    assert found.problems == []


STATES = "工单编号,受理时间,诉求类型,办结时间,工单状态"
CLOSED_STATES = ["已办结", "办结", "按期办结", "已归档", "待回访", "已回访", "已完成", "工单已办结"]
OPEN_STATES = [
    "办理中",
    "在办",
    "未办结",
    "逾期未办结",
    "待签收",
    "退回重办",
    "重办中",
    "二级派单中",
    "挂起",
    "待办",
]


@pytest.mark.parametrize(
    ("word", "closed_at"),
    [*((word, "") for word in CLOSED_STATES), *((word, "2024-05-03 09:00:00") for word in OPEN_STATES)],
)
def test_a_state_that_denies_the_time_of_closing_leaves_it_unknown(
    tmp_path: Path, word: str, closed_at: str
) -> None:
    found = orders(tmp_path, f"g1,2024-05-02 08:00:00,投诉,{closed_at},{word}", header=STATES)
    [accepted], [problem] = found.events, found.problems
    assert (accepted["cancelled"], accepted["unclear"], problem.column) == (False, ["closed_at"], "办结时间")
    assert "closed_at" not in accepted["tells"] and not problem.costs_row


@pytest.mark.parametrize(
    ("word", "closed_at"),
    [*((word, "2024-05-03 09:00:00") for word in CLOSED_STATES), *((word, "") for word in OPEN_STATES)],
)
def test_a_state_that_fits_the_time_of_closing_asks_nothing(
    tmp_path: Path, word: str, closed_at: str
) -> None:
    found = orders(tmp_path, f"g1,2024-05-02 08:00:00,投诉,{closed_at},{word}", header=STATES)
    assert found.problems == [] and "unclear" not in found.events[0]
    assert len(found.of("work_order.closed")) == bool(closed_at)


def test_a_time_of_closing_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    found = orders(tmp_path, "g1,2024-05-02 08:00:00,投诉,月底,已办结", header=STATES)
    assert [(one.column, one.value) for one in found.problems] == [("办结时间", "月底")]
    assert found.events[0]["unclear"] == ["closed_at"]


MAY_BE_CANCELLED = [
    "申请撤销",
    "待作废",
    "取消督办",
    "已撤回",
    "撤诉",
    "废止",
    "已终止",
    "误登记",
    "测试单",
    "流程七",
]


@pytest.mark.parametrize("word", MAY_BE_CANCELLED)
def test_a_state_that_may_mean_cancelling_is_asked_about_and_remembered(tmp_path: Path, word: str) -> None:
    header, row = "工单编号,受理时间,诉求类型,办结时间,工单状态", f"g1,2024-05-02 08:00:00,投诉,,{word}"
    found = orders(tmp_path, row, header=header)
    assert [problem.value for problem in found.problems] == [word]
    assert found.events[0]["unclear"] == ["cancelled"]
    known = orders(tmp_path, row, header=header, profile=f'[words.cancelled]\nstanding = ["{word}"]')
    assert known.events[0]["cancelled"] is False


def test_the_time_of_cancelling_is_a_milestone_of_its_own(tmp_path: Path) -> None:
    header = "工单编号,受理时间,诉求类型,办结时间,作废时间"
    found = orders(tmp_path, "g1,2024-05-02 08:00:00,投诉,,2024-05-03 09:00:00", header=header)
    assert [event["at"] for event in found.of("work_order.cancelled")] == ["2024-05-03T09:00:00+08:00"]
    step = steps(tmp_path, "g1,作废,2024-05-03 09:00:00,2,,重复诉求,").events[0]
    assert (step["type"], step["reason"]) == ("work_order.cancelled", "重复诉求")


def test_a_follow_up_that_reached_nobody_is_told_without_its_time(tmp_path: Path) -> None:
    header = "工单编号,受理时间,诉求类型,办结时间,是否接通"
    found = orders(tmp_path, "g1,2024-05-02 08:00:00,投诉,2024-05-03 09:00:00,否", header=header)
    assert [event["reached"] for event in found.of("work_order.followed_up")] == [False]


@pytest.mark.parametrize(
    "title", ["派单时间", "签收时间", "退单时间", "办结时间", "作废时间", "回访时间", "重办时间"]
)
@pytest.mark.parametrize(
    ("at", "known"), [("2026-11-22 08:00:00", True), ("2026-11-23", False), ("2042-05-03", False)]
)
def test_what_has_happened_to_an_order_lies_in_no_year_to_come(
    tmp_path: Path, title: str, at: str, known: bool
) -> None:
    other = "办结时间" if title != "办结时间" else "签收时间"
    header = f"工单编号,受理时间,诉求类型,办结时限,{other},{title}"
    found = orders(tmp_path, f"g1,2024-05-02 08:00:00,投诉,2042-01-01,,{at}", header=header)
    told = [(one.column, one.rule, one.costs_row) for one in found.problems]
    assert told == ([] if known else [(title, "在将来", False)])


@pytest.mark.parametrize(("others", "hour"), [("0:00", 23), ("00:00:00", 23), ("18:00", 0)])
def test_deadlines_that_are_all_of_midnight_are_days(tmp_path: Path, others: str, hour: int) -> None:
    header = "工单编号,受理时间,诉求类型,办结时限,办结时间"
    rows = [f"g{n},2024-05-02 08:00:00,投诉,2024/5/{n} {others if n > 9 else '0:00'}," for n in range(3, 15)]
    found = orders(tmp_path, *rows, header=header)
    first, *_, last = (datetime.fromisoformat(event["deadline_at"]) for event in found.events)
    assert first.hour == hour and last.hour == (hour or 18)


def test_a_few_midnights_are_moments(tmp_path: Path) -> None:
    header = "工单编号,受理时间,诉求类型,办结时限,办结时间"
    rows = [f"g{n},2024-05-02 08:00:00,投诉,2024/5/3 0:00," for n in range(5)]
    few, many = (orders(tmp_path, *rows[:number], header=header) for number in (4, 5))
    assert few.events[0]["deadline_at"] == "2024-05-03T00:00:00+08:00"
    assert many.events[0]["deadline_at"] == "2024-05-03T23:59:59+08:00"


def test_an_order_cancelled_on_a_day_not_understood_may_stand(tmp_path: Path) -> None:
    header = "工单编号,受理时间,诉求类型,办结时间,作废时间"
    found = orders(tmp_path, "g1,2024-05-02 08:00:00,投诉,,月底", header=header)
    assert found.events[0]["unclear"] == ["cancelled"]
