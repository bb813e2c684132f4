"""The command that evaluates a survey."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from kpi.cli_center import open_center
from kpi.evaluation.surveys.answers import read_answers
from kpi.evaluation.surveys.from_log import EvaluatedAnswers, evaluate_logged, read_logged
from kpi.evaluation.surveys.questionnaire import find_questionnaire, read_questionnaire
from kpi.evaluation.surveys.report import convert_survey, evaluate_survey, format_survey
from kpi.year_option import YEAR
from tracker.events.times import BEIJING
from tracker.periods import Year
from tracker.settings import Settings


@click.command()
@click.argument("name", metavar="问卷")
@click.argument("path", metavar="[答卷]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=YEAR, metavar="年度", help="不给答卷文件时：统计已导入或录入的这一年的答卷。")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@click.option("--issued", type=click.IntRange(min=1), metavar="份数", help="发放份数；给出后核对回收率。")
@click.option(
    "--population", type=click.IntRange(min=1), metavar="人数", help="调查对象的总人数；给出后核对样本量。"
)
@click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
def survey(
    name: str,
    path: Path | None,
    year: int | None,
    center: str | None,
    issued: int | None,
    population: int | None,
    as_objects: bool,
) -> None:
    """统计问卷：各题分布、信度、效度、样本量。

    问卷写名称（如 hotline-2022）或自己的 TOML 文件；答卷为 CSV 或 XLSX，一份一行，表头写题干；
    不给文件而给 --year，则统计已导入或录入的答卷。
    """
    if (path is None) == (year is None):
        raise click.UsageError("请给出答卷文件，或用 --year 统计已导入或录入的答卷。")
    questionnaire = read_questionnaire(find_questionnaire(name, Settings.read().home))
    questionnaire = replace(
        questionnaire,
        issued=issued or questionnaire.issued,
        population=population or questionnaire.population,
    )
    if path is not None:
        answered = EvaluatedAnswers(evaluate_survey(questionnaire, read_answers(path, questionnaire)), [])
    else:
        with open_center(center, datetime.now(BEIJING)) as opened:
            logged = read_logged(opened.connection, opened.code, Year(year or 0))
        answered = evaluate_logged(questionnaire, logged)
    if as_objects:
        click.echo(json.dumps(convert_survey(answered.survey), ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(format_survey(answered.survey)))
    for one in answered.unknown:
        click.echo(f"  “{one.question.text}”没有选项“{one.answer}”，{one.count}份按未作答统计。")


COMMANDS = (survey,)
