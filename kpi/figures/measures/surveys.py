"""Measures of questionnaires. Answers to several questionnaires of a year are not put together unasked."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.gap import GapCode
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.declared import select_declaration
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn
from kpi.figures.source import Rhythm, Source
from tracker.facts.surveys import survey_answers, survey_issues

SOURCES = (
    Source(
        key="survey_answers",
        rhythm=Rhythm.SURVEY,
        remedy="请报送本年度收回的问卷明细，每份一行。",
    ),
    Source(
        key="survey_issues",
        rhythm=Rhythm.SURVEY,
        remedy="请报送问卷发放记录，写明发放日期和份数。",
    ),
)


def _mark_counting(table: sa.Table, day: sa.Column[date], unknown: sa.ColumnElement[str]) -> sa.Subquery:
    """Rows with whether their questionnaire counts: as was said, or as it is the only one of the year."""
    year: Any = {"partition_by": (table.c.center_id, sa.extract("year", day))}
    first, last = (of(table.c.survey).over(**year) for of in (sa.func.min, sa.func.max))
    declared_value = sa.cast(select_declaration("survey", table, table.c.survey, day), sa.Boolean)
    counts = sa.func.coalesce(declared_value, sa.case((first == last, sa.true())), type_=sa.Boolean)
    marked = sa.select(
        *(column for column in table.c if column.name != "unknown"),
        counts.label("counts"),
        (unknown + sa.case((counts.is_(None), " counts "), else_="")).label("unknown"),
    ).subquery(f"{table.name}_counted")
    declare_field(marked.c.counts, "几种问卷并存，计入哪种", code=GapCode.TOPIC_UNDECLARED)
    return marked


_answers = _mark_counting(survey_answers, survey_answers.c.answered_on, survey_answers.c.unknown)
_issues = _mark_counting(survey_issues, survey_issues.c.issued_on, sa.literal("", sa.Text))

ANSWERS = Population(
    key="survey_answers", title="一份收回的问卷", rows=_answers, of=_answers, day=_answers.c.answered_on,
    columns=(
        ("问卷", _answers.c.survey),
        ("知道热线", _answers.c.aware),
        ("会使用", _answers.c.can_use),
        ("满意", _answers.c.satisfied),
    ),
    source="survey_answers", facts=("survey_answers", "declarations"),
    suspects=sa.select(_answers.c.center_id).where(_answers.c.unknown != ""),
)  # fmt: skip
ISSUES = Population(
    key="survey_issues", title="一次问卷发放", rows=_issues, of=_issues, day=_issues.c.issued_on,
    columns=(
        ("问卷", _issues.c.survey),
        ("发放份数", _issues.c.issued),
        ("回收份数", _issues.c.returned),
    ),
    source="survey_issues", facts=("survey_issues", "declarations"),
    suspects=sa.select(_issues.c.center_id).where(_issues.c.unknown != ""),
)  # fmt: skip

POPULATIONS = (ANSWERS, ISSUES)

ITEMS = {"aware": "知道热线", "can_use": "会使用", "satisfied": "满意"}
_counted = _answers.c.counts.is_(True)
_used = sa.and_(_answers.c.aware.is_(True), _answers.c.can_use.is_(True))


def _build_measure(key: str, title: str, item: SqlColumn, *, yes: bool) -> Measure:
    return Measure(
        key=key, title=title, unit="份", among=ANSWERS,
        where=sa.and_(_counted, item.is_(True) if yes else item.is_not(None)),
        about=f"问卷中{title}的份数。",
    )  # fmt: skip


MEASURES = (
    Measure(
        key="survey_answers", title="收回的问卷", unit="份", among=ANSWERS, where=_counted,
        about="本期填写的问卷；几种问卷并存的，只数统计设定里说明计入的。",
    ),
    *(
        _build_measure(f"survey_answered_{name}", f"答了“{title}”一题", _answers.c[name], yes=False)
        for name, title in ITEMS.items()
    ),
    *(
        _build_measure(f"survey_{name}", f"“{title}”一题答是", _answers.c[name], yes=True)
        for name, title in ITEMS.items()
    ),
    Measure(
        key="survey_answered_satisfied_by_users", title="知道且会用的人答了“满意”一题", unit="份",
        among=ANSWERS,
        where=sa.and_(_counted, _used, _answers.c.satisfied.is_not(None)), on_demand=True,
        about="知道热线、会使用的人中，答了“满意”一题的份数。",
    ),
    Measure(
        key="survey_satisfied_by_users", title="知道且会用的人“满意”一题答是", unit="份", among=ANSWERS,
        where=sa.and_(_counted, _used, _answers.c.satisfied.is_(True)), on_demand=True,
        about="知道热线、会使用的人中，“满意”一题答是的份数。",
    ),
    Measure(
        key="survey_issued", title="发放的问卷", unit="份", among=ISSUES, value=_issues.c.issued,
        where=_issues.c.counts.is_(True),
        about="本期发放的问卷份数。",
    ),
    Measure(
        key="survey_returned", title="发放表所报回收份数", unit="份", among=ISSUES,
        value=_issues.c.returned, where=_issues.c.counts.is_(True),
        about="发放表上自报的回收份数，只作对照；回收率用实际收到的问卷。",
    ),
)  # fmt: skip
