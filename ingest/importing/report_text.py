"""Reports of imports, in words for the terminal."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.changes.as_of import BASES
from ingest.changes.full_lists import MissingPerson
from ingest.changes.repeated_numbers import DeliveryQuestion
from ingest.importing.report import ImportReport, TableReport, word_lacking_column
from ingest.questions.wording import format_options, list_answers, word_examples, word_missing, word_question
from ingest.recognition.header_labels import parse_label

_ABOUT_PEOPLE = (
    ("已离职", "[工号]... --left 离职日期"),
    ("仍在岗", "[工号]... --in-post"),
    ("那份名单不全", "--not-full"),
)


def format_report(report: ImportReport, path: Path | None = None) -> Iterator[str]:
    """What to tell of one file. `path` is where it was brought from, for commands that bring it again."""
    trial = "（试导入，未写入）" if report.dry_run else ""
    yield f"{report.file_name}{trial}"
    for table in report.tables:
        yield from (f"  {line}" for line in _format_table(table, report.center, dry_run=report.dry_run))
    yield from (f"  说明：{note}" for note in report.notes)
    if report.question is not None:
        yield from (
            f"  {line}" for line in _format_question(report, report.question, path or Path(report.file_name))
        )


def format_missing(people: Sequence[MissingPerson], center: str) -> Iterator[str]:
    """Who is missing from the newest full list, and how to answer; nothing where nobody is."""
    if people:
        yield word_missing(people)
        yield from word_answers_about_people(center)


def word_answers_about_people(center: str) -> Iterator[str]:
    """The commands that say what became of people whom a list lacks."""
    for words, options in _ABOUT_PEOPLE:
        yield f"  {words}：hotline questions people {options} --by 姓名 --center {center}"


def _format_question(report: ImportReport, question: DeliveryQuestion, path: Path) -> Iterator[str]:
    yield f"要先问一句：{word_question(question)}"
    yield from (f"  {line}" for line in word_examples(question))
    for words, answer in list_answers(question):
        options = format_options(answer)
        command = f"hotline ingest {shlex.quote(str(path))} --center {report.center} {options}"
        if report.held is not None:
            command = f"hotline questions answer {report.held} --center {report.center} {options}"
        yield f"{words}：{command}"
    if report.held is not None:
        yield f"回答之前，这份文件整份保留，没有写入任何内容（待答问题 {report.held}）。"


def _format_table(table: TableReport, center: str, *, dry_run: bool) -> Iterator[str]:
    sheet = f"工作表“{table.sheet}”：" if table.sheet else ""
    yield f"{sheet}识别为{table.kind}（方案 {table.profile}），数据截至 {_format_as_of(table)}"
    yield f"使用的列：{'、'.join(_format_columns(table))}"
    if table.unused:
        yield f"未使用的列（不保存）：{'、'.join(table.unused)}"
    yield _format_rows(table)
    if table.delivery is None:
        yield "这份文件以前导入过，内容都已在册：没有新增任何记录。"
    else:
        yield _format_statements(table) + ("" if dry_run else f"；导入编号 {table.delivery}")
    yield from (f"报送单合计 {'✓' if one.fits else '✕'} {one.sentence}" for one in table.stated)
    yield from (f"注意：{notice}（{number} 处）" for notice, number in table.notices.items())
    yield from format_missing(table.missing, center)
    yield from (word_lacking_column(*one) for one in table.lacking)
    yield from (f"未导入：{problem.sentence}" for problem in table.problems)
    if table.quarantined and not dry_run and table.delivery:
        yield f"全部问题数据：hotline quarantine --delivery {table.delivery} --center {center}"
    yield from (f"没有读懂，这一项记为不明：{problem.sentence}" for problem in table.doubts)
    if table.glance:
        yield "请看一眼："
        yield from (f"  {line}" for line in table.glance)


def _format_columns(table: TableReport) -> Iterator[str]:
    """Titles as printed, with the field's where it is another; many columns of one field as their number."""
    titles: dict[str, list[str]] = {}
    for field, title in table.used:
        titles.setdefault(field, []).append(title)
    for field, found in titles.items():
        if len(found) > 1:
            yield f"{field} {len(found)} 列"
        else:
            yield (
                found[0]
                if parse_label(found[0]).base == parse_label(field).base
                else f"{found[0]}（作{field}）"
            )


def _format_as_of(table: TableReport) -> str:
    return f"{table.as_of.at:%Y-%m-%d %H:%M}（依据：{BASES[table.as_of.basis]}）"


def _format_rows(table: TableReport) -> str:
    skipped = "，".join(f"{sort} {number}" for sort, number in table.skipped.items())
    unread = f"；已导入的行里 {table.doubtful:,} 行有没读懂的内容" if table.doubtful else ""
    passed = f"；另跳过{skipped}" if skipped else ""
    return f"数据行 {table.rows:,}，其中未导入 {table.quarantined:,}{unread}{passed}"


def _format_statements(table: TableReport) -> str:
    return (
        f"事件：新增 {table.new:,}，变更 {table.changed:,}，相同 {table.same:,}，过期未采用 {table.stale:,}"
    )
