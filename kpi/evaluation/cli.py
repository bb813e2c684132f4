"""Commands of the year-end evaluation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psycopg

from kpi.evaluation.attesting import Attested, hash_of, mark
from kpi.evaluation.attesting import attest as attest_values
from kpi.evaluation.claims import Outcome
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.evaluation.delivered_tables import read_attested, read_marked
from kpi.evaluation.facts import Facts
from kpi.evaluation.facts_files import published_facts, read_facts
from kpi.evaluation.from_events import facts_of_center
from kpi.evaluation.paragraphs import checked_lines, summary
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import find_scheme, read_scheme, scheme_paths
from kpi.evaluation.score_tree import score_tree
from kpi.evaluation.scoring import evaluate as score
from kpi.evaluation.written import checked_as_json, evaluation_as_json, scheme_as_json
from kpi.figures import results
from kpi.tables import LEFT, RIGHT, lines
from tracker import centers
from tracker.centers import Center
from tracker.database import open_database
from tracker.events.times import BEIJING
from tracker.settings import Settings

_json = click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_year = click.option("--year", type=int, required=True, metavar="年度", help="年度，例如 2023。")
_file = click.Path(dir_okay=False, path_type=Path)


class NoFacts(LookupError):
    """这个评价方案没有可供评分的事实。"""


@click.command()
@click.argument("name", metavar="[方案]", required=False)
@click.option("--facts", "facts_file", type=_file, metavar="事实.toml", help="用这个文件里的事实评分。")
@click.option("--center", metavar="编号", help="用这个中心的数据评分；只有一个中心时写 --year 即可。")
@click.option("--year", type=int, metavar="年度", help="用这一年的数据评分，例如 2023。")
@click.option("--reasons", is_flag=True, help="逐项列出得分理由。")
@click.option("--all", "every", is_flag=True, help="列出全部评价方案。")
@_json
def evaluate(
    name: str | None,
    facts_file: Path | None,
    center: str | None,
    year: int | None,
    reasons: bool,
    every: bool,
    as_objects: bool,
) -> None:
    """按评价方案评分：规则分、专家分、最终分并列，并核对报告中的数字。

    方案写名称（如 turpan-2022）或自己的 TOML 文件；随附的五份公开报告带有当时发布的事实和得分。
    写明 --year（和 --center）时，改用热线中心的指标、填报和专家打分评分。
    """
    if every:
        _print_schemes(as_objects=as_objects)
        return
    if name is None:
        raise click.UsageError("请写明评价方案，例如 hotline evaluate turpan-2022；--all 列出全部。")
    scheme = read_scheme(find_scheme(name, Settings.read().home))
    if center or year:
        facts = _facts_of_center(scheme, center, year or scheme.year)
    else:
        facts = _facts(scheme, facts_file)
    evaluation = score(scheme, facts)
    if as_objects:
        _print_json(evaluation_as_json(evaluation))
    else:
        click.echo("\n".join(score_tree(evaluation, reasons=reasons)))


@click.group(invoke_without_command=True)
@click.pass_context
@_json
def schemes(context: click.Context, as_objects: bool) -> None:
    """列出评价方案；check 检查自己写的方案。"""
    if context.invoked_subcommand is None:
        _print_schemes(as_objects=as_objects)


@schemes.command()
@click.argument("path", metavar="方案.toml", type=_file)
def check(path: Path) -> None:
    """检查一个评价方案文件：权重、目标、规则、取数、等级。"""
    scheme = read_scheme(path)
    automatic = sum(1 for item in scheme.items if item.feed.automatic)
    click.echo(
        f"{path.name}：{scheme.title}，三级指标{len(scheme.items)}个（自动取数{automatic}个），"
        "权重、目标、规则、取数、等级都没有问题。"
    )


@click.command()
@click.argument("path", metavar="文件", type=_file)
@click.option("--problems", is_flag=True, help="不列相符的。")
@_json
@click.pass_context
def claims(context: click.Context, path: Path, problems: bool, as_objects: bool) -> None:
    """核对一张表（CSV、XLSX、DOCX）里的数字：相符、相差多少、无法核对。

    比率按分子÷分母重算，合计按各部分相加，序列按期初＋增加−减少＝期末，同一个数前后应一致。
    有不符的，退出码为1。
    """
    found = check_tables(read_tables(path))
    listed = [one for one in found if one.outcome is not Outcome.AGREES] if problems else found
    if as_objects:
        _print_json(checked_as_json(listed))
    else:
        click.echo(f"{path.name}：核对{len(found)}处，{summary(found)}。")
        click.echo("\n".join(checked_lines(listed)))
    context.exit(int(any(one.outcome is Outcome.DEPARTS for one in found)))


@click.command()
@click.argument("name", metavar="方案")
@click.argument("indicator", metavar="[指标]", required=False)
@click.argument("value", metavar="[实际值]", required=False)
@click.option(
    "--document", "documents", multiple=True, metavar="文件", help="证明文件的路径，或其SHA-256；可写多个。"
)
@click.option(
    "--table", type=_file, metavar="表", help="一次填报多项：CSV 或 XLSX，列为 指标、实际值、证明文件、备注。"
)
@click.option("--remark", metavar="文字", help="备注。")
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
    by: str,
    center: str | None,
    year: int,
) -> None:
    """填报系统不能自动取数的指标，附证明文件。

    评价要点逐条写 是、否 或 ?（无法核实），以逗号分开；其他写数值（如 98.8%）或等级（如 达成）。
    """
    if (table is None) == (value is None):
        raise click.UsageError("请写指标和实际值，或用 --table 给出一张表。")
    scheme = read_scheme(find_scheme(name, Settings.read().home))
    if table is not None:
        told = read_attested(table)
    else:
        told = [Attested(indicator or "", value or "", tuple(map(hash_of, documents)), remark)]
    with _connected(center) as (connection, chosen):
        attest_values(connection, chosen.center_id, scheme, year, told, by=by, now=_now())
    click.echo(f"已登记{chosen.name}{year}年“{scheme.title}”的填报{len(told)}项，填报人 {by}。")


@click.command()
@click.argument("name", metavar="方案")
@click.argument("path", metavar="打分表", type=_file)
@_center
@_year
def experts(name: str, path: Path, center: str | None, year: int) -> None:
    """登记专家打分表（CSV 或 XLSX，列为 专家、指标、得分、备注），逐人保留。"""
    scheme = read_scheme(find_scheme(name, Settings.read().home))
    marks = read_marked(path)
    with _connected(center) as (connection, chosen):
        mark(connection, chosen.center_id, scheme, year, marks, now=_now())
    people = len({one.expert for one in marks})
    click.echo(f"已登记{chosen.name}{year}年“{scheme.title}”的专家打分：{people}位专家，{len(marks)}个分数。")


COMMANDS = (evaluate, schemes, claims, attest, experts)


def _facts(scheme: Scheme, path: Path | None) -> Facts:
    """Raises: NoFacts where nothing was published with the scheme and no file is given."""
    found = published_facts(scheme) if path is None else read_facts(path, scheme)
    if found is None:
        raise NoFacts(f"方案 {scheme.key} 没有随附的事实；请用 --facts 文件.toml 给出各项实际值。")
    return found


def _facts_of_center(scheme: Scheme, code: str | None, year: int) -> Facts:
    """The centre's facts, its figures brought up to date."""
    settings, now = Settings.read(), _now()
    database = open_database(settings)
    with database.connect() as raw:
        center = centers.find(raw, code or settings.center)
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, center.center_id, now)
    with database.engine.connect() as connection:
        facts = facts_of_center(connection, center, scheme, year, now)
    database.close()
    return facts


@contextmanager
def _connected(code: str | None) -> Iterator[tuple[psycopg.Connection[Any], Center]]:
    """A transaction and the centre meant. Raises: CenterProblem."""
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        yield connection, centers.find(connection, code or settings.center)


def _now() -> datetime:
    return datetime.now(BEIJING)


def _print_schemes(*, as_objects: bool) -> None:
    found = [read_scheme(path) for path in scheme_paths(Settings.read().home).values()]
    if as_objects:
        _print_json([scheme_as_json(scheme) for scheme in found])
        return
    rows = [("方案", "年度", "三级指标", "自动取数", "名称")]
    for scheme in found:
        automatic = sum(1 for item in scheme.items if item.feed.automatic)
        rows.append((scheme.key, str(scheme.year), str(len(scheme.items)), str(automatic), scheme.title))
    click.echo("\n".join(lines(rows, LEFT + RIGHT * 3 + LEFT)))


def _print_json(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
