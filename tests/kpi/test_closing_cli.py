"""August 2023 of the sample centre, closed with its gap, and corrected when the late file came."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

import kpi.cli
from kpi.closing.acts import approve_sources, complete_sources, submit_sources
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import open_exemption, request_exemption
from kpi.closing.late import read_late_register
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.permissions import explain_turn
from kpi.closing.states import ClosingProblem, read_closing
from kpi.figures.indicators import INDICATORS
from tests.conftest import IMPORTED, LATE_FILE, deliver, fresh_database
from tracker.periods import Month
from web.cli import hotline

Run = Callable[..., str]
AUGUST = Month(2023, 8)


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = IMPORTED + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(kpi.cli, "_get_now", clock)
    return clock


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Run:
    """Runs a command as it is typed; what is refused is told after 错误：."""

    def run(command: str) -> str:
        clock.now += timedelta(minutes=1)
        done = CliRunner().invoke(hotline, command.split())
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            assert type(done.exception).__module__.startswith(("kpi.", "tracker.")), done.exception
            return f"错误：{done.exception}"
        return done.output

    return run


@pytest.mark.slow
def test_august_is_closed_with_its_gap_and_corrected_when_the_late_file_comes(
    tlf_2023, run: Run, clock: Clock, home, monkeypatch
):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", tlf_2023.url)

    def do(act: Callable[..., Any], *given: Any, **said: Any) -> Any:
        """An act in a transaction of its own, a minute after the one before."""
        clock.now += timedelta(minutes=1)
        with tlf_2023.engine.begin() as connection:
            return act(connection, "tlf", AUGUST, *given, now=clock.now, **said)

    def told(read: Callable[..., Any], *given: Any) -> Any:
        with tlf_2023.engine.connect() as connection:
            return read(connection, "tlf", *given)

    def who() -> str:
        closing = told(read_closing, AUGUST)
        return explain_turn(closing, AUGUST, INDICATORS["call_answer_rate"], clock.now)

    with pytest.raises(ClosingProblem, match="请先确认报齐"):
        do(submit_sources, None, by="张三")
    do(complete_sources, None, by="张三")
    outcome = do(submit_sources, None, by="张三")
    assert {"work_orders", "probes"} <= set(outcome.done)
    assert outcome.refused["calls"].text == "缺8月12日、8月13日；请修改，或写明原因后提交"
    do(submit_sources, None, by="张三", acknowledged="平台迁移，供应商正在补报")
    with pytest.raises(ClosingProblem, match="由张三提交，须由另一人审批"):
        do(approve_sources, None, by="张三")
    do(approve_sources, None, by="李四", remark="同意")
    do(request_lock, by="张三")
    with pytest.raises(ClosingProblem, match="须由另一人批准"):
        do(lock_month, by="张三")
    do(lock_month, by="王五")
    before = figure(run, "")
    assert (before["value"], before["status"], before["lock"], before["vintage"]) == (
        "98.38", "部分可核实", "已锁定", 1,
    )  # fmt: skip

    deliver(tlf_2023, home, LATE_FILE)
    assert figure(run, "") == before
    assert (figure(run, " --live")["value"], figure(run, " --live")["lock"]) == ("98.40", "未锁定")
    register = told(read_late_register, AUGUST)
    by_phone = [one for one in INDICATORS.values() if "calls" in one.needs]
    assert (len(register.events), len(register.figures)) == (180, len(by_phone))
    assert {one.file_name for one in register.events} == {"话单_2023-08_补报.csv"}
    (rate,) = [one for one in register.figures if one.after.indicator == "call_answer_rate"
               and one.after.period == AUGUST]  # fmt: skip
    assert [(one.value, one.numerator, one.denominator) for one in (rate.before, rate.after)] == [
        (Decimal("98.38"), 2852, 2899), (Decimal("98.40"), 3016, 3065),
    ]  # fmt: skip
    assert "如需更正，请先申请限期解锁" in who()
    with pytest.raises(ClosingProblem, match="请先申请限期解锁"):
        do(propose_correction, by="张三", reason="补报")

    until = clock.now + timedelta(days=9)
    do(request_exemption, by="张三", reason="供应商补报", expires_at=until)
    with pytest.raises(ClosingProblem, match="须由另一人批准"):
        do(open_exemption, by="张三")
    do(open_exemption, by="李四")
    assert f"到{until:%Y-%m-%d %H:%M}止" in who()
    do(propose_correction, by="张三", reason="补报计入")
    with pytest.raises(ClosingProblem, match="须由另一人批准"):
        do(approve_correction, by="张三")
    assert do(approve_correction, by="李四").vintage == 2

    after = figure(run, "")
    assert (after["value"], after["status"], after["lock"], after["vintage"]) == (
        "98.40",
        "可核实",
        "已更正",
        2,
    )
    register = told(read_late_register, AUGUST)
    assert (register.events, register.figures) == ((), ())
    traced = run(f"code {str(before['code']).lower()}")
    assert "第1版（已锁定）" in traced
    assert f"已被第2版（已更正）取代：98.40%，溯源码 {after['code']}。" in traced
    assert "共2,852行，合计2,852通，与当时的数字一致" in traced
    seq = int(str(before["log_seq"]))
    then = run(f"kpi 2023-08 call_answer_rate --rows --part denominator --at-seq {seq + 1} --limit 1")
    assert f"数据日志到第{seq:,}号时，数字是98.38%（溯源码 {before['code']}）" in then
    assert "共2,899行，合计2,899通，与当时的数字一致" in then
    assert "仍为最新数字" in run(f"code {after['code']}")


def figure(run: Run, option: str) -> dict[str, object]:
    """August's answer rate as JSON."""
    (found,) = json.loads(run(f"kpi 2023-08 call_answer_rate --json{option}"))
    return dict(found)


@pytest.fixture(scope="module")
def empty(server_url, template):
    yield from fresh_database(server_url, template)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("month report 2023 a.docx", "不是月份；月报按月生成"),
        ("month report 2023-13 a.docx", "无法识别统计期"),
        ("kpi 2023-08 --live --at-seq 3", "只能用一个"),
        ("kpi 2023-08 call_answer_rate --rows --live", "不能与 --live 同用"),
        ("kpi 2023-08 --as-of 昨天", "不是日期或时间"),
        ("code 123", "不是溯源码"),
        ("code 7K3M-Q2XF", "没有溯源码 7K3M-Q2XF"),
    ],
)
def test_what_is_typed_wrong_is_answered_with_a_sentence(empty, run: Run, monkeypatch, command, told):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", empty.url)
    with empty.connect() as connection:
        connection.execute(
            "INSERT INTO centers VALUES ('tlf', '吐鲁番', 'sha256', now()) ON CONFLICT DO NOTHING"
        )
        connection.execute("INSERT INTO heads VALUES ('tlf', 0, %s) ON CONFLICT DO NOTHING", (bytes(32),))
    assert told in run(command)
