"""满意度问卷 and 问卷发放."""

import re
from datetime import date
from typing import Any

from ingest.cells import Vocabulary, read_brief, read_count, read_day, read_id, text
from ingest.kinds.glance import Glance, add_up, count_if, omit_if_unknown
from ingest.kinds.kind import Build, IdentityMarks, Reading, RowProblem, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.surveys import SurveyAnswered, SurveyIssued

AWARE = {
    "yes": "知道 听说过 了解 非常了解 比较了解 基本了解 是 知晓",
    "no": "不知道 没听说过 不了解 未听说 否 不知晓 没有听说过",
}  # fmt: skip
CAN_USE = {
    "yes": "会 是 会使用 能",
    "no": "不会 否 不会使用 不能",
}  # fmt: skip
SATISFIED = {
    "yes": "满意 非常满意 很满意 比较满意 较满意 基本满意",
    "no": "不满意 非常不满意 很不满意 不太满意 一般",
    "": "不清楚 未使用过 没用过 说不清",
}  # fmt: skip

_PERSONAL = re.compile(r"姓名|电话|手机|联系|地址|住址|身份证|微信|邮箱|昵称|ip|签名|单位名称")
_FREE_TEXT = re.compile(r"意见|建议(?!是)|原因|备注|内容|请填写|请说明|其他说明|补充")
_AROUND = re.compile(r"序号|来源|用时|提交|状态|总分|渠道|开始时间|结束时间")
_SPEAKS = re.compile(
    r"[您你哪吗]|是否|什么"
)  # to whoever answers: then a word of _AROUND is what it asks about


def _match_question(pattern: str) -> Any:
    found = re.compile(pattern)
    return lambda label: found.search(label) is not None and not _PERSONAL.search(label)


def _is_question(label: str) -> bool:
    if not label or _PERSONAL.search(label) or _FREE_TEXT.search(label):
        return False
    return not _AROUND.search(label) or _SPEAKS.search(label) is not None


ANSWER_FIELDS = add_titles(
    (SurveyAnswered,),
    Field(
        key="answer_id", read=read_id, required=True,
        names="答卷编号 编号 序号 问卷序号 答卷序号 答卷id",
    ),
    Field(key="survey", title="问卷", read=text, names="问卷名称 调查名称 问卷主题 调查主题"),
    Field(
        key="answered_on", read=read_day, required=True,
        names="答卷时间 提交时间 填写时间 提交答卷时间 调查日期 问卷日期 答题时间",
    ),
    Field(
        key="aware", read=Vocabulary(AWARE),
        suits=_match_question(r"(您|你|是否).*(知道|知晓|听说过)"), cost="热线知晓率",
    ),
    Field(
        key="can_use", read=Vocabulary(CAN_USE),
        suits=_match_question(r"(您|你|是否).*(会使用|会用)"), cost="热线使用知晓率",
    ),
    Field(
        key="satisfied", read=Vocabulary(SATISFIED), suits=_match_question(r"(您|你|是否).*满意"),
        names="总体满意度 整体满意度", cost="问卷满意度",
    ),
    Field(key="answers", title="问题", read=read_brief, suits=_is_question, many=True),
)  # fmt: skip

ISSUE_FIELDS = add_titles(
    (SurveyIssued,),
    Field(
        key="survey", title="问卷", read=text, required=True,
        names="问卷名称 调查名称 问卷主题 调查主题",
    ),
    Field(key="issued_on", read=read_day, required=True, names="发放时间 调查日期 开始日期"),
    Field(
        key="issued", read=read_count, required=True, additive=True,
        names="发放数 发放数量 发出份数 发放问卷数",
    ),
    Field(
        key="returned", read=read_count, additive=True,
        names="回收数 回收数量 有效份数 收回份数 回收问卷数",
    ),
)  # fmt: skip


def build_answers(reading: Reading) -> Build:
    """One event a questionnaire, with every closed question's answer as given."""

    def events(
        answer_id: str,
        survey: str | None,
        answered_on: date,
        aware: str | None,
        can_use: str | None,
        satisfied: str | None,
        answers: dict[str, Any],
    ) -> tuple[SurveyAnswered]:
        answered = SurveyAnswered(
            answer_id=answer_id,
            survey=survey,
            answered_on=answered_on,
            aware=_to_bool(aware),
            can_use=_to_bool(can_use),
            satisfied=_to_bool(satisfied),
            answers=answers,
        )
        return (answered,)

    return events


def build_issues(reading: Reading) -> Build:
    """One event a round."""

    def events(survey: str, issued_on: date, issued: int, returned: int | None) -> tuple[SurveyIssued]:
        if returned is not None and returned > issued:
            raise RowProblem("returned", "多于发放份数", "请核对发放份数和回收份数")
        return (SurveyIssued(survey=survey, issued_on=issued_on, issued=issued, returned=returned),)

    return events


def _to_bool(meaning: str | None) -> bool | None:
    return None if meaning is None else meaning == "yes"


def _get_answer_day(event: SurveyAnswered) -> date:
    return event.answered_on


def _get_issue_day(event: SurveyIssued) -> date:
    return event.issued_on


SURVEY_ANSWERS = TableKind(
    name="survey_answers",
    called="问卷 答卷 调查",
    source="survey_answers",
    fields=ANSWER_FIELDS,
    build=build_answers,
    remarks="问卷 调查 答卷",
    has_state=True,
    mark="aware can_use satisfied",
    dated_by="answered_on",
    day=_get_answer_day,
    thing="survey_answer",
    entire=True,
    one_of=("aware", "can_use", "satisfied"),
    marks=IdentityMarks(type=SurveyAnswered.type, day="answered_on", who=("survey",)),
    glance=Glance(
        table="survey_answers",
        day="answered_on",
        thing="份问卷",
        parts=tuple(
            omit_if_unknown(field, count_if(field, words))
            for field, words in (("aware", "知晓"), ("can_use", "会用"), ("satisfied", "满意"))
        ),
    ),
)
SURVEY_ISSUES = TableKind(
    name="survey_issues",
    called="问卷发放 发放 回收",
    source="survey_issues",
    fields=ISSUE_FIELDS,
    build=build_issues,
    remarks="问卷 调查 答卷",
    mark="问卷 调查",
    dated_by="issued_on",
    day=_get_issue_day,
    glance=Glance(
        table="survey_issues",
        day="issued_on",
        thing="次问卷发放",
        parts=(add_up("issued", "发放", "份"), add_up("returned", "回收", "份")),
    ),
)

KINDS = (SURVEY_ANSWERS, SURVEY_ISSUES)
