"""What an evidence package holds beside what follows from the log: bound to the log by its hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json
from tracker.events.title import Title


@dataclass(frozen=True, kw_only=True)
class PackagePrepared(Event):
    """A year's package was made of the log up to here; its last event, so that its hash is the head that is
    printed on paper.

    Source: the making of the package. Hashes are SHA-256, hexadecimal.
    """

    type: ClassVar[str] = "package.prepared"
    type_title: ClassVar[str] = "打包登记"
    source: ClassVar[str] = "ledger"

    year: Annotated[int, Title("年度")]
    center_name: Annotated[str, Title("中心名称")]
    fingerprint: Annotated[str, Title("签名公钥指纹")]
    commitments: Annotated[str, Title("个人信息承诺的摘要")]  # of every token with its commitment, in order
    batches: Annotated[str, Title("批次的摘要")]  # of every batch before this event
    calendars: Annotated[dict[str, Json], Title("工作日历的摘要")]  # year → hash of the file
    prepared_at: Annotated[datetime, Title("打包时间")]

    @property
    def subject(self) -> str:
        return f"package/{self.year}"

    @property
    def occurred_at(self) -> datetime:
        return self.prepared_at


TYPES = (PackagePrepared,)
THINGS = {"package": "证据包"}
