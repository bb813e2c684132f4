"""Commands about centres and their logs."""

import json
from datetime import datetime

import click

from tracker import centers
from tracker import log as event_log
from tracker.chain import read_hash
from tracker.database import open_database
from tracker.events.times import BEIJING
from tracker.settings import Settings


@click.group("center")
def center() -> None:
    """中心：新增、列出。"""


@center.command("add")
@click.argument("code")
@click.option("--name", required=True, help="中心名称，例如 吐鲁番市12345热线。")
@click.option("--digest", type=click.Choice(["sha256", "sm3"]), default="sha256", help="日志链的摘要算法。")
def add_center(code: str, name: str, digest: str) -> None:
    """新增一个中心；CODE 是它的编号，例如 tlf。"""
    with open_database(Settings.read()).connect() as connection:
        added = centers.create_center(connection, code, name, now=datetime.now(BEIJING), digest=digest)
    click.echo(f"已新增中心 {added.center_id}（{added.name}），日志摘要算法 {added.digest}。")


@center.command("list")
def list_centers() -> None:
    """列出各中心和日志校验值。"""
    with open_database(Settings.read()).connect() as connection:
        there = [
            (one, event_log.read_head(connection, one.center_id))
            for one in centers.list_known_centers(connection)
        ]
    if not there:
        click.echo(
            "还没有任何中心。可用 hotline center add 编号 --name 名称 新增，或直接 hotline ingest 文件。"
        )
    for one, end in there:
        click.echo(f"{one.center_id}\t{one.name}\t{end.seq} 条事件\t日志校验值 {end.hash.hex()[:16]}…")


@click.group("log")
def log() -> None:
    """数据日志：核验、查看。"""


@log.command("verify")
@click.option("--center", metavar="编号", help="只核验这个中心；不指明则全部核验。")
@click.option("--head", help="外部给出的日志校验值（例如盖章月报上印的），用来发现整体改写或截断。")
def verify(center: str | None, head: str | None) -> None:
    """重新计算哈希链，指出第一条不符的事件。"""
    settings = Settings.read()
    expected = read_hash(head) if head else None
    named = center or (settings.center if expected else None)
    with open_database(settings).connect() as connection:
        chosen = (
            [centers.find_center(connection, named)]
            if named or expected
            else centers.list_known_centers(connection)
        )
        verdicts = [event_log.verify(connection, one.center_id, expected_head=expected) for one in chosen]
    for verdict in verdicts:
        click.echo(_format_verification(verdict))
    if not verdicts:
        click.echo("还没有任何中心，没有可核验的日志。")
    if any(verdict.problem for verdict in verdicts):
        raise SystemExit(1)


def _format_verification(verdict: event_log.LogVerification) -> str:
    if verdict.problem is not None:
        return f"{verdict.center}：不通过。{verdict.problem}（此前 {verdict.checked} 条相符）"
    return f"{verdict.center}：通过。{verdict.checked} 条事件逐条相符，日志校验值 {verdict.head_hash.hex()}"


@log.command("show")
@click.argument("what")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
def show(what: str, center: str | None) -> None:
    """查看一条事件（编号），或一件对象的全部事件（如 call/2023080100023932），以 CloudEvents 形式印出。"""
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        if what.isdigit():
            one = event_log.read_event(connection, code, int(what))
            found = [one] if one else []
        else:
            found = event_log.read_timeline(connection, code, what)
    if not found:
        raise click.ClickException(f"中心 {code} 的日志里没有“{what}”。")
    for event in found:
        click.echo(json.dumps(event.to_cloudevent(), ensure_ascii=False, indent=2))


@log.command("head")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
def head(center: str | None) -> None:
    """列出最后一条记录的编号和日志校验值；印在盖章的纸上，可在系统之外证明日志未被改写。"""
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        end = event_log.read_head(connection, code)
    click.echo(f"{code}\t第 {end.seq} 号\t{end.hash.hex()}")
