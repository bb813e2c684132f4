"""`hotline documents`: evidence attached, asked for, checked; the rest is done on the pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click

from kpi.documents import attaching, missing, printing, shelf
from kpi.year_option import YEAR
from tracker import centers
from tracker.database import Database, open_database
from tracker.events.documents import KINDS
from tracker.events.times import BEIJING, get_day
from tracker.periods import Year
from tracker.settings import Settings

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_json = click.option("--json", "as_objects", is_flag=True, help="输出JSON。")
_by = click.option("--by", required=True, metavar="姓名", help="经办人。")
_kinds = "；".join(f"{kind} {title}" for kind, title in KINDS.items())


def _parse_kind(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A kind of document, by its key or its Chinese name. Raises: click.BadParameter."""
    kinds = [kind for kind, title in KINDS.items() if value in (kind, title)]
    if value is not None and not kinds:
        raise click.BadParameter(f"没有“{value}”这种材料；可用的有：{_kinds}。")
    return kinds[0] if kinds else None


class InstanceContext(NamedTuple):
    """An instance and the centre meant."""

    settings: Settings
    database: Database
    center: str


@click.group("documents")
def documents() -> None:
    """佐证材料：上传、查缺、核验；列出、下载、撤销在页面“佐证材料”上办理。"""


@documents.command("attach", epilog=f"材料种类：{_kinds}")
@click.argument("path", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "about",
    required=True,
    metavar="种类/编号",
    help="关联对象，例如 person/R001、payment/ZF20230101、month/2023-05、indicator/call_answer_rate/2023。",
)
@click.option("--kind", callback=_parse_kind, required=True, metavar="材料种类", help="是什么材料，见下。")
@click.option("--title", metavar="标题", help="标题；省略则为“材料种类＋关联对象”。请勿填写姓名。")
@_by
@_center
def attach(path: Path, about: str, kind: str, title: str | None, by: str, center: str | None) -> None:
    """上传一份文件，并关联到人员、款项、培训、月份或指标。

    格式由内容判定，支持 PDF、PNG、JPEG、TIFF、DOCX、XLSX、OFD、CSV、TXT；不支持带宏、脚本或密码的文件。
    """
    with _open_instance(center) as context, context.database.connect() as connection:
        attachment = attaching.attach(
            connection, context.settings.home, context.center, path,
            to=about, kind=kind, title=title, by=by, limit=context.settings.document_limit, now=_get_now(),
        )  # fmt: skip
    event = attachment.event
    if not attachment.added:
        click.echo(f"{attachment.label}已有相同的{KINDS[kind]}（材料编号 {event.document}），未重复保存。")
        return
    pages = f"，{event.pages}页" if event.pages else ""
    click.echo(
        f"已上传并关联到{attachment.label}：{event.title}（{event.media_type}{pages}）；"
        f"材料编号 {event.document}"
    )


@documents.command("missing")
@click.option("--year", type=YEAR, required=True, help="年度，例如 2023。")
@click.option("--kind", callback=_parse_kind, metavar="材料种类", help="只看这种材料。")
@_center
@_json
def missing_documents(year: int, kind: str | None, center: str | None, as_objects: bool) -> None:
    """查缺：缺失材料、应归档日期和补充办法。"""
    with _open_instance(center) as context, context.database.engine.connect() as connection:
        files = missing.read_dossiers(connection, context.center, Year(year), get_day(_get_now()))
    incomplete = missing.select_incomplete(files, kind)
    tallies = [one for one in missing.tally_documents(files) if kind in (None, one.required.document)]
    if as_objects:
        output = {"tally": list(map(printing.serialize_tally, tallies))}
        _print_json(output | {"missing": list(printing.serialize_missing(incomplete))})
    elif files:
        click.echo(
            "\n".join([*printing.format_tallies(tallies), "", *printing.format_incomplete(incomplete)])
        )
    else:
        click.echo(f"{year}年还没有应归档的人员、支付、培训或月份；请先导入花名册、支付明细等文件。")


@documents.command("check")
@_center
def check(center: str | None) -> None:
    """重新计算每份材料的哈希值，指出缺失或被改动的文件。"""
    with _open_instance(center) as context, context.database.connect() as connection:
        stored = shelf.read_documents(connection, context.center, with_withdrawn=True)
        store = shelf.find_store(connection, context.settings.home, context.center)
    faults = shelf.check_documents(store, stored)
    for fault in faults:
        click.echo(fault.sentence)
    if faults:
        click.echo(f"{len(stored)}份材料中有{len(faults)}份不符。")
        raise SystemExit(1)
    click.echo(f"{len(stored)}份材料的文件都在，与登记的哈希值相符。")


@contextmanager
def _open_instance(code: str | None) -> Iterator[InstanceContext]:
    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        center = centers.find_center(connection, code or settings.center).center_id
    yield InstanceContext(settings, database, center)
    database.close()


def _get_now() -> datetime:
    return datetime.now(BEIJING)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
