"""How a survey is counted elsewhere."""

from kpi.figures.forks.fork import build_fork, change_card
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import percent

_SURVEYED = INDICATORS["survey_satisfaction_rate"]


SURVEYED = (
    build_fork(
        _SURVEYED, "by_users", "问谁", "会用的人满意÷会用的人回答", "使用人员满意度：没有用过的人不评价",
        percent("survey_satisfied_by_users", "survey_answered_satisfied_by_users"),
        change_card(
            _SURVEYED, "知道热线、会使用的人中“满意”一题答“是”的问卷（份）。",
            "知道热线、会使用的人中回答了这一题的问卷（份）。",
            excludes="不知道热线、不会使用或没有回答前两题的问卷；没有回答这一题的问卷。",
        ),
    ),
)  # fmt: skip

FORKS = SURVEYED
