"""Commands about definitions: show, check, compare, foresee. Adopted they are on the pages, by two people."""

from datetime import datetime
from pathlib import Path

import click

from kpi import cli, definition_report
from kpi.cli_center import CenterContext, open_center
from kpi.figures import catalogue
from kpi.figures.coverage_reading import find_newest_year
from kpi.figures.definitions.choosing import choose_definition
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.definitions.computing import compute_impact as impact_of
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.definitions.reading import read_definition_file
from kpi.figures.definitions.toml import as_toml
from kpi.figures.forks import FORKS, list_forks
from kpi.figures.indicators import INDICATORS, Indicator, find_indicator
from kpi.figures.indicators.units import get_part_unit
from kpi.year_option import YEAR
from tracker.events.times import get_day
from tracker.periods import Month, Year, parse_period

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_which = click.argument("which", metavar="文件.toml | 指标 版本号|其他口径", nargs=-1, required=True)


@click.group()
def definition() -> None:
    """指标口径：查看、检查、比较、预估影响、对照；启用在页面“指标口径”上办理，一人申请、另一人批准。

    口径写成一个 TOML 文件、一个版本号，或一个其他口径的编码（见 hotline definition compare）。
    """


@definition.command()
@click.argument("indicator", metavar="指标")
@click.option("--version", "which", help="版本号或其他口径的编码；省略则为现行的。")
@click.option("--toml", "editable", is_flag=True, help="输出可以编辑的TOML。")
@_center
def show(indicator: str, which: str | None, editable: bool, center: str | None) -> None:
    """显示一个指标的口径；加 --toml 输出可以编辑的文件。"""
    key = find_indicator(indicator).key
    with open_center(center, _get_now()) as context:
        definitions = read_definitions(context.connection, context.center.center_id)
    version = (
        choose_definition(definitions, key, which)
        if which
        else definitions.find_in_force(key, _find_this_month())
    )
    if editable:
        click.echo(as_toml(dump_definition(version)), nl=False)
    else:
        click.echo(catalogue.format_card(version))


@definition.command()
@click.argument("path", metavar="文件.toml", type=click.Path(path_type=Path))
def check(path: Path) -> None:
    """检查一个口径文件能不能采用。"""
    indicator = read_definition_file(path)
    click.echo(
        f"口径有效：{indicator.title}（{indicator.key}），分子单位{get_part_unit(indicator.formula.numerator)}。"
    )
    click.echo(f"公式：{catalogue.format_formula(indicator)}")


@definition.command()
@_which
@_center
def diff(which: tuple[str, ...], center: str | None) -> None:
    """与现行口径逐项比较：- 现行，+ 新的。"""
    with open_center(center, _get_now()) as context:
        definitions = read_definitions(context.connection, context.center.center_id)
    _print_diff(definitions, _choose_definition(definitions, which))


@definition.command()
@_which
@click.option("--year", type=YEAR, help="年度；省略则为有数据的最近一年。")
@_center
def impact(which: tuple[str, ...], year: int | None, center: str | None) -> None:
    """预估改用这个口径的影响：全年、各季、各月的数字，改前和改后。"""
    with open_center(center, _get_now()) as context:
        definitions = read_definitions(context.connection, context.center.center_id)
        _print_impact(context, _choose_definition(definitions, which), year)


@definition.command()
@click.argument("indicator", metavar="指标")
@_center
def history(indicator: str, center: str | None) -> None:
    """一个指标的各版口径：执行时间、决定人、理由和修改内容。"""
    key = find_indicator(indicator).key
    with open_center(center, _get_now()) as context:
        definitions = read_definitions(context.connection, context.center.center_id)
    click.echo("\n".join(definition_report.format_history(definitions, key)))


@definition.command()
@click.argument("indicator", metavar="指标")
@click.argument("period", metavar="统计期")
@_center
def compare(indicator: str, period: str, center: str | None) -> None:
    """口径对照：同一数据按各地、各平台口径计算的结果，与现行口径的差异。"""
    key, span = find_indicator(indicator).key, parse_period(period)
    forks = list_forks(key)
    if not forks:
        keys = "、".join(dict.fromkeys(fork.key for fork in FORKS))
        raise DefinitionProblem(f"{key} 没有其他口径；有其他口径的指标：{keys}。")
    with open_center(center, _get_now()) as context:
        code = context.center.center_id
        current = read_definitions(context.connection, code).find_in_force(key, span)
        by = [current, *(fork.definition for fork in forks)]
        figures = [
            by_period.get(span)
            for by_period in compute_figures_by(context.connection, code, by, [span], _get_now())
        ]
    begun = [figure for figure in figures if figure is not None]
    if not begun:
        click.echo("统计期尚未开始。")
        return
    base, *others = begun
    click.echo(f"{context.center.name} {span.label} {current.title}：口径对照")
    lines = definition_report.format_comparison(base, current, list(zip(forks, others, strict=True)))
    click.echo("\n".join(lines))


def _choose_definition(definitions: Definitions, which: tuple[str, ...]) -> Indicator:
    """A file, or an indicator's version or fork."""
    match which:
        case (key,) if key in INDICATORS:
            raise click.UsageError(
                f"{key} 后面还要写版本号，或其他口径的编码（hotline definition compare {key} 统计期 列出）。"
            )
        case (path,):
            return read_definition_file(Path(path))
        case (indicator, told):
            return choose_definition(definitions, find_indicator(indicator).key, told)
    raise click.UsageError("请给出一个口径文件，或者指标和版本号（或其他口径的编码）。")


def _print_diff(definitions: Definitions, proposed: Indicator) -> None:
    current = definitions.find_in_force(proposed.key, _find_this_month())
    click.echo(f"{current.title}（{proposed.key}）与现行第{current.version}版的差别：")
    click.echo("\n".join(definition_report.format_differences(list_differences(current, proposed))))


def _print_impact(context: CenterContext, proposed: Indicator, year: int | None) -> None:
    center = context.center.center_id
    year = year or find_newest_year(context.connection, center, get_day(_get_now()))
    if year is None:
        click.echo("尚未报送数据，无法计算影响。")
        return
    click.echo(f"{context.center.name}{year}年改用它的影响：")
    impacts = impact_of(context.connection, center, proposed, Year(year), _get_now())
    click.echo("\n".join(definition_report.format_impact(impacts)))


def _find_this_month() -> Month:
    return Month.of(_get_now())


def _get_now() -> datetime:
    return cli._get_now()
