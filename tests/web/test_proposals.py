"""A definition proposed by one person and adopted, or rejected, by another, on pages."""

import re
from io import BytesIO

import pytest

from kpi.figures import results
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.definitions.toml import as_toml
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from tests.kpi.closing import MAY, NOW
from tests.web.closing import Room, locked, room_of
from tests.web.conftest import add, grant
from tracker import log
from tracker.database import Database, get_driver
from web.access.rights import Role

KEY = "call_answer_rate"
AT = f"/tlf/definitions/{KEY}"
(ALL_INBOUND,) = (fork.definition for fork in list_forks(KEY) if fork.name == "all_inbound")
TEXT = as_toml(dump_definition(ALL_INBOUND))
JUNE = {"text": TEXT, "effective": "2023-06", "reason": "省里按全部呼入考核", "clause": "某某〔2023〕1号"}


@pytest.fixture
def room(database: Database) -> Room:
    """May with three calls, of which one ended before the queue."""
    room = room_of(database)
    room.record("call 2023-05-04 08:00:00 id c4")
    return room


def value(room: Room) -> str:
    with room.connection() as connection:
        found = results.find_figure(connection, "tlf", KEY, MAY)
    assert found is not None
    return f"{found.value} {found.code}"


def types(room: Room) -> list[str]:
    """The kinds of events about definitions, in order."""
    with room.connection() as connection:
        raw = get_driver(connection)
        last = log.read_head(raw, "tlf").seq
        found = log.stream_events(raw, "tlf", first=1, last=last)
        return [one.type for one in found if one.type.startswith("definition.")]


def audited(room: Room) -> list[tuple[str, str]]:
    """Who did what to definitions."""
    with room.database.connect() as connection:
        rows = connection.execute(
            "SELECT login, data::jsonb ->> 'act' FROM audit WHERE action = 'definition_changed' ORDER BY seq"
        )
        return [(login, act) for login, act in rows]


def test_the_page_begins_with_the_definition_in_force_or_a_known_way_of_counting(room: Room):
    assert 'title = "热线电话接通率"' in room.page("zhang", f"{AT}/proposal")
    text = room.page("zhang", f"{AT}/proposal?fork=all_inbound")
    assert "✓ 检查通过" in text
    assert "calls_inbound" in text
    assert room.browser("zhang").get(f"{AT}/proposal?fork=nothing").status_code == 404


def test_a_checked_text_shows_its_differences_and_what_it_does_to_the_months(room: Room):
    text = room.post("zhang", f"{AT}/proposal/trial", status=200, text=TEXT)
    assert "✓ 检查通过" in text
    assert "改为：" in text
    may = text.partition('<td class="name nowrap">2023年5月</td>')[2].partition("</tr>")[0]
    assert "50.00%" in may
    assert "33.33%" in may
    assert types(room) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            'measure = "calls_inbound"',
            'measure = "calls_inbond"',
            "行：“formula.denominator.terms.1.measure”：没有统计项",
        ),
        ("scale = 2", "scale = 9", "第7行：“scale”应为0至6的整数"),
        ('unit = "%"', "unit = %", "第6行：第8个字符附近"),
        ('key = "call_answer_rate"', 'key = "abandon_rate"', "第3行：“key”：没有指标“abandon_rate”"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_was_typed_stays(room: Room, before, after, told):
    assert before in TEXT
    text = room.post("zhang", f"{AT}/proposal/trial", status=422, text=TEXT.replace(before, after))
    assert told in text
    assert after in text
    assert "✓ 检查通过" not in text


def test_a_text_that_changes_nothing_is_refused(room: Room):
    same = as_toml(dump_definition(INDICATORS[KEY]))
    assert "没有差别，无需启用" in room.post("zhang", f"{AT}/proposal/trial", status=422, text=same)


def test_a_file_takes_the_place_of_the_text(room: Room):
    file = (BytesIO(b"\xef\xbb\xbf" + TEXT.encode()), "口径.toml")
    text = room.post("zhang", f"{AT}/proposal/trial", status=200, text="", file=file)
    assert "✓ 检查通过" in text
    bad = (BytesIO(TEXT.encode("gb18030")), "口径.toml")
    assert "应为 UTF-8 编码" in room.post("zhang", f"{AT}/proposal/trial", status=422, text="", file=bad)


def test_one_person_proposes_and_another_adopts(room: Room):
    before = value(room)
    page = room.post("zhang", f"{AT}/proposal", **JUNE)
    assert "已申请，请另一名审批人批准" in page
    assert "本申请由您提交" in page
    assert value(room) == before
    assert "有 1 项口径变更申请待审批人批准" in room.page("lisi", "/tlf/definitions/")
    assert "第1次申请" in room.page("lisi", AT)
    asked = room.page("lisi", f"{AT}/proposals/1")
    assert "33.33%" in asked
    assert "省里按全部呼入考核" in asked
    done = room.post("lisi", f"{AT}/proposals/1/approval")
    assert "已启用第2版口径，自2023年6月起执行" in done
    assert "由李四（lisi）批准启用" in done
    with room.connection() as connection:
        (adoption,) = read_definitions(connection, "tlf").list_adoptions(KEY).values()
    assert (adoption.proposed_by, adoption.approved_by, adoption.clause) == (
        "张三（zhang）",
        "李四（lisi）",
        "某某〔2023〕1号",
    )
    assert types(room) == ["definition.proposed", "definition.adopted", "definition.proposal_decided"]
    assert audited(room) == [("zhang", "申请变更"), ("lisi", "批准启用")]
    assert "张三" in room.page("zhang", AT).partition("口径版本")[2]


def test_an_adopted_definition_counts_open_months_at_once(room: Room):
    room.post("zhang", f"{AT}/proposal", **JUNE | {"effective": "2023-05"})
    room.post("lisi", f"{AT}/proposals/1/approval")
    assert value(room).startswith("33.33 ")


def test_a_locked_month_stays_as_it_was_locked(room: Room):
    locked(room)
    before = value(room)
    refused = room.post("zhang", f"{AT}/proposal", status=422, **JUNE | {"effective": "2023-05"})
    assert "最早可自2023年6月起执行" in refused
    assert "省里按全部呼入考核" in refused
    room.post("zhang", f"{AT}/proposal", **JUNE)
    room.post("lisi", f"{AT}/proposals/1/approval")
    assert value(room) == before


def test_a_month_locked_since_keeps_the_proposal_from_being_adopted(room: Room):
    room.post("zhang", f"{AT}/proposal", **JUNE | {"effective": "2023-05"})
    locked(room)
    page = room.page("lisi", f"{AT}/proposals/1")
    assert "暂不能启用：2023年5月已锁定" in page
    assert "批准启用</button>" not in page
    refused = room.post("lisi", f"{AT}/proposals/1/approval", status=422)
    assert "2023年5月已锁定" in refused
    assert types(room) == ["definition.proposed"]


def test_nobody_adopts_or_rejects_what_she_proposed_herself(room: Room):
    """Somebody who holds both roles."""
    add(room.database, "qian", grant(Role.MANAGER), grant(Role.APPROVER), name="钱七", at=NOW)
    page = room.post("qian", f"{AT}/proposal", **JUNE)
    assert "批准启用</button>" not in page
    for act in ("approval", "rejection"):
        refused = room.post("qian", f"{AT}/proposals/1/{act}", status=422, reason="不合适")
        assert "由钱七（qian）提交，须由另一人批准或驳回" in refused
    assert types(room) == ["definition.proposed"]


def test_a_rejection_says_why_and_is_final(room: Room):
    room.post("zhang", f"{AT}/proposal", **JUNE)
    assert "请填写驳回理由" in room.post("lisi", f"{AT}/proposals/1/rejection", status=422)
    page = room.post("lisi", f"{AT}/proposals/1/rejection", reason="先与市里核对")
    assert "由李四（lisi）驳回，理由：先与市里核对" in page
    again = room.post("wang", f"{AT}/proposals/1/approval", status=422)
    assert "已由李四（lisi）驳回，不能再处理" in again
    assert "已驳回（李四（lisi））" in room.page("zhang", "/tlf/definitions/proposals")
    assert types(room) == ["definition.proposed", "definition.proposal_decided"]


def test_only_whoever_proposed_it_takes_it_back(room: Room):
    add(room.database, "sun", grant(Role.MANAGER), name="孙八", at=NOW)
    room.post("zhang", f"{AT}/proposal", **JUNE)
    assert "只能由本人撤回" in room.post("sun", f"{AT}/proposals/1/withdrawal", status=422)
    assert "已撤回，口径不变" in room.post("zhang", f"{AT}/proposals/1/withdrawal")
    assert audited(room) == [("zhang", "申请变更"), ("zhang", "撤回")]


def test_a_right_of_one_year_does_not_reach_another(room: Room):
    add(room.database, "zhou", grant(Role.MANAGER, "tlf", frozenset({2022})), name="周九", at=NOW)
    refused = room.post("zhou", f"{AT}/proposal", status=422, **JUNE)
    assert "您没有2023年的" in refused
    assert types(room) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"effective": "明年"}, "无法识别统计期"),
        ({"effective": "2023"}, "启用月份应填写为 2024-01"),
        ({"reason": " "}, "请填写理由"),
    ],
)
def test_a_proposal_that_lacks_something_keeps_what_was_typed(room: Room, changed, told):
    page = room.post("zhang", f"{AT}/proposal", status=422, **JUNE | changed)
    assert told in page
    assert "某某〔2023〕1号" in page
    assert re.search(r"calls_inbound", page)


def test_a_proposal_that_is_not_there_is_not_found(room: Room):
    answer = room.browser("zhang").get(f"{AT}/proposals/7")
    assert answer.status_code == 404
    assert "没有第7次口径变更申请" in answer.text


def test_the_pages_of_a_proposal_take_few_statements(room: Room, statements: list[str]):
    room.post("zhang", f"{AT}/proposal", **JUNE)
    browser = room.browser("zhang")
    for address in (f"{AT}/proposals/1", "/tlf/definitions/proposals", f"{AT}/proposal?fork=all_inbound"):
        browser.get(address)
        statements.clear()
        assert browser.get(address).status_code == 200
        assert len(statements) <= 10, statements
