"""What the search finds: figures by code, things by number, indicators and pages by their words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for

from kpi.figures.codes import CodeProblem, read_code
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.tracing import find_code
from tracker.database import execute
from tracker.log.tables import events
from web.access import Right, get_person, may
from web.access.years import is_seen
from web.instance import get_connection, get_log_connection
from web.labels import label_subject
from web.search_words import INDICATOR_WORDS, PAGE_WORDS

LONGEST = 60  # characters typed
NUMBERED = ("work_order", "person", "call", "payment", "training", "appeal", "call_appeal")
"""Kinds of things that people name by a number."""
_PASSED_OVER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class SearchResult:
    """A place that was found; `note` tells those of one title apart."""

    title: str
    address: str
    note: str = ""


def find_figures(typed: str) -> list[Figure]:
    """The figures of a code that the person may see; none where what was typed is no code."""
    try:
        found = find_code(get_connection(), typed)
    except CodeProblem:
        return []
    seen = (one.figure for one in found)
    return [one for one in seen if may(Right.SEE_FIGURES, one.center, one.period.first_day.year)]


def is_code(typed: str) -> bool:
    """Whether it is written as codes are, whether or not a figure has it."""
    try:
        read_code(typed)
    except CodeProblem:
        return False
    return True


def make_figure_address(figure: Figure) -> str:
    """The page of exactly this number."""
    return url_for(
        "codes.figure", center=figure.center, period=figure.period, key=figure.indicator, code=figure.code
    )


def list_figures(figures: Iterable[Figure]) -> list[SearchResult]:
    return [
        SearchResult(
            f"{one.period.label}{INDICATORS[one.indicator].title}", make_figure_address(one), one.center
        )
        for one in figures
    ]


def find_things(typed: str, centers: Sequence[str]) -> list[SearchResult]:
    """Orders, people and other things of exactly this number, in the centres and years whose rows the person
    may see. Names and telephone numbers are not looked for."""
    allowed = [center for center in centers if may(Right.SEE_ROWS, center)]
    number = unicodedata.normalize("NFKC", typed)
    subjects = {f"{kind}/{one}" for kind in NUMBERED for one in (number, number.upper())}
    one = events.c
    recorded = sa.select(one.center_id, one.subject).distinct()
    recorded = recorded.where(one.center_id.in_(allowed), one.subject.in_(subjects))
    connection = get_log_connection()
    return [
        SearchResult(label_subject(subject), url_for("things.thing", center=center, subject=subject), center)
        for center, subject in sorted(execute(connection, recorded))
        if is_seen(connection, center, subject, get_person().years(Right.SEE_ROWS, center))
    ]


def find_indicators(typed: str) -> list[Indicator]:
    """Those whose title, key or other words hold every word that was typed; those whose title does first."""
    words = split_words(typed)
    found = [one for one in INDICATORS.values() if words and _holds(words, _list_names(one))]
    return sorted(found, key=lambda one: not _holds(words, [one.title]))


def find_pages(typed: str, pages: Iterable[SearchResult]) -> list[SearchResult]:
    """The pages whose title or other words hold every word that was typed."""
    words = split_words(typed)
    return [
        page
        for page in pages
        if words and _holds(words, [page.title, page.note, *PAGE_WORDS.get(page.title, ())])
    ]


def split_words(typed: str) -> list[str]:
    """What was typed, word by word, in one width and case and without signs."""
    words = (_PASSED_OVER.sub("", _fold(word)) for word in typed.split())
    return [word for word in words if word]


def _list_names(indicator: Indicator) -> list[str]:
    return [indicator.title, indicator.key, *INDICATOR_WORDS.get(indicator.key, ())]


def _holds(words: Iterable[str], names: Iterable[str]) -> bool:
    folded = [_PASSED_OVER.sub("", _fold(name)) for name in names]
    return all(any(word in name for name in folded) for word in words)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
