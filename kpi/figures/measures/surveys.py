"""Measures of questionnaires; the sums from which Cronbach's α is exact are among them."""

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Column, Population
from tracker.facts.surveys import survey_answers, survey_issues

ANSWERS = Population(
    key="survey_answers", title="一份收回的问卷", rows=survey_answers, of=survey_answers,
    day=survey_answers.c.answered_on,
    columns=(
        ("知道热线", survey_answers.c.aware),
        ("会使用", survey_answers.c.can_use),
        ("满意", survey_answers.c.satisfied),
    ),
    source="survey_answers", facts=("survey_answers",),
)  # fmt: skip
ISSUES = Population(
    key="survey_issues", title="一次问卷发放", rows=survey_issues, of=survey_issues,
    day=survey_issues.c.issued_on,
    columns=(
        ("问卷", survey_issues.c.survey),
        ("发放份数", survey_issues.c.issued),
        ("回收份数", survey_issues.c.returned),
    ),
    source="survey_issues", facts=("survey_issues",),
)  # fmt: skip

POPULATIONS = (ANSWERS, ISSUES)

ITEMS = {"aware": "知道热线", "can_use": "会使用", "satisfied": "满意"}
_items = [survey_answers.c[name] for name in ITEMS]
_complete = sa.and_(*(item.is_not(None) for item in _items))


def _one(item: sa.Column[bool]) -> Column:
    return sa.case((item.is_(True), 1), else_=0)


_total: Column = _one(_items[0]) + _one(_items[1]) + _one(_items[2])


def _answered(key: str, title: str, item: sa.Column[bool], *, yes: bool) -> Measure:
    return Measure(
        key=key, title=title, unit="份", among=ANSWERS,
        where=item.is_(True) if yes else item.is_not(None),
        about=f"问卷中{title}的份数。",
    )  # fmt: skip


MEASURES = (
    Measure(key="survey_answers", title="收回的问卷", unit="份", among=ANSWERS, about="本期填写的问卷。"),
    *(
        _answered(f"survey_answered_{name}", f"答了“{title}”一题", survey_answers.c[name], yes=False)
        for name, title in ITEMS.items()
    ),
    *(
        _answered(f"survey_{name}", f"“{title}”一题答是", survey_answers.c[name], yes=True)
        for name, title in ITEMS.items()
    ),
    Measure(
        key="survey_complete", title="三题都答的问卷", unit="份", among=ANSWERS, where=_complete,
        about="知道、会用、满意三题都答了的问卷，信度只用这些。",
    ),
    *(
        Measure(
            key=f"survey_complete_{name}", title=f"三题都答且“{title}”答是", unit="份", among=ANSWERS,
            where=sa.and_(_complete, survey_answers.c[name].is_(True)),
            about=f"三题都答的问卷中“{title}”答是的份数；是为1、否为0，所以平方和与和相等。",
        )
        for name, title in ITEMS.items()
    ),
    Measure(
        key="survey_complete_total", title="三题得分之和", unit="分", among=ANSWERS, where=_complete,
        value=_total, about="三题都答的问卷，每份答是的题数之和。",
    ),
    Measure(
        key="survey_complete_total_squared", title="三题得分平方和", unit="分", among=ANSWERS,
        where=_complete, value=_total * _total, about="三题都答的问卷，每份答是的题数的平方之和。",
    ),
    Measure(
        key="survey_issued", title="发放的问卷", unit="份", among=ISSUES, value=survey_issues.c.issued,
        about="本期发放的问卷份数。",
    ),
    Measure(
        key="survey_returned", title="发放表所报回收份数", unit="份", among=ISSUES,
        value=survey_issues.c.returned, about="发放表上自报的回收份数，只作对照；回收率用实际收到的问卷。",
    ),
)  # fmt: skip
