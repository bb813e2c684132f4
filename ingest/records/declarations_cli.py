"""The command for what a centre says once."""

from collections.abc import Iterator
from datetime import datetime

import click

from ingest.forms.declarations import ANSWERS, DECLARATION, TITLES
from ingest.forms.entering import EntryProblem, enter_form
from ingest.records.declarations import CANNOT_BE_SAID, UNNAMED, TopicState, read_declarations
from tracker import centers
from tracker.database import open_database
from tracker.events.declarations import TOPICS
from tracker.events.times import BEIJING
from tracker.settings import Settings
from tracker.vault import open_vault


@click.command("declare")
@click.argument("title", type=click.Choice(list(TITLES.values())), required=False, metavar="[设定事项]")
@click.argument("names", nargs=-1, metavar="[名称]…")
@click.option("--no", "no", is_flag=True, help="否：如不是人员经费、不接听电话、无须回访。")
@click.option("--since", "first_day", default="", metavar="日期", help="从哪天起；不写表示一直如此。")
@click.option("--basis", default="", metavar="依据", help="文号等。")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@click.option("--by", metavar="姓名", help="经办人。")
def declare(
    title: str | None, names: tuple[str, ...], no: bool, first_day: str, basis: str, center: str | None,
    by: str | None,
) -> None:  # fmt: skip
    """统计设定：需要中心说明一次的事项，如哪些费用项目是人员经费；不写事项时列出已设定和还没有设定的。

    例：hotline declare 人员经费 服务外包费 劳务费 --by 张三
    """
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        if title is None:
            for line in _format_states(read_declarations(connection, code)):
                click.echo(line)
            return
        if not by:
            raise click.UsageError("请用 --by 写明经办人。")
        topic = next(topic for topic, topic_title in TITLES.items() if topic_title == title)
        if TOPICS[topic].of is not None and not names:
            raise click.UsageError(f"请写出{TOPICS[topic].of}，可以写几个，用空格分开。")
        vault, now = open_vault(settings), datetime.now(BEIJING)
        for known_as in names or ("",):
            values = {
                "topic": title, "known_as": known_as, "holds": ANSWERS["no" if no else "yes"],
                "first_day": first_day, "basis": basis,
            }  # fmt: skip
            try:
                enter_form(connection, settings.home, code, DECLARATION, values, by=by, now=now, vault=vault)
            except EntryProblem as problem:
                raise click.ClickException(str(problem)) from None
    answer = TOPICS[topic].no if no else TOPICS[topic].yes
    click.echo(f"已登记：{'、'.join(names) or '本中心'}{answer}{f'，自{first_day}起' if first_day else ''}。")


def _format_states(states: Iterator[TopicState]) -> Iterator[str]:
    for state in states:
        topic = TOPICS[state.topic]
        yield f"{topic.title}："
        for one in state.said:
            since = f"，自{one.first_day}起" if one.first_day else ""
            answer = topic.yes if one.holds else topic.no
            yield f"  {one.known_as or '本中心'}：{answer}{since}（事件 {one.seq}）"
        for name, rows in state.unsaid:
            told = f"未设定，{topic.unsaid}" if name else CANNOT_BE_SAID
            yield f"  {name or UNNAMED}（{rows:,}行）：{told}"
        if not state.said and not state.unsaid:
            yield f"  未设定：{topic.unsaid}"
