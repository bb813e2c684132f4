"""Answers to a questionnaire, from a CSV or XLSX file with one row a questionnaire."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from kpi.evaluation.claims.tables import TextTable, read_tables
from kpi.evaluation.surveys.questionnaire import Question, Questionnaire

_BETWEEN = re.compile(r"[;；、,，|]")
_MARKS = re.compile(r"[\s“”\"'？?，,。：:]")


class AnswersProblem(ValueError):
    """答卷读不出来：说明里有文件、行号和改法。"""


class NoSuchOption(ValueError):
    """题目没有这个选项。"""


def read_answers(path: Path, questionnaire: Questionnaire) -> pd.DataFrame:
    """One row a questionnaire, one column a question's key; None where it was not answered.

    A cell holds an option, or a tuple of options where several may be chosen. Columns are found by the
    question's text or key. Raises: AnswersProblem.
    """
    for table in read_tables(path):
        for place, header in enumerate(table.rows):
            columns = match_columns(header, questionnaire)
            if columns:
                return _build_frame(path, table, place, columns, questionnaire)
    wanted = "、".join(question.text for question in questionnaire.questions[:3])
    raise AnswersProblem(f"{path.name} 里没有找到题目；表头应写各题的题干，如 {wanted}。")


def match_columns(header: Sequence[str], questionnaire: Questionnaire) -> dict[str, int]:
    """Question's key → column; empty where the row is no header."""
    titles = {_strip_marks(cell): place for place, cell in enumerate(header) if cell}
    found = {
        question.key: titles[name]
        for question in questionnaire.questions
        for name in (_strip_marks(question.text), question.key.lower())
        if name in titles
    }
    return found if len(found) == len(questionnaire.questions) else {}


def _build_frame(
    path: Path, table: TextTable, header: int, columns: dict[str, int], questionnaire: Questionnaire
) -> pd.DataFrame:
    rows = []
    for number, row in enumerate(table.rows[header + 1 :], start=header + 2):
        if not any(row):
            continue
        cells = {key: row[place] if place < len(row) else "" for key, place in columns.items()}
        rows.append(
            {one.key: _read_answer(path, number, one, cells[one.key]) for one in questionnaire.questions}
        )
    if not rows:
        raise AnswersProblem(f"{path.name} 里没有一份答卷。")
    return pd.DataFrame(rows, dtype=object)


def _read_answer(path: Path, number: int, question: Question, cell: str) -> str | tuple[str, ...] | None:
    if not cell:
        return None
    try:
        return find_chosen_options(question, cell)
    except NoSuchOption:
        options = "、".join(question.options)
        raise AnswersProblem(
            f"{path.name} 第{number}行“{question.text}”：没有选项“{cell}”；可以是 {options}，或字母 A、B……"
        ) from None


def find_chosen_options(question: Question, cell: str) -> str | tuple[str, ...]:
    """The option that an answer means, or all of them where several may be chosen. Raises: NoSuchOption."""
    parts = [one.strip() for one in _BETWEEN.split(cell)] if question.multiple else [cell]
    options = tuple(option for one in parts if one and (option := question.option(one)))
    if not options or len(options) < sum(1 for one in parts if one):
        raise NoSuchOption(cell)
    return options if question.multiple else options[0]


def _strip_marks(text: str) -> str:
    return _MARKS.sub("", text).lower()
