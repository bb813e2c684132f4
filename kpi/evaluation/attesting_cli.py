"""Commands by which people tell what no delivery tells: attested values, marks of experts."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from kpi.cli_center import open_center, write_center
from kpi.evaluation.attesting import Attested, mark, split_documents
from kpi.evaluation.attesting import attest as attest_values
from kpi.evaluation.delivered_tables import read_attested, read_marked
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import find_scheme, read_scheme
from kpi.year_option import YEAR
from tracker.database import get_driver
from tracker.events.times import BEIJING
from tracker.settings import Settings

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_year = click.option("--year", type=YEAR, required=True, metavar="年度", help="年度，例如 2023。")
_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="方案")
@click.argument("indicator", metavar="[指标]", required=False)
@click.argument("value", metavar="[实际值]", required=False)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="文件",
    help="文件的路径，或已上传材料的编号；可写多个。",
)
@click.option(
    "--table",
    type=_file,
    metavar="表",
    help="一次填报多项：CSV 或 XLSX，列为 指标、实际值、佐证材料、备注、理由。",
)
@click.option("--remark", metavar="文字", help="备注。")
@click.option(
    "--reason", metavar="文字", help="填报与系统数据不一致的理由；写明的按填报计分，不写的按系统数据计分。"
)
@click.option("--by", required=True, metavar="姓名", help="填报人。")
@_center
@_year
def attest(
    name: str,
    indicator: str | None,
    value: str | None,
    documents: tuple[str, ...],
    table: Path | None,
    remark: str | None,
    reason: str | None,
    by: str,
    center: str | None,
    year: int,
) -> None:
    """填报系统不能自动取数的指标，附佐证材料。

    评价要点逐条写 是、否 或 ?（无法核实），以逗号分开；其他写数值（如 98.8%）或等级（如 达成）。
    与系统数据不一致的，两个值都列出；要按填报计分，须用 --reason 写明理由。
    """
    if (table is None) == (value is None):
        raise click.UsageError("请写指标和实际值，或用 --table 给出一张表。")
    settings = Settings.read()
    scheme = read_scheme(find_scheme(name, settings.home))
    if table is not None:
        values = read_attested(table)
    else:
        numbers, files = split_documents(documents, Path())
        values = [Attested(indicator or "", value or "", numbers, files, remark, reason)]
    with write_center(center, datetime.now(BEIJING)) as opened:
        attest_values(
            get_driver(opened.connection), settings.home, opened.code, scheme, year, values,
            by=by, now=opened.now, limit=settings.document_limit,
        )  # fmt: skip
    click.echo(f"已保存{opened.center.name}{year}年“{scheme.title}”的填报{len(values)}项，填报人 {by}。")
    named = {item.code for item in scheme.items if {item.code, item.title} & {one.code for one in values}}
    for line in _list_contradictions(scheme, center, year, named):
        click.echo(line)


def _list_contradictions(scheme: Scheme, center: str | None, year: int, codes: set[str]) -> Iterator[str]:
    """What was attested of some indicators and the log counts otherwise."""
    with open_center(center, datetime.now(BEIJING)) as opened:
        facts = read_center_facts(
            opened.connection, opened.center, scheme, year, opened.now, Settings.read().home
        )
    for code in sorted(codes):
        yield from (f"不一致：{code} {one.sentence}。" for one in facts.told(code).contradictions)


@click.command()
@click.argument("name", metavar="方案")
@click.argument("path", metavar="打分表", type=_file)
@_center
@_year
def experts(name: str, path: Path, center: str | None, year: int) -> None:
    """录入专家打分表（CSV 或 XLSX，列为 专家、指标、得分、备注），逐人保留。"""
    scheme = read_scheme(find_scheme(name, Settings.read().home))
    marks = read_marked(path)
    with write_center(center, datetime.now(BEIJING)) as opened:
        mark(get_driver(opened.connection), opened.code, scheme, year, marks, now=opened.now)
    people = len({one.expert for one in marks})
    click.echo(
        f"已保存{opened.center.name}{year}年“{scheme.title}”的专家打分：{people}位专家，{len(marks)}个分数。"
    )


COMMANDS = (attest, experts)
