"""Evidence documents: a file that proves a thing, or a figure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.title import Title

KINDS = {  # what a document is; its Chinese name
    "recruitment_notice": "招聘公告",
    "interview_record": "面试测评表",
    "vetting_record": "考察政审表",
    "hiring_publicity": "录用公示",
    "recruitment_approval": "招聘审批表",
    "diploma_check": "学历核验材料",
    "labour_contract": "劳动合同",
    "pre_job_training": "上岗培训记录",
    "leaving_record": "离职手续",
    "contract": "合同",
    "invoice": "发票",
    "voucher": "支付凭证",
    "settlement": "结算单",
    "acceptance": "验收单",
    "sign_in_sheet": "签到表",
    "exam_paper": "试卷",
    "attendance": "考勤表（盖章）",
    "roster": "花名册（盖章）",
    "monthly_report": "月报（盖章）",
    "minutes": "会议纪要",
    "outage_report": "平台停机报告",
    "bill": "运营商账单",
    "bank_statement": "银行流水",
    "attestation": "评价佐证材料",
    "photo": "照片",
    "other": "其他材料",
}

IMPERSONAL = frozenset(  # may leave the centre as they are: nobody but those who sign is named in them
    (
        "recruitment_notice", "contract", "invoice", "voucher", "settlement", "acceptance", "monthly_report",
        "outage_report", "bill",
    )
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DocumentAttached(Event):
    """A file was attached to a thing, or to an indicator in a period, as evidence.

    The file's own name is not kept: it may hold a person's.

    Source: the person who attached it.
    """

    type: ClassVar[str] = "document.attached"
    type_title: ClassVar[str] = "上传材料"
    source: ClassVar[str] = "documents"

    # its number: the first 16 digits of the hash, counted on where they are taken
    document: Annotated[str, Title("材料编号", code=True)]
    kind: Annotated[str, Title("材料种类", words=KINDS)]
    # a subject; derived ones too: month/2023-05, indicator/call_answer_rate/2023-05
    about: Annotated[str, Title("关联对象", code=True)]
    title: Annotated[str, Title("标题")]
    sha256: Annotated[str, Title("SHA-256", code=True)]
    sm3: Annotated[
        str | None, Title("SM3", code=True)
    ]  # None: the machine that took it in could not compute it
    size: Annotated[int, Title("文件大小（字节）")]  # bytes
    media_type: Annotated[str, Title("文件格式", code=True)]  # found in the bytes
    pages: Annotated[int | None, Title("页数")]  # None: it has none, a table for example
    attached_by: Annotated[str, Title("上传人")]
    attached_at: Annotated[datetime, Title("上传时间")]

    @property
    def subject(self) -> str:
        return f"document/{self.document}"

    @property
    def occurred_at(self) -> datetime:
        return self.attached_at


@dataclass(frozen=True, kw_only=True)
class DocumentWithdrawn(Event):
    """A document no longer counts as evidence; its bytes and its record stay.

    Source: the person who withdrew it.
    """

    type: ClassVar[str] = "document.withdrawn"
    type_title: ClassVar[str] = "撤销材料"
    source: ClassVar[str] = "documents"

    document: Annotated[str, Title("材料编号", code=True)]
    reason: Annotated[str, Title("原因")]
    withdrawn_by: Annotated[str, Title("撤销人")]
    withdrawn_at: Annotated[datetime, Title("撤销时间")]

    @property
    def subject(self) -> str:
        return f"document/{self.document}"

    @property
    def slot(self) -> str:
        return "withdrawn"

    @property
    def occurred_at(self) -> datetime:
        return self.withdrawn_at


TYPES = (DocumentAttached, DocumentWithdrawn)
THINGS = {"document": "佐证材料"}
SOURCES = {"documents": "佐证材料"}
