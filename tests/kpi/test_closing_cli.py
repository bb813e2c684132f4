"""August 2023 of the sample centre, closed with its gap, and corrected when the late file came."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import click
import pytest
from click.testing import CliRunner

import kpi.cli
import kpi.closing.cli
from kpi.figures.indicators import INDICATORS
from tests.conftest import IMPORTED, LATE_FILE, deliver, fresh_database
from tracker.events.times import BEIJING
from web.cli import hotline

Run = Callable[..., str]


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = IMPORTED + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(kpi.cli, "_now", clock)
    monkeypatch.setattr(kpi.closing.cli, "_now", clock)
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
    tlf_2023, run: Run, home, monkeypatch
):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", tlf_2023.url)
    shown = run("month status 2023-08")
    assert "话单：缺8月12日、8月13日。请平台供应商补导" in shown
    assert "还差：话单、工单、平台巡检、人员花名册等14个来源未报齐。" in shown
    assert "还没有报齐" in run("month submit 2023-08 --by 张三")
    assert "已报齐" in run("month complete 2023-08 --by 张三")
    refused = run("month submit 2023-08 --by 张三")
    assert "2023年8月已提交：工单、平台巡检" in refused
    assert "没有办话单：缺8月12日、8月13日；请改正，或写明原因后提交（--acknowledge 原因）。" in refused
    run("month submit 2023-08 --by 张三 --acknowledge 平台迁移，供应商正在补导")
    assert "由张三提交，须由另一人审批" in run("month approve 2023-08 --by 张三")
    assert "已审批" in run("month approve 2023-08 --by 李四 --remark 同意")
    assert "请另一人确认" in run("month lock 2023-08 --by 张三")
    assert "须由另一人确认" in run("month lock 2023-08 --by 张三")
    assert "2023年8月已锁定：张三提请，王五确认。" in run("month lock 2023-08 --by 王五")
    before = figure(run, "")
    assert (before["value"], before["status"], before["lock"], before["vintage"]) == (
        "98.38", "部分可核实", "已锁定", 1,
    )  # fmt: skip

    deliver(tlf_2023, home, LATE_FILE)
    assert figure(run, "") == before
    assert (figure(run, " --live")["value"], figure(run, " --live")["lock"]) == ("98.40", "暂定")
    late = run("month late 2023-08 --limit 3")
    by_phone = [one for one in INDICATORS.values() if "calls" in one.needs]
    assert f"迟到登记180条；已锁定的数字不动，{len(by_phone)}个会因此改变。" in late
    assert "98.38%    2,852 ÷ 2,899  93.54%  →    98.40%    3,016 ÷ 3,065    100%" in late
    assert "话单_2023-08_补报.csv" in late
    assert "现在谁也不能改" in run("month who 2023-08 call_answer_rate")
    assert "没有生效的锁定例外" in run("month correct 2023-08 --by 张三 --reason 补报")

    until = (IMPORTED + timedelta(days=9)).date()
    assert "等另一人批准" in run(f"month reopen 2023-08 --by 张三 --reason 供应商补报 --until {until}")
    assert "须由另一人批准" in run("month reopen 2023-08 --by 张三")
    assert "李四批准，到2026-12-01 00:00为止有效" in run("month reopen 2023-08 --by 李四")
    assert "到2026-12-01 00:00为止" in run("month who 2023-08 call_answer_rate")
    assert "98.38%  →    98.40%" in run("month correct 2023-08 --by 张三 --reason 补报计入")
    assert "须由另一人批准" in run("month correct 2023-08 --by 张三")
    assert "已更正为第2版" in run("month correct 2023-08 --by 李四")

    after = figure(run, "")
    assert (after["value"], after["status"], after["lock"], after["vintage"]) == (
        "98.40",
        "可核实",
        "已更正",
        2,
    )
    assert "没有迟到或更改的数据" in run("month late 2023-08")
    told = run(f"code {str(before['code']).lower()}")
    assert "第1版（已锁定）" in told
    assert f"已被第2版（已更正）取代：98.40%，溯源码 {after['code']}。" in told
    assert "共2,852行，合计2,852通，与当时的数字一致" in told
    seq = int(str(before["log_seq"]))
    then = run(f"kpi 2023-08 call_answer_rate --rows --part denominator --at-seq {seq + 1} --limit 1")
    assert f"事件日志到第{seq:,}号时，数字是98.38%（溯源码 {before['code']}）" in then
    assert "共2,899行，合计2,899通，与当时的数字一致" in then
    assert "现在仍是这个数字" in run(f"code {after['code']}")
    assert [line.split()[3] for line in run("month history 2023-08").splitlines()[-5:]] == [
        "锁定", "申请锁定例外", "批准锁定例外", "提请更正", "更正",
    ]  # fmt: skip
    assert "已锁定，更正至第2版" in run("month status 2023-08")


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
        ("month status 2023", "不是月份；关账按月办理"),
        ("month status 2023-13", "无法识别统计期"),
        ("month reopen 2023-08 --by 张三 --reason 补报", "须同时写明 --reason 和 --until"),
        ("month reopen 2023-08 --by 张三 --reason 补报 --until 明天", "不是日期或时间"),
        ("kpi 2023-08 --live --at-seq 3", "只能用一个"),
        ("kpi 2023-08 call_answer_rate --rows --live", "不能与 --live 同用"),
        ("kpi 2023-08 --as-of 昨天", "不是日期或时间"),
        ("code 123", "不是溯源码"),
        ("code 7K3M-Q2XF", "没有溯源码 7K3M-Q2XF"),
        ("month complete 2023-08 --by 张三 --source faxes", "没有来源“faxes”"),
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


@pytest.mark.parametrize("at", [datetime(2023, 9, 11, tzinfo=BEIJING)])
def test_a_day_of_expiry_counts_to_its_end(at: datetime):
    assert kpi.closing.cli._parse_expiry("2023-09-10") == at
    assert kpi.closing.cli._parse_expiry("2023-09-10T18:00").isoformat() == "2023-09-10T18:00:00+08:00"
    with pytest.raises(click.BadParameter):
        kpi.closing.cli._parse_expiry("10.9.2023")
