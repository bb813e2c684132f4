"""The commands over deliveries that are held until somebody answers: listing and answering them."""

from datetime import date, datetime

import click

from ingest.changes.full_lists import (
    IN_POST,
    LIST_NOT_FULL,
    ListProblem,
    list_missing_people,
    record_in_post,
    record_left,
)
from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.identity.numbers import SCOPES
from ingest.importing.report_text import format_report, word_answers_about_people
from ingest.questions.answering import QuestionProblem, answer_question, drop_question
from ingest.questions.held_deliveries import list_open_questions
from ingest.questions.wording import format_options, list_answers, word_examples, word_missing, word_question
from tracker import centers
from tracker.database import open_database
from tracker.events.times import BEIJING, parse_day
from tracker.settings import Settings
from tracker.vault import open_vault

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")


@click.group("questions", invoke_without_command=True)
@_center
@click.pass_context
def questions(context: click.Context, center: str | None) -> None:
    """待答问题：列出还须回答的文件（整份保留、没有写入）和名单里少的人，并回答。"""
    if context.invoked_subcommand:
        return
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        found, missing = list_open_questions(connection, code), list_missing_people(connection, code)
    for delivery in found:
        click.echo(f"{delivery.number}\t{delivery.file_name}（{delivery.asked_at:%Y-%m-%d %H:%M} 起待答）")
        click.echo(f"  {word_question(delivery.question)}")
        for line in word_examples(delivery.question):
            click.echo(f"    {line}")
        for words, one in list_answers(delivery.question):
            command = f"hotline questions answer {delivery.number} {format_options(one)} --center {code}"
            click.echo(f"  {words}：{command}")
        click.echo(f"  不要这份文件：hotline questions answer {delivery.number} --drop --center {code}")
    if missing:
        click.echo(word_missing(missing))
        for person in missing:
            post, day = person.post or "岗位不详", person.last_listed_on
            click.echo(f"    工号 {person.staff_no}（{post}）：{day} 的名单里还有")
        for line in word_answers_about_people(code):
            click.echo(line)
    if not found and not missing:
        click.echo("没有待答的问题。")


@questions.command("people")
@click.argument("numbers", nargs=-1, metavar="[工号]...")
@_center
@click.option("--left", metavar="日期", help="已离职：离职日期，即第一个不在岗的日子。")
@click.option("--reason", metavar="原因", help="与 --left 连用：离职原因。")
@click.option("--in-post", is_flag=True, help="仍在岗：名单漏了。")
@click.option("--not-full", is_flag=True, help="那份名单本来就不全。")
@click.option("--by", required=True, metavar="姓名", help="回答的人。")
def people(
    numbers: tuple[str, ...],
    center: str | None,
    left: str | None,
    reason: str | None,
    in_post: bool,
    not_full: bool,
    by: str,
) -> None:
    """回答名单里少的人：离职了，还是没有导出；不写工号就是全部。"""
    if bool(left) + in_post + not_full != 1:
        raise click.UsageError("请用 --left、--in-post 或 --not-full 回答，只能选一样。")
    settings, now = Settings.read(), datetime.now(BEIJING)
    try:
        with open_database(settings).connect() as connection:
            code = centers.find_center(connection, center or settings.center).center_id
            if left:
                count = record_left(connection, code, numbers, _parse_day(left), reason, now=now)
            else:
                why = IN_POST if in_post else LIST_NOT_FULL
                count = record_in_post(connection, code, numbers, why, by=by, now=now)
    except ListProblem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"已登记 {count} 人；有关指标将在下次计算时更新。")


def _parse_day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError:
        raise click.BadParameter("请写成 2024-06-15。", param_hint="--left") from None


@questions.command("answer")
@click.argument("number", type=click.IntRange(1), metavar="序号")
@_center
@click.option("--same", is_flag=True, help="是更正：同一件事，以这份文件为准；没有列出的已经取消。")
@click.option("--new", is_flag=True, help="编号重新起用：是另外的事；没有列出的仍然有效。")
@click.option("--outdated", is_flag=True, help="是过期的：与数据截至时间更晚的文件不同的，以那些文件为准。")
@click.option(
    "--within", type=click.Choice(list(SCOPES)), help="编号在多长时间内不重复；记入本中心的导入方案。"
)
@click.option("--drop", is_flag=True, help="不要这份文件，不导入。")
@click.option("--by", metavar="姓名", help="回答的人。")
def answer(
    number: int,
    center: str | None,
    same: bool,
    new: bool,
    outdated: bool,
    within: str | None,
    drop: bool,
    by: str | None,
) -> None:
    """回答一个待答问题，并导入那份文件；仍有问题时退出码为 1。"""
    if same + new + outdated + drop != 1:
        raise click.UsageError("请用 --same、--new、--outdated 或 --drop 回答，只能选一样。")
    settings, now = Settings.read(), datetime.now(BEIJING)
    database = open_database(settings)
    with database.connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
    try:
        if drop:
            with database.connect() as connection:
                drop_question(connection, code, number, by=by, now=now)
            click.echo(f"已放弃第 {number} 号问题的文件，没有写入任何内容。")
            return
        report = answer_question(
            database,
            settings.home,
            code,
            number,
            QuestionAnswer(same=same, new=new, outdated=outdated, within=within),
            by=by,
            now=now,
            vault=open_vault(settings),
        )
    except QuestionProblem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo("\n".join(format_report(report)))
    if report.question is not None:
        raise SystemExit(1)
