"""What must be on file: for each kind of thing the documents it needs. `FILES` is the register.

Source: the evaluation of 政务服务运行维护费 2023 (招聘程序规范性, 档案管理规范性, 人员资质);
财预〔2020〕10号, 资金使用合规性 (each payment with contract, invoice and voucher).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.population import months
from tracker.facts.deliveries import covered_days
from tracker.facts.payments import payments
from tracker.facts.staffing import staff, trainings

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, kw_only=True, eq=False)
class RequiredDocument:
    """One document that a thing must have."""

    document: str  # one of tracker.events.documents.KINDS
    remedy: str  # what mends its absence
    when: Condition | None = None  # the things that need it; None: all
    stated: Condition | None = None  # a delivered row says so, which proves nothing by itself


@dataclass(frozen=True, kw_only=True, eq=False)
class Dossier:
    """The file (档案) of each thing of a kind."""

    key: str
    title: str
    counted: str  # the word with which such things are counted
    things: sa.FromClause  # has center_id, subject and seq, of which the log tells
    about: sa.ColumnElement[str]  # what its documents are attached to
    label: sa.ColumnElement[Any]  # what the thing is, without a name
    since: sa.ColumnElement[Any]  # the day from which its documents should be there
    source: str  # whose coverage backs the number of things
    facts: tuple[str, ...]
    required: tuple[RequiredDocument, ...]


def _add_month(table: sa.Table, day: sa.Column[date]) -> sa.Subquery:
    """A table with the month of a day of its rows, as 2023-05."""
    month = sa.func.substr(sa.cast(day, sa.Text), 1, 7).label("month")
    return sa.select(table, month).subquery(f"{table.name}_of_months")


_joined = _add_month(staff, staff.c.joined_on)
_recruited = (
    sa.select(
        _joined.c.center_id,
        (sa.literal("recruitment/") + _joined.c.month).label("about"),
        _joined.c.month,
        sa.func.min(_joined.c.subject).label("subject"),
        sa.func.min(_joined.c.seq).label("seq"),
        sa.func.min(_joined.c.joined_on).label("joined_on"),
        sa.func.count().label("people"),
    )
    .group_by(_joined.c.center_id, _joined.c.month)
    .subquery("recruitments")
)

_covered = _add_month(covered_days, covered_days.c.day)
_working_months = (
    sa.select(
        _covered.c.center_id,
        (sa.literal("month/") + _covered.c.month).label("about"),
        _covered.c.month,
        sa.func.min(_covered.c.subject).label("subject"),
        sa.func.min(_covered.c.seq).label("seq"),
        sa.func.min(_covered.c.day).label("first_day"),
    )
    .where(_covered.c.source.in_(("calls", "work_orders")), _covered.c.is_whole)
    .group_by(_covered.c.center_id, _covered.c.month)
    .subquery("working_months")
)

PERSON = Dossier(
    key="person",
    title="人员",
    counted="人",
    things=staff,
    about=staff.c.subject,
    label=staff.c.name,
    since=staff.c.joined_on,
    source="roster",
    facts=("staff", "documents"),
    required=(
        RequiredDocument(
            document="recruitment_approval",
            remedy="请人事部门调出录用时的招聘审批表，扫描后上传；没有审批的，写明原因并补办。",
        ),
        RequiredDocument(
            document="diploma_check",
            remedy="请本人在学信网申请《教育部学历证书电子注册备案表》或在线验证报告，下载后上传。",
            stated=staff.c.education_verified.is_(True),
        ),
        RequiredDocument(
            document="labour_contract", remedy="请扫描双方签字盖章的劳动合同（含续签页）后上传。"
        ),
        RequiredDocument(
            document="pre_job_training",
            remedy="请上传上岗前的培训签到和考核成绩；没有培训过的，请补训补考。",
            stated=staff.c.pre_job_score.is_not(None),
        ),
        RequiredDocument(
            document="leaving_record",
            remedy="请上传离职申请或解除劳动合同证明。",
            when=staff.c.left_on.is_not(None),
        ),
    ),
)

RECRUITMENT = Dossier(
    key="recruitment",
    title="招聘",
    counted="次",
    things=_recruited,
    about=_recruited.c.about,
    label=_recruited.c.month + sa.literal(" ") + sa.cast(_recruited.c.people, sa.Text) + sa.literal("人入职"),
    since=_recruited.c.joined_on,
    source="roster",
    facts=("staff", "documents"),
    required=(
        RequiredDocument(
            document="recruitment_notice", remedy="请上传当时发布的招聘公告（含发布网址或截图）。"
        ),
        RequiredDocument(document="interview_record", remedy="请上传面试签到表和测评表。"),
        RequiredDocument(document="vetting_record", remedy="请上传考察政审表。"),
        RequiredDocument(document="hiring_publicity", remedy="请上传录用结果的公示页面或公示文件。"),
    ),
)

PAYMENT = Dossier(
    key="payment",
    title="支付",
    counted="笔",
    things=payments,
    about=payments.c.subject,
    label=payments.c.item + sa.literal(" ") + sa.func.coalesce(payments.c.for_period, ""),
    since=payments.c.due_on,
    source="payments",
    facts=("payments", "documents"),
    required=(
        RequiredDocument(
            document="contract", remedy="请上传这笔款项所依据的合同；多笔同用一份的，分别上传。"
        ),
        RequiredDocument(document="invoice", remedy="请收款单位补开发票，或从电子发票平台下载后上传。"),
        RequiredDocument(
            document="voucher",
            remedy="请财务部门提供国库集中支付凭证或银行回单。",
            when=payments.c.paid_on.is_not(None),
        ),
    ),
)

TRAINING = Dossier(
    key="training",
    title="培训",
    counted="场",
    things=trainings,
    about=trainings.c.subject,
    label=trainings.c.topic,
    since=trainings.c.held_on,
    source="training",
    facts=("trainings", "documents"),
    required=(
        RequiredDocument(document="sign_in_sheet", remedy="请上传本人签字的签到表；代签无效。"),
        RequiredDocument(document="exam_paper", remedy="请上传试卷或考核记录。"),
    ),
)

MONTH = Dossier(
    key="month",
    title="月度",
    counted="个月",
    things=_working_months,
    about=_working_months.c.about,
    label=_working_months.c.month + sa.literal(" 盖章材料"),
    since=months.c.end_day,
    source="roster",
    facts=("covered_days", "documents"),
    required=(
        RequiredDocument(document="attendance", remedy="请上传本月盖章的考勤表。"),
        RequiredDocument(document="roster", remedy="请上传月末盖章的人员花名册。"),
    ),
)

FILES = (PERSON, RECRUITMENT, PAYMENT, TRAINING, MONTH)
