"""Commands about closing months."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from kpi.cli_center import CenterContext, write_center
from kpi.closing import acts, printing
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import close_exemption, open_exemption, request_exemption
from kpi.closing.history import read_history as acts_on
from kpi.closing.late import count_restated_by_month, read_late_register
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.permissions import explain_who_may_change
from kpi.closing.status import join_titles
from kpi.figures import results
from kpi.figures.sources import SOURCES
from tracker.events.times import BEIJING, get_day_start, parse_day, parse_moment
from tracker.periods import Month, PeriodProblem, Year, parse_period

LISTED = 20


class MonthWord(click.ParamType[Month]):
    """A month as people write it: 2023-05."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        try:
            period = parse_period(value) if isinstance(value, str) else value
        except PeriodProblem as problem:
            self.fail(str(problem), param, ctx)
        if not isinstance(period, Month):
            self.fail(f"“{value}”不是月份；关账按月办理，请写 2023-05。", param, ctx)
        return period


month_argument = click.argument("when", metavar="月份", type=MonthWord())
center_option = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_by = click.option("--by", required=True, metavar="姓名", help="经办人。")
_remark = click.option("--remark", help="备注。")
_sources = click.option(
    "--source", "sources", multiple=True, metavar="来源", help="只办这一来源，可多次；省略则办全部。"
)


@click.group(
    "month", epilog="来源：" + "、".join(f"{key}（{source.title}）" for key, source in SOURCES.items())
)
def month() -> None:
    """月度关账：报齐、提交、审批、锁定，以及锁定后的例外、迟到登记和更正。

    每个来源依次为 未报齐 → 已报齐 → 已提交 → 已审批，全部审批后整月锁定。提交和审批须是不同的人。
    """


@month.command("status")
@month_argument
@center_option
def status_(when: Month, center: str | None) -> None:
    """列出各来源的状态、有据率和问题，还差什么，下一步做什么。"""
    with open_transaction(center) as context:
        _print(
            printing.format_status(
                context.center.name, acts.refresh_status(context.connection, context.code, when, context.now)
            )
        )


def _add_command(name: str, done: str, about: str, run: Callable[..., acts.ActResult], *options: Any) -> None:
    """Adds a command that acts on sources."""

    def command(when: Month, center: str | None, sources: tuple[str, ...], **fields: Any) -> None:
        with open_transaction(center) as context:
            outcome = run(context.connection, context.code, when, sources or None, now=context.now, **fields)
        click.echo(f"{when.label}{done}：{_join_titles(outcome.done)}。")
        for key, refusal in outcome.refused.items():
            click.echo(f"没有办{SOURCES[key].title}：{refusal.at_terminal}。")

    command.__doc__ = about
    for option in (*options, _by, _sources, center_option, month_argument):
        command = option(command)
    month.command(name)(command)


_add_command("complete", "已报齐", "报齐：报送人声明这个月的数据已经交齐。", acts.complete_sources, _remark)
_add_command(
    "submit", "已提交", "提交：请另一人审批；有缺口、隔离行或规则未过的，须写明原因。", acts.submit_sources,
    _remark, click.option("--acknowledge", "acknowledged", metavar="原因", help="对所列问题的说明。"),
)  # fmt: skip
_add_command(
    "approve",
    "已审批",
    "审批：须是提交人以外的人；审批后数据有变动的，重新审批。",
    acts.approve_sources,
    _remark,
)
_add_command(
    "return", "已退回", "退回：须写明理由；退回后重新报齐、提交。", acts.return_sources,
    click.option("--reason", required=True, help="理由。"),
)  # fmt: skip


@month.command("lock")
@month_argument
@_by
@_remark
@center_option
def lock(when: Month, by: str, remark: str | None, center: str | None) -> None:
    """锁定：先由一人提请，再由另一人用同一条命令确认；季度和全年的数字随季末、年末的月份一并锁定。"""
    with open_transaction(center) as context:
        status = acts.refresh_status(context.connection, context.code, when, context.now)
        if not status.request_holds:
            request_lock(context.connection, context.code, when, by=by, now=context.now, remark=remark)
            click.echo(f"已提请锁定{when.label}。请另一人确认：hotline month lock {when} --by 姓名")
            return
        seal = lock_month(context.connection, context.code, when, by=by, now=context.now)
    click.echo(f"{when.label}已锁定：{seal.sealed_by}提请，{seal.approved_by}确认。")
    click.echo(f"锁定时的日志末尾为第{seal.head_seq:,}号，哈希 {seal.head_hash}")


@month.command("reopen")
@month_argument
@_by
@center_option
@click.option("--reason", help="申请的理由，或关闭的原因。")
@click.option(
    "--until", metavar="日期或时间", help="申请的到期：2023-09-10（含当天）或 2023-09-10T18:00；最长30天。"
)
@click.option("--source", metavar="来源", help="只限这一来源；省略则为全部。")
@click.option("--close", is_flag=True, help="提前关闭，或不予批准。")
@click.option("--number", type=click.IntRange(1), metavar="号", help="第几号锁定例外；省略则为最近的。")
def reopen(
    when: Month, by: str, center: str | None, reason: str | None, until: str | None,
    source: str | None, close: bool, number: int | None,
) -> None:  # fmt: skip
    """锁定例外：一人写明理由和到期申请，另一人不带理由运行本命令批准；生效期间可以更正。"""
    with open_transaction(center) as context:
        at = (context.connection, context.code, when)
        if close:
            exemption = close_exemption(*at, by=by, now=context.now, reason=reason, number=number)
        elif reason is not None or until is not None:
            if reason is None or until is None:
                raise click.UsageError("申请锁定例外须同时写明 --reason 和 --until；批准时两样都不写。")
            exemption = request_exemption(
                *at, by=by, reason=reason, expires_at=_parse_expiry(until), now=context.now, source=source
            )
        else:
            exemption = open_exemption(*at, by=by, now=context.now, number=number)
    click.echo(printing.format_exemption(exemption))


@month.command("late")
@month_argument
@center_option
@click.option(
    "--limit", type=click.IntRange(1, 2**31 - 1), default=LISTED, help=f"最多列多少条，默认{LISTED}。"
)
def late(when: Month, center: str | None, limit: int) -> None:
    """迟到登记：锁定以后才登记的数据，以及哪些数字会因此改变（锁定的数字不动）。"""
    with open_transaction(center) as context:
        _print(
            printing.format_late_register(read_late_register(context.connection, context.code, when), limit)
        )
        others = count_restated_by_month(context.connection, context.code, Year(when.year))
    others_text = "、".join(f"{one.label}（{count}个）" for one, count in others.items() if one != when)
    if others_text:
        click.echo(f"同年另有已锁定的数字与现有事实不符：{others_text}。")


@month.command("correct")
@month_argument
@_by
@center_option
@click.option("--reason", help="更正的理由；写了就是提请，不写就是批准。")
def correct(when: Month, by: str, center: str | None, reason: str | None) -> None:
    """更正：锁定例外生效期间，一人写明理由提请，另一人不带理由运行本命令批准。"""
    with open_transaction(center) as context:
        at = (context.connection, context.code, when)
        if reason is not None:
            proposal = propose_correction(*at, by=by, reason=reason, now=context.now)
            _print(printing.format_proposal(proposal))
            click.echo(f"请另一人批准：hotline month correct {when} --by 姓名")
            return
        seal = approve_correction(*at, by=by, now=context.now)
    click.echo(
        f"{when.label}已更正为第{seal.vintage}版（{seal.sealed_by}提请、{seal.approved_by}批准）：{seal.reason}"
    )


@month.command("history")
@month_argument
@center_option
def history(when: Month, center: str | None) -> None:
    """列出这个月的全部关账记录：谁在什么时候办了什么。"""
    with open_transaction(center) as context:
        _print(printing.format_history(when, acts_on(context.connection, context.code, when)))


@month.command("who")
@click.argument("period", metavar="统计期")
@click.argument("indicator", metavar="[指标]", required=False)
@center_option
def who(period: str, indicator: str | None, center: str | None) -> None:
    """某个数字现在谁可以改、依据什么、到什么时候为止。"""
    span = parse_period(period)
    with open_transaction(center) as context:
        click.echo(explain_who_may_change(context.connection, context.code, span, indicator, context.now))


@contextmanager
def open_transaction(code: str | None) -> Iterator[CenterContext]:
    """One transaction of the chosen centre, its figures brought up to date."""
    with write_center(code, _read_clock()) as context:
        results.bring_up_to_date(context.connection, context.code, context.now)
        yield context


def _read_clock() -> datetime:
    return datetime.now(BEIJING)


def _parse_expiry(text: str) -> datetime:
    """A day counts to its end; a time is itself excluded. Raises: click.BadParameter."""
    try:
        if len(text) == 10:
            return get_day_start(parse_day(text) + timedelta(days=1))
        return parse_moment(text)
    except ValueError:
        raise click.BadParameter(f"“{text}”不是日期或时间；请写 2023-09-10 或 2023-09-10T18:00。") from None


def _join_titles(keys: tuple[str, ...]) -> str:
    return join_titles([SOURCES[key].title for key in keys])


def _print(lines: Iterator[str]) -> None:
    click.echo("\n".join(lines))
