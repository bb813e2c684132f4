"""Measures of files: the things that must have documents, and those of which none is missing.

A thing is counted in the period of its own day; a person whenever in post, as in 资质核验率.
"""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, months
from kpi.figures.measures.required import FILES, MONTH, PAYMENT, PERSON, RECRUITMENT, TRAINING, File, Required
from kpi.figures.measures.staffing import AT_START, WAS_IN_POST
from tracker.events.documents import KINDS
from tracker.facts.documents import documents
from tracker.facts.payments import payments
from tracker.facts.staffing import staff, trainings


def _held(file: File) -> sa.Subquery:
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


_HELD = {file.key: _held(file) for file in FILES}


def is_needed(one: Required) -> sa.ColumnElement[bool]:
    """Whether the thing needs the document."""
    return sa.true() if one.when is None else one.when


def is_held(file: File, one: Required) -> sa.ColumnElement[bool]:
    """Whether the thing has the document."""
    return sa.func.coalesce(_HELD[file.key].c[one.document], 0) > 0


def _lacks(file: File, one: Required) -> sa.ColumnElement[bool]:
    return sa.and_(is_needed(one), sa.not_(is_held(file, one)))


def _is_complete(file: File) -> sa.ColumnElement[bool]:
    return sa.and_(*(sa.not_(_lacks(file, one)) for one in file.required))


def _how_many(conditions: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[int]:
    counted: Any = sa.literal(0)
    for condition in conditions:
        counted += sa.case((condition, 1), else_=0)
    return counted  # type: ignore[no-any-return]


def _missing(file: File) -> sa.ColumnElement[str]:
    """The Chinese names of what is missing, 、 between them."""
    listed: Any = sa.literal("")
    for one in file.required:
        listed += sa.case((_lacks(file, one), f"、{KINDS[one.document]}"), else_="")
    return sa.func.substr(listed, 2)


def _files(
    file: File, key: str, rows: sa.FromClause, day: sa.ColumnElement[Any], *, by_month: bool = False
) -> Population:
    held = _HELD[file.key]
    of = file.things
    return Population(
        key=f"files_{key}",
        title=f"一份{file.title}档案",
        rows=rows.outerjoin(held, sa.and_(held.c.center_id == of.c.center_id, held.c.about == file.about)),
        of=of,
        day=day,
        columns=(
            ("档案", sa.literal(file.title)),
            ("摘要", file.label),
            ("应有（份）", _how_many([is_needed(one) for one in file.required])),
            ("缺少（份）", _how_many([_lacks(file, one) for one in file.required])),
            ("缺少", _missing(file)),
        ),
        source=file.source,
        facts=file.facts,
        by_month=by_month,
    )


_first_day = MONTH.things.c.first_day
PERSONS_JOINED = _files(PERSON, "person_joined", staff, staff.c.joined_on)
PERSONS_IN_POST = _files(
    PERSON, "person_months", staff.join(months, WAS_IN_POST), months.c.last_day, by_month=True
)
RECRUITMENTS = _files(RECRUITMENT, "recruitment", RECRUITMENT.things, RECRUITMENT.things.c.joined_on)
PAYMENTS = _files(PAYMENT, "payment", payments, payments.c.due_on)
TRAININGS = _files(TRAINING, "training", trainings, trainings.c.held_on)
MONTHS = _files(
    MONTH,
    "month",
    MONTH.things.join(months, sa.and_(_first_day >= months.c.first_day, _first_day < months.c.end_day)),
    months.c.last_day,
    by_month=True,
)

POPULATIONS = (PERSONS_JOINED, PERSONS_IN_POST, RECRUITMENTS, PAYMENTS, TRAININGS, MONTHS)

FILE_OF = {  # population → the register of its things
    PERSONS_JOINED.key: PERSON,
    PERSONS_IN_POST.key: PERSON,
    RECRUITMENTS.key: RECRUITMENT,
    PAYMENTS.key: PAYMENT,
    TRAININGS.key: TRAINING,
    MONTHS.key: MONTH,
}


def _counted(
    file: File, among: Population, suffix: str, whose: str, only: sa.ColumnElement[bool] | None = None
) -> tuple[Measure, Measure]:
    """The files of a population, and the complete ones among them."""
    needed = "、".join(KINDS[one.document] for one in file.required)
    whole = _is_complete(file)
    return (
        Measure(
            key=f"files_{suffix}", title=f"应归档的{whose}", unit="份", among=among, where=only,
            about=f"{whose}，每{file.counted}一份档案，应有{needed}。",
        ),
        Measure(
            key=f"files_{suffix}_complete", title=f"档案齐全的{whose}", unit="份", among=among,
            where=whole if only is None else sa.and_(only, whole),
            about=f"{whose}中，应有的材料都已上传、没有撤下的。",
        ),
    )  # fmt: skip


_diploma = next(one for one in PERSON.required if one.document == "diploma_check")

MEASURES = (
    *_counted(PERSON, PERSONS_JOINED, "person_joined", "入职人员"),
    *_counted(PERSON, PERSONS_IN_POST, "person_at_start", "月初在岗人员", AT_START),
    *_counted(RECRUITMENT, RECRUITMENTS, "recruitment", "招聘"),
    *_counted(PAYMENT, PAYMENTS, "payment", "应付款"),
    *_counted(TRAINING, TRAININGS, "training", "培训"),
    *_counted(MONTH, MONTHS, "month", "有业务的月份"),
    Measure(
        key="files_person_joined_diploma", title="学历材料在档的入职人员", unit="份", among=PERSONS_JOINED,
        where=is_held(PERSON, _diploma), about="本期入职、学历核验材料已上传的人。",
    ),
    Measure(
        key="files_person_at_start_diploma", title="学历材料在档的月初在岗人员", unit="份",
        among=PERSONS_IN_POST, where=sa.and_(AT_START, is_held(PERSON, _diploma)),
        about="每月开始前在岗、学历核验材料已上传的人。",
    ),
)  # fmt: skip
