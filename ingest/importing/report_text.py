"""Reports of imports, in words for the terminal."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.changes.as_of import BASES
from ingest.changes.full_lists import Missing
from ingest.changes.repeated_numbers import Question
from ingest.importing.report import Report, TableReport, lacking_sentence
from ingest.questions.wording import answers_of, examples_of, missing_sentence, options_of, sentence_of
from ingest.recognition.header_labels import label_of

_ABOUT_PEOPLE = (
    ("已离职", "[工号]... --left 离职日期"),
    ("仍在岗", "[工号]... --in-post"),
    ("那份名单不全", "--not-full"),
)


def lines_of(report: Report, path: Path | None = None) -> Iterator[str]:
    """What to tell of one file. `path` is where it was brought from, for commands that bring it again."""
    trial = "（试导入，未写入）" if report.dry_run else ""
    yield f"{report.file_name}{trial}"
    for table in report.tables:
        yield from (f"  {line}" for line in _of_table(table, report.center, dry_run=report.dry_run))
    yield from (f"  说明：{note}" for note in report.notes)
    if report.question is not None:
        yield from (
            f"  {line}" for line in _of_question(report, report.question, path or Path(report.file_name))
        )


def missing_lines(people: Sequence[Missing], center: str) -> Iterator[str]:
    """Who is missing from the newest full list, and how to answer; nothing where nobody is."""
    if people:
        yield missing_sentence(people)
        yield from word_answers_about_people(center)


def word_answers_about_people(center: str) -> Iterator[str]:
    """The commands that say what became of people whom a list lacks."""
    for words, options in _ABOUT_PEOPLE:
        yield f"  {words}：hotline questions people {options} --by 姓名 --center {center}"


def _of_question(report: Report, question: Question, path: Path) -> Iterator[str]:
    yield f"要先问一句：{sentence_of(question)}"
    yield from (f"  {line}" for line in examples_of(question))
    for words, answer in answers_of(question):
        options = options_of(answer)
        command = f"hotline ingest {shlex.quote(str(path))} --center {report.center} {options}"
        if report.held is not None:
            command = f"hotline questions answer {report.held} --center {report.center} {options}"
        yield f"{words}：{command}"
    if report.held is not None:
        yield f"回答之前，这份文件整份保留，没有写入任何内容（待答问题 {report.held}）。"


def _of_table(table: TableReport, center: str, *, dry_run: bool) -> Iterator[str]:
    sheet = f"工作表“{table.sheet}”：" if table.sheet else ""
    yield f"{sheet}识别为{table.kind}（方案 {table.profile}），数据截至 {_as_of(table)}"
    yield f"使用的列：{'、'.join(_columns(table))}"
    if table.unused:
        yield f"未使用的列（不保存）：{'、'.join(table.unused)}"
    yield _rows(table)
    if table.delivery is None:
        yield "这份文件以前导入过，内容都已在册：没有新增任何记录。"
    else:
        yield _statements(table) + ("" if dry_run else f"；交付编号 {table.delivery}")
    yield from (f"附函合计 {'✓' if one.fits else '✕'} {one.sentence}" for one in table.stated)
    yield from (f"注意：{notice}（{number} 处）" for notice, number in table.notices.items())
    yield from missing_lines(table.missing, center)
    yield from (lacking_sentence(*one) for one in table.lacking)
    yield from (f"隔离：{problem.sentence}" for problem in table.problems)
    if table.quarantined and not dry_run and table.delivery:
        yield f"全部隔离行：hotline quarantine --delivery {table.delivery} --center {center}"
    yield from (f"没有读懂，这一项记为不明：{problem.sentence}" for problem in table.doubts)
    if table.glance:
        yield "请看一眼："
        yield from (f"  {line}" for line in table.glance)


def _columns(table: TableReport) -> Iterator[str]:
    """Titles as printed, with the field's where it is another; many columns of one field as their number."""
    titles: dict[str, list[str]] = {}
    for field, title in table.used:
        titles.setdefault(field, []).append(title)
    for field, found in titles.items():
        if len(found) > 1:
            yield f"{field} {len(found)} 列"
        else:
            yield found[0] if label_of(found[0]).base == label_of(field).base else f"{found[0]}（作{field}）"


def _as_of(table: TableReport) -> str:
    return f"{table.as_of.at:%Y-%m-%d %H:%M}（依据：{BASES[table.as_of.basis]}）"


def _rows(table: TableReport) -> str:
    skipped = "，".join(f"{sort} {number}" for sort, number in table.skipped.items())
    unread = f"；已导入的行里 {table.doubtful:,} 行有没读懂的内容" if table.doubtful else ""
    passed = f"；另跳过{skipped}" if skipped else ""
    return f"数据行 {table.rows:,}，其中隔离 {table.quarantined:,}{unread}{passed}"


def _statements(table: TableReport) -> str:
    return (
        f"事件：新增 {table.new:,}，变更 {table.changed:,}，相同 {table.same:,}，过期未采用 {table.stale:,}"
    )
