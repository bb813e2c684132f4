"""The command that checks a table of claimed figures."""

import json
from pathlib import Path

import click

from kpi.evaluation.claims import ClaimOutcome
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.evaluation.paragraphs import format_results, summarize_outcomes
from kpi.evaluation.serializing import convert_results


@click.command()
@click.argument("path", metavar="文件", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--problems", is_flag=True, help="不列相符的。")
@click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
@click.pass_context
def claims(context: click.Context, path: Path, problems: bool, as_objects: bool) -> None:
    """核对一张表（CSV、XLSX、DOCX）里的数字：相符、相差多少、无法核对。

    比率按分子÷分母重算，合计按各部分相加，序列按期初＋增加−减少＝期末，同一个数前后应一致。
    有不符的，退出码为1。
    """
    found = check_tables(read_tables(path))
    listed = [one for one in found if one.outcome is not ClaimOutcome.AGREES] if problems else found
    if as_objects:
        click.echo(json.dumps(convert_results(listed), ensure_ascii=False, indent=2))
    else:
        click.echo(f"{path.name}：核对{len(found)}处，{summarize_outcomes(found)}。")
        click.echo("\n".join(format_results(listed)))
    context.exit(int(any(one.outcome is ClaimOutcome.DEPARTS for one in found)))


COMMANDS = (claims,)
