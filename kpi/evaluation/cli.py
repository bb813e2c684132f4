"""Commands of the year-end evaluation."""

import json
from datetime import datetime
from pathlib import Path

import click

from kpi.cli_center import open_center, write_center
from kpi.evaluation.facts import EvaluationFacts
from kpi.evaluation.facts_files import read_facts, read_published_facts
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.rehearsal.stored_rehearsal import choose_scheme, store_rehearsals
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import find_scheme, list_scheme_paths, read_scheme
from kpi.evaluation.score_tree import format_score_tree
from kpi.evaluation.scoring import evaluate as score
from kpi.evaluation.serializing import convert_evaluation, convert_scheme
from kpi.figures import results
from kpi.terminal_tables import LEFT, RIGHT, align_rows
from kpi.year_option import YEAR
from tracker.database import get_driver
from tracker.events.times import BEIJING
from tracker.settings import Settings

_json = click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
_file = click.Path(dir_okay=False, path_type=Path)


class NoFacts(LookupError):
    """这个评价方案没有可供评分的事实。"""


@click.command()
@click.argument("name", metavar="[方案]", required=False)
@click.option("--facts", "facts_file", type=_file, metavar="事实.toml", help="用这个文件里的事实评分。")
@click.option("--center", metavar="编号", help="用这个中心的数据评分；只有一个中心时写 --year 即可。")
@click.option("--year", type=YEAR, metavar="年度", help="用这一年的数据评分，例如 2023。")
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
    """按评价方案评分：规则得分、专家评分、最终得分并列，并核对报告中的数字。

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
        facts = _read_center_facts(scheme, center, year or scheme.year)
    else:
        facts = _read_facts(scheme, facts_file)
    evaluation = score(scheme, facts)
    if as_objects:
        _print_json(convert_evaluation(evaluation))
    else:
        click.echo("\n".join(format_score_tree(evaluation, reasons=reasons)))


@click.group(invoke_without_command=True)
@click.pass_context
@_json
def schemes(context: click.Context, as_objects: bool) -> None:
    """列出评价方案；check 检查自己写的方案，choose 选定一年的方案。"""
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


@schemes.command()
@click.argument("name", metavar="方案")
@click.option("--year", type=YEAR, required=True, metavar="年度", help="年度，例如 2023。")
@click.option("--by", required=True, metavar="姓名", help="选定人。")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
def choose(name: str, year: int, by: str, center: str | None) -> None:
    """选定一年的评价方案：指标总览上列示模拟评分的已落实、待落实、已失分。"""
    home, now = Settings.read().home, datetime.now(BEIJING)
    with write_center(center, now) as opened:
        raw = get_driver(opened.connection)
        choose_scheme(raw, home, opened.code, year, name, by=by, now=now)
        results.bring_up_to_date(opened.connection, opened.code, now)
        store_rehearsals(opened.connection, opened.center, home, now)
    click.echo(f"{opened.center.name}{year}年的评价方案：{name}。")


COMMANDS = (evaluate, schemes)


def _read_facts(scheme: Scheme, path: Path | None) -> EvaluationFacts:
    """Raises: NoFacts where nothing was published with the scheme and no file is given."""
    found = read_published_facts(scheme) if path is None else read_facts(path, scheme)
    if found is None:
        raise NoFacts(f"方案 {scheme.key} 没有随附的事实；请用 --facts 文件.toml 给出各项实际值。")
    return found


def _read_center_facts(scheme: Scheme, code: str | None, year: int) -> EvaluationFacts:
    """The centre's facts, its figures brought up to date."""
    home = Settings.read().home
    with open_center(code, _get_now()) as opened:
        return read_center_facts(opened.connection, opened.center, scheme, year, opened.now, home)


def _get_now() -> datetime:
    return datetime.now(BEIJING)


def _print_schemes(*, as_objects: bool) -> None:
    found = [read_scheme(path) for path in list_scheme_paths(Settings.read().home).values()]
    if as_objects:
        _print_json([convert_scheme(scheme) for scheme in found])
        return
    rows = [("方案", "年度", "三级指标", "自动取数", "名称")]
    for scheme in found:
        automatic = sum(1 for item in scheme.items if item.feed.automatic)
        rows.append((scheme.key, str(scheme.year), str(len(scheme.items)), str(automatic), scheme.title))
    click.echo("\n".join(align_rows(rows, LEFT + RIGHT * 3 + LEFT)))


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
