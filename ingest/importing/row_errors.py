"""Why a row gave no events: it is no data row at all, or something in it is wrong."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ingest.cells import mask_value, to_halfwidth, to_plain
from ingest.importing.row_compiler import CellDoubt, RowReader, RowUnfit
from ingest.kinds import RowProblem
from ingest.recognition.header_labels import parse_label
from ingest.recognition.total_rows import is_like_a_total, is_total
from tracker.tabular import Cell, FileRefused, UnreadableRow

BLANK, REPEATED_HEADER, TOTAL, NOTE = "空行", "重复表头", "合计行", "说明行"

_NOTE = re.compile(
    r"(注|备注|说明|附注|制表|填表|填报|审核|复核|审批|负责|经办|单位|报送|数据来源|统计|打印|导出|联系|报表|报告)"
    r".{0,12}[::]|(总记录数|记录总数|总条数|总行数)[::]?\d+|.*(报表|明细|明细表|统计表|一览表|清单|台账)$|第?\d+页|共\d+[页行条]|注\d"
)
_FILLED_IN_A_NOTE = 4
_SAYS_OF_ROWS = re.compile(r"(?:以下|下列|如下)(?!空白|无正文)")


_LONGEST = 400  # signs of a value that are looked through for what is masked in it
MOST_TALLIED = 50  # kinds of problem kept of one table, so that memory stays flat


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one row, in words for the person who can mend it."""

    row: int
    column: str  # title as printed; "" where the whole row is meant
    value: str  # personal values masked
    rule: str
    remedy: str
    costs_row: bool = True  # False: the row was taken in, and this field of it is unknown
    day: date | None = None  # that a row held back counts on, where that cell can be read
    moment: datetime | None = None  # the same, where it tells one
    thing: str | None = None  # subject of what a row held back tells of, where its number can be read

    @property
    def sentence(self) -> str:
        where = f"“{self.column}”列的值“{self.value}”" if self.column else ""
        return f"{self.rows_named}{where}{self.rule}；{self.remedy}。"

    @property
    def rows_named(self) -> str:
        return f"第 {self.row} 行"


@dataclass(frozen=True)
class CommonProblem(Problem):
    """What is wrong with several rows, the first of which it names."""

    rows: int = 1

    @property
    def rows_named(self) -> str:
        return super().rows_named + (f"等 {self.rows:,} 行" if self.rows > 1 else "")


class ProblemTally:
    """Problems as people are told of them: those of one column, value and rule once, with their number."""

    def __init__(self) -> None:
        self._find_titles: dict[tuple[str, str, str], tuple[Problem, int]] = {}

    def add(self, problem: Problem) -> None:
        """Counts a problem; beyond MOST_TALLIED different ones, only those that were met before."""
        key = problem.column, problem.value, problem.rule
        if key in self._find_titles:
            first, rows = self._find_titles[key]
            self._find_titles[key] = first, rows + 1
        elif len(self._find_titles) < MOST_TALLIED:
            self._find_titles[key] = problem, 1

    def first(self, most: int) -> tuple[Problem, ...]:
        """The first of them in the order of the file."""
        return tuple(
            CommonProblem(**vars(one), rows=rows) for one, rows in list(self._find_titles.values())[:most]
        )


def classify_no_data(reader: RowReader, cells: Sequence[Cell]) -> str | None:
    """Which sort of row that is not data this is; None: it should have been a data row."""
    if isinstance(cells, UnreadableRow):
        return None
    words = [to_plain(cell) for cell in cells]
    filled = [word for word in words if word]
    if not filled:
        return BLANK
    if (is_like_a_total(filled[0]) or any(map(is_total, filled))) and not reader.has_thing(cells):
        return TOTAL
    if _is_repeated_header(reader, words, len(filled)):
        return REPEATED_HEADER
    is_note = len(set(filled)) <= _FILLED_IN_A_NOTE and _NOTE.match(_fold(filled[0]))
    if is_note and not reader.has_number(cells, after=words.index(filled[0])):
        return NOTE
    return None


def check_repeated_header(reader: RowReader, number: int, cells: Sequence[Cell]) -> None:
    """Raises: FileRefused for a header among the rows that is not the one they were read by."""
    header = reader.recognition.header
    for place, word in enumerate(_fold(to_plain(cell)) for cell in cells):
        title = _fold(header.titles[place]) if place < len(header.titles) else ""
        fuller = _fold(header.fuller[place]) if place < len(header.fuller) else ""
        if word and word != title and word not in fuller:
            raise FileRefused(
                f"第 {number} 行又是表头，“{word}”这一列在上面的表头里是“{title or '空的'}”：往下是另一张表。"
                "请从这一行起拆成两张表（两个文件或两个工作表），再导入。"
            )


def check_note(number: int, cells: Sequence[Cell]) -> None:
    """Raises: FileRefused for a line among the rows that says what those below it are."""
    for word in map(to_plain, cells):
        if _SAYS_OF_ROWS.search(word):
            raise FileRefused(
                f"第 {number} 行写着“{word[:60]}”：它说的是别的行怎么看，程序不能照办。请把这些行单独成表，"
                "或把它说的写进各行的列里（如离职日期、实际支付日），再删去这一行。"
            )


def list_doubts(reader: RowReader, number: int, doubts: Iterable[CellDoubt]) -> list[Problem]:
    """What was not understood in a row that was taken in all the same."""
    return [
        Problem(number, *_describe_place(reader, key, cell), wrong.rule, wrong.remedy, costs_row=False)
        for key, cell, wrong in doubts
    ]


def hold_back(reader: RowReader, cells: Sequence[Cell], problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a row that is not taken in, with its time and its thing as far as they can be read."""
    day, moment, thing = reader.find_time_and_thing(cells)
    return [replace(problem, day=day, moment=moment, thing=thing) for problem in problems]


def list_problems(reader: RowReader, number: int, cells: Sequence[Cell]) -> list[Problem]:
    """Everything wrong with the cells of a row; at least one problem."""
    if isinstance(cells, UnreadableRow):
        return [Problem(number, "", "", cells.rule, cells.remedy)]
    try:
        found = reader.problems(cells)
    except RowUnfit:
        width = reader.recognition.header.width
        rule = f"有 {len(cells)} 列，表头只有 {width} 列：多半有一格含未加引号的分隔符"
        return [Problem(number, "", "", rule, "请给含逗号的单元格加上引号，或重新导出")]
    return [
        Problem(number, *_describe_place(reader, key, value), problem.rule, problem.remedy)
        for key, value, problem in found
    ] or [Problem(number, "", "", "不是数据行", "请核对这一行")]


def make_row_problem(reader: RowReader, number: int, cells: Sequence[Cell], wrong: RowProblem) -> Problem:
    """A contradiction between the cells of a row."""
    columns = reader.recognition.columns.get(wrong.key, ())
    value = cells[columns[0].index] if columns and columns[0].index < len(cells) else ""
    return Problem(number, *_describe_place(reader, wrong.key, value), wrong.rule, wrong.remedy)


def _describe_place(reader: RowReader, key: str, value: Cell) -> tuple[str, str]:
    """The column's title as printed, and the value as it may be shown."""
    columns = reader.recognition.columns.get(key, ())
    field = reader.kind.by_key[key]
    label = columns[0].label if columns else field.title
    return label, mask_value(to_plain(value)[:_LONGEST], personal=field.personal)[:60]


def _is_repeated_header(reader: RowReader, words: list[str], filled: int) -> bool:
    """Whether most cells are titles of the header, each in its own column or in another's."""
    titles = {parse_label(title) for title in reader.recognition.header.titles if title}
    found = sum(1 for word in words if word and parse_label(word) in titles)
    return found >= 2 and found * 2 > filled


def _fold(word: str) -> str:
    return to_halfwidth(word).replace(" ", "").replace("\n", "")
