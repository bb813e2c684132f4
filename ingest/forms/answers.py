"""满意度问卷 by hand: one paper questionnaire, read as the row of a file whose header is its questions."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.forms.entering import CLOCKS_DIFFER, Entry, EntryProblem, FormTable, delivered_form
from ingest.forms.form import known_of
from ingest.identity.numbers import Identity
from ingest.importing.import_table import TableDelivery, lock
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.importing.row_errors import problems_of
from ingest.kinds import Reading
from ingest.kinds.surveys import SURVEY_ANSWERS
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from tracker.events import Event
from tracker.facts.fact import Told
from tracker.vault import Vault
from tracker.workdays import Calendar

TITLE = "满意度问卷"
NUMBER, DAY = "answer_id", "answered_on"
_TITLES = {key: SURVEY_ANSWERS.by_key[key].title for key in (NUMBER, DAY)}


@dataclass(frozen=True)
class Paper:
    """A questionnaire that came back, as it was filled in."""

    number: str
    answered_on: str
    answers: Mapping[str, str]  # question as printed → answer as printed; empty: not answered

    @property
    def subject(self) -> str:
        return f"survey_answer/{self.number}"

    @property
    def table(self) -> FormTable:
        """The paper as a table that a file could hold."""
        titles = (*_TITLES.values(), *self.answers)
        return FormTable(titles, (self.number, self.answered_on, *self.answers.values()))


def enter_answers(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    paper: Paper,
    *,
    by: str,
    now: datetime,
    vault: Vault,
    correcting: bool = False,
) -> Entry:
    """Writes a paper's event in the caller's transaction; a number that is known is refused.

    Raises: EntryProblem, whose sentences go by NUMBER, DAY or a question; ProfileProblem, OSError."""
    lock(connection, center)
    recognition = recognition_of(home, center, paper)
    known = _known(connection, center, paper, recognition.profile.identity)
    if known is not None and not correcting:
        raise EntryProblem({NUMBER: _taken(paper.number, known)})
    try:
        event = _checked(recognition, paper, home, vault, now)
        delivered = delivered_form(
            home, center, paper.table, title=TITLE, by=by, now=now, vault=vault, covers_days=False
        )
        taking = TableDelivery(connection, delivered, paper.table, recognition, alone=True)
        return Entry((event,), taking.take_in())
    finally:
        vault.forget()


def _known(connection: psycopg.Connection[Any], center: str, paper: Paper, identity: Identity) -> Told | None:
    """What is known of the paper's number in the stretch of time in which it is given once."""
    day = next(iter(_days_in(paper.answered_on)), None)
    scope = identity.scope(day, "") if day else ""
    for subject in dict.fromkeys((paper.subject, identity.subject(paper.subject, day, ""))):
        known = known_of(connection, center, subject).get("")
        if known is not None and str(known.data.get(DAY)).startswith(scope):
            return known
    return None


def _days_in(text: str) -> Iterator[date]:
    """The day that a form tells, as its field writes it."""
    with suppress(ValueError):
        yield date.fromisoformat(text.strip()[:10])


def recognition_of(home: Path, center: str, paper: Paper) -> Recognition:
    """The paper's table as a file of the same header is read. Raises: EntryProblem, ProfileProblem."""
    profiles = candidates(load_profiles(home / "profiles", center))
    try:
        return recognise(
            paper.table.head(), [one for one in profiles if one.kind.name == SURVEY_ANSWERS.name]
        )
    except TableUnknown as problem:
        raise EntryProblem({"": f"这份问卷的题目系统不能采用：{problem}"}) from problem


def _checked(recognition: Recognition, paper: Paper, home: Path, vault: Vault, now: datetime) -> Event:
    """Raises: EntryProblem with a sentence for each thing that is wrong."""
    told = {} if paper.number else {NUMBER: "请填写问卷编号：纸面上没有的，先给每份编号再录。"}
    told |= {} if paper.answered_on else {DAY: "请填写填写日期。"}
    if not any(paper.answers.values()):
        told[next(iter(paper.answers))] = "一题都没有答。空白的问卷不用录。"
    if told:
        raise EntryProblem(told)
    reading = Reading(
        token=vault.token, rules=recognition.profile.rules, calendar=Calendar.load(home / "calendars")
    )
    reader, cells = RowReader(recognition, reading), paper.table.cells
    try:
        [event] = reader.events(cells)
    except RowUnfit as unfit:
        keys = {title: key for key, title in _TITLES.items()}
        wrong = {one.column: f"{one.rule}；{one.remedy}。" for one in problems_of(reader, 2, cells)}
        raise EntryProblem({keys.get(title, title): one for title, one in wrong.items()}) from unfit
    if event.occurred_at is not None and event.occurred_at > now + CLOCKS_DIFFER:
        raise EntryProblem({DAY: "填写日期在将来，请核对年份和日期。"})
    return event


def _taken(number: str, known: Told) -> str:
    day = known.data.get(DAY)
    return (
        f"编号“{number}”的问卷已经录过（填写日期 {day}），没有再录。请核对编号；"
        "确要改那一份，请在录入那天的填报页点“更正”；如属另一次调查，请在编号前加上年份或批次。"
    )
