"""Measures of files: the things that must have documents, and those of which none is missing.

A thing is counted in the period of its own day; a person whenever in post, as in 学历核验率.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.util import ClauseAdapter

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, months
from kpi.figures.measures.required import (
    FILES,
    MONTH,
    PAYMENT,
    PERSON,
    RECRUITMENT,
    TRAINING,
    Dossier,
    RequiredDocument,
)
from kpi.figures.measures.staffing import JOINED, ON_FIRST_DAY, STAFF_MONTHS
from tracker.events.documents import KINDS
from tracker.facts.documents import documents
from tracker.facts.payments import payments
from tracker.facts.staffing import trainings


def _select_filed(file: Dossier) -> sa.Subquery:
    """How many documents of each required kind each thing has; withdrawn ones do not count."""
    counts = (
        sa.func.count().filter(documents.c.kind == one.document).label(one.document) for one in file.required
    )
    return (
        sa.select(documents.c.center_id, documents.c.about, *counts)
        .where(documents.c.withdrawn.is_(False))
        .group_by(documents.c.center_id, documents.c.about)
        .subquery(f"{file.key}_documents")
    )


def _select_begun_centers(file: Dossier) -> sa.Subquery:
    """The centres that have uploaded any of a file's documents."""
    kinds = [one.document for one in file.required]
    return (
        sa.select(documents.c.center_id)
        .where(documents.c.withdrawn.is_(False), documents.c.kind.in_(kinds))
        .distinct()
        .subquery(f"{file.key}_begun")
    )


_FILED = {file.key: _select_filed(file) for file in FILES}
_BEGUN = {file.key: _select_begun_centers(file) for file in FILES}


def is_needed(one: RequiredDocument) -> sa.ColumnElement[bool]:
    """Whether the thing needs the document."""
    return sa.true() if one.when is None else one.when


def is_on_file(file: Dossier, one: RequiredDocument) -> sa.ColumnElement[bool]:
    """Whether the thing has the document."""
    return sa.func.coalesce(_FILED[file.key].c[one.document], 0) > 0


def has_begun(file: Dossier) -> sa.ColumnElement[bool]:
    """Whether any document of such files was ever uploaded; before the first nobody keeps them here."""
    return _BEGUN[file.key].c.center_id.is_not(None)


def relate_to_population(population: Population, expression: Any) -> Any:
    """What a register says of its things, said of the rows of a population of them."""
    return ClauseAdapter(population.of).traverse(expression)


def _is_lacking(file: Dossier, one: RequiredDocument) -> sa.ColumnElement[bool]:
    return sa.and_(is_needed(one), sa.not_(is_on_file(file, one)))


def _is_complete(file: Dossier) -> sa.ColumnElement[bool]:
    return sa.and_(*(sa.not_(_is_lacking(file, one)) for one in file.required))


def _count_true(conditions: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[int]:
    total: Any = sa.literal(0)
    for condition in conditions:
        total += sa.case((condition, 1), else_=0)
    return total  # type: ignore[no-any-return]


def _join_missing_titles(file: Dossier) -> sa.ColumnElement[str]:
    """The Chinese names of what is missing, 、 between them."""
    titles: Any = sa.literal("")
    for one in file.required:
        titles += sa.case((_is_lacking(file, one), f"、{KINDS[one.document]}"), else_="")
    return sa.func.substr(titles, 2)


def _build_population(
    file: Dossier,
    key: str,
    day: sa.ColumnElement[Any],
    *,
    of: sa.FromClause | None = None,
    rows: sa.FromClause | None = None,
    by_month: bool = False,
    suspects: sa.Select[Any] | None = None,
) -> Population:
    """Files of the things that `of` holds (by itself all of the register's), placed on a day.

    `rows`: what `of` is joined with to be placed.
    """
    of = file.things if of is None else of
    of_rows, filed, begun = ClauseAdapter(of), _FILED[file.key], _BEGUN[file.key]
    about = of_rows.traverse(file.about)
    lacked = [of_rows.traverse(_is_lacking(file, one)) for one in file.required]
    return Population(
        key=f"files_{key}",
        title=f"一份{file.title}档案",
        rows=(of if rows is None else rows)
        .outerjoin(filed, sa.and_(filed.c.center_id == of.c.center_id, filed.c.about == about))
        .outerjoin(begun, begun.c.center_id == of.c.center_id),
        of=of,
        day=day,
        columns=(
            ("档案", sa.literal(file.title)),
            ("摘要", of_rows.traverse(file.label)),
            ("应有（份）", _count_true([of_rows.traverse(is_needed(one)) for one in file.required])),
            ("缺少（份）", _count_true(lacked)),
            ("缺少", of_rows.traverse(_join_missing_titles(file))),
        ),
        source=file.source,
        facts=file.facts,
        by_month=by_month,
        suspects=suspects,
    )


_first_day = MONTH.things.c.first_day
_in_month = sa.and_(_first_day >= months.c.first_day, _first_day < months.c.end_day)
PERSONS_JOINED = _build_population(
    PERSON, "person_joined", JOINED.day, of=JOINED.of, suspects=JOINED.suspects
)
PERSONS_IN_POST = _build_population(
    PERSON, "person_months", STAFF_MONTHS.day, of=STAFF_MONTHS.of, by_month=True,
    suspects=STAFF_MONTHS.suspects,
)  # fmt: skip
RECRUITMENTS = _build_population(RECRUITMENT, "recruitment", RECRUITMENT.things.c.joined_on)
PAYMENTS = _build_population(PAYMENT, "payment", payments.c.due_on)
TRAININGS = _build_population(TRAINING, "training", trainings.c.held_on)
MONTHS = _build_population(
    MONTH, "month", months.c.last_day, rows=MONTH.things.join(months, _in_month), by_month=True
)

POPULATIONS = (PERSONS_JOINED, PERSONS_IN_POST, RECRUITMENTS, PAYMENTS, TRAININGS, MONTHS)

LISTED = {  # population → the register of its things, and which of its rows are things that need documents
    PERSONS_JOINED: (PERSON, sa.true()),
    PERSONS_IN_POST: (PERSON, ON_FIRST_DAY),  # of the period's first month
    RECRUITMENTS: (RECRUITMENT, sa.true()),
    PAYMENTS: (PAYMENT, sa.true()),
    TRAININGS: (TRAINING, sa.true()),
    MONTHS: (MONTH, sa.true()),
}


def _build_measures(among: Population, key: str, whose: str) -> Iterator[Measure]:
    """The files of a population, and the complete ones among them."""
    file, only = LISTED[among]
    filed = sa.and_(only, has_begun(file))
    needed = "、".join(KINDS[one.document] for one in file.required)
    yield Measure(
        key=f"files_{key}", title=f"应归档的{whose}（已开始上传{file.title}材料的）", unit="份", among=among,
        where=filed,
        about=f"{whose}，每{file.counted}一份档案，应有{needed}；一份{file.title}材料也没有上传过时不计。",
    )  # fmt: skip
    yield Measure(
        key=f"files_{key}_complete", title=f"档案齐全的{whose}", unit="份", among=among,
        where=sa.and_(filed, relate_to_population(among, _is_complete(file))),
        about=f"{whose}中，应有的材料都已上传、没有撤销的。",
    )  # fmt: skip


def _build_diploma_measure(among: Population, key: str, whose: str) -> Measure:
    file, only = LISTED[among]
    return Measure(
        key=f"files_{key}_diploma", title=f"学历材料在档的{whose}", unit="份", among=among,
        where=sa.and_(only, is_on_file(file, _DIPLOMA)), about=f"{whose}中，学历核验材料已上传的人。",
    )  # fmt: skip


_DIPLOMA = next(one for one in PERSON.required if one.document == "diploma_check")

MEASURES = (
    *_build_measures(PERSONS_JOINED, "person_joined", "入职人员"),
    *_build_measures(PERSONS_IN_POST, "person_on_first_day", "月初当天在岗人员"),
    *_build_measures(PAYMENTS, "payment", "应付款"),
    _build_diploma_measure(PERSONS_JOINED, "person_joined", "入职人员"),
    _build_diploma_measure(PERSONS_IN_POST, "person_on_first_day", "月初当天在岗人员"),
)
