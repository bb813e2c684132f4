"""满意度问卷 by hand: one paper questionnaire, read as the row of a file whose header is its questions."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.forms.entering import CLOCKS_DIFFER, EntryProblem, FormEntry, FormTable, deliver_form
from ingest.forms.form import read_known
from ingest.identity.numbers import Identity
from ingest.importing.import_table import TableImport, lock_head
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.importing.row_errors import list_problems
from ingest.kinds import Reading
from ingest.kinds.surveys import SURVEY_ANSWERS
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from tracker.events import Event
from tracker.facts.fact import SlotState
from tracker.vault import CenterVault, Vault
from tracker.workdays import Calendar

TITLE = "满意度问卷"
NUMBER, DAY = "answer_id", "answered_on"
_TITLES = {key: SURVEY_ANSWERS.by_key[key].title for key in (NUMBER, DAY)}


@dataclass(frozen=True)
class PaperQuestionnaire:
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
    paper: PaperQuestionnaire,
    *,
    by: str,
    now: datetime,
    vault: Vault,
    correcting: bool = False,
) -> FormEntry:
    """Writes a paper's event in the caller's transaction; a number that is known is refused.

    Raises: EntryProblem, whose sentences go by NUMBER, DAY or a question; ProfileProblem, OSError."""
    lock_head(connection, center)
    recognition = recognise_paper(home, center, paper)
    previous = _find_known(connection, center, paper, recognition.profile.identity)
    if previous is not None and not correcting:
        raise EntryProblem({NUMBER: _word_taken_number(paper.number, previous)})
    own = vault.of(connection, center)
    try:
        event = _check_paper(recognition, paper, home, own, now)
        delivered = deliver_form(
            connection, home, center, paper.table, title=TITLE, by=by, now=now, vault=own, covers_days=False
        )
        taking = TableImport(connection, delivered, paper.table, recognition, alone=True)
        return FormEntry((event,), taking.take_in())
    finally:
        own.forget()


def _find_known(
    connection: psycopg.Connection[Any], center: str, paper: PaperQuestionnaire, identity: Identity
) -> SlotState | None:
    """What is known of the paper's number in the stretch of time in which it is given once."""
    day = next(iter(_parse_days(paper.answered_on)), None)
    scope = identity.scope(day, "") if day else ""
    for subject in dict.fromkeys((paper.subject, identity.subject(paper.subject, day, ""))):
        state = read_known(connection, center, subject).get("")
        if state is not None and str(state.data.get(DAY)).startswith(scope):
            return state
    return None


def _parse_days(text: str) -> Iterator[date]:
    """The day that a form tells, as its field writes it."""
    with suppress(ValueError):
        yield date.fromisoformat(text.strip()[:10])


def recognise_paper(home: Path, center: str, paper: PaperQuestionnaire) -> Recognition:
    """The paper's table as a file of the same header is read. Raises: EntryProblem, ProfileProblem."""
    profiles = candidates(load_profiles(home / "profiles", center))
    try:
        return recognise(
            paper.table.head(), [one for one in profiles if one.kind.name == SURVEY_ANSWERS.name]
        )
    except TableUnknown as problem:
        raise EntryProblem({"": f"这份问卷的题目系统不能采用：{problem}"}) from problem


def _check_paper(
    recognition: Recognition, paper: PaperQuestionnaire, home: Path, vault: CenterVault, now: datetime
) -> Event:
    """Raises: EntryProblem with a sentence for each thing that is wrong."""
    errors = {} if paper.number else {NUMBER: "请填写问卷编号：纸面上没有的，先给每份编号再录。"}
    errors |= {} if paper.answered_on else {DAY: "请填写填写日期。"}
    if not any(paper.answers.values()):
        errors[next(iter(paper.answers))] = "一题都没有答。空白的问卷不用录。"
    if errors:
        raise EntryProblem(errors)
    reading = Reading(
        token=vault.token, rules=recognition.profile.rules, calendar=Calendar.load(home / "calendars")
    )
    reader, cells = RowReader(recognition, reading), paper.table.cells
    try:
        [event] = reader.events(cells)
    except RowUnfit as unfit:
        keys = {title: key for key, title in _TITLES.items()}
        wrong = {one.column: f"{one.rule}；{one.remedy}。" for one in list_problems(reader, 2, cells)}
        raise EntryProblem({keys.get(title, title): one for title, one in wrong.items()}) from unfit
    if event.occurred_at is not None and event.occurred_at > now + CLOCKS_DIFFER:
        raise EntryProblem({DAY: "填写日期在将来，请核对年份和日期。"})
    return event


def _word_taken_number(number: str, state: SlotState) -> str:
    day = state.data.get(DAY)
    return (
        f"编号“{number}”的问卷已经录过（填写日期 {day}），没有再录。请核对编号；"
        "确要改那一份，请在录入那天的填报页点“更正”；如属另一次调查，请在编号前加上年份或批次。"
    )
