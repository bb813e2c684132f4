"""The command that evaluates a survey."""

import json
from dataclasses import replace
from pathlib import Path

import click

from kpi.evaluation.surveys.answers import read_answers
from kpi.evaluation.surveys.questionnaire import find_questionnaire, read_questionnaire
from kpi.evaluation.surveys.report import evaluate_survey, survey_as_json, survey_lines
from tracker.settings import Settings


@click.command()
@click.argument("name", metavar="问卷")
@click.argument("path", metavar="答卷", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--issued", type=click.IntRange(min=1), metavar="份数", help="发放份数；给出后核对回收率。")
@click.option(
    "--population", type=click.IntRange(min=1), metavar="人数", help="调查对象的总人数；给出后核对样本量。"
)
@click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
def survey(name: str, path: Path, issued: int | None, population: int | None, as_objects: bool) -> None:
    """统计问卷：各题分布、信度、效度、样本量。

    问卷写名称（如 hotline-2022）或自己的 TOML 文件；答卷为 CSV 或 XLSX，一份一行，表头写题干。
    """
    questionnaire = read_questionnaire(find_questionnaire(name, Settings.read().home))
    questionnaire = replace(
        questionnaire,
        issued=issued or questionnaire.issued,
        population=population or questionnaire.population,
    )
    found = evaluate_survey(questionnaire, read_answers(path, questionnaire))
    if as_objects:
        click.echo(json.dumps(survey_as_json(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(survey_lines(found)))


COMMANDS = (survey,)
