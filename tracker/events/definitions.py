"""Definitions of indicators: what was proposed, which version a centre adopted, and who decided it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json
from tracker.events.title import Title

DECISIONS = {"adopted": "已采用", "rejected": "已驳回", "withdrawn": "已撤回"}


@dataclass(frozen=True, kw_only=True)
class DefinitionAdopted(Event):
    """A centre counts an indicator by this definition from a month on. Two people decide it.

    Source: the adoption itself; `definition` is the whole document, so that the log alone can compute by it.
    """

    type: ClassVar[str] = "definition.adopted"
    type_title: ClassVar[str] = "采用口径"
    source: ClassVar[str] = "ledger"

    indicator: Annotated[str, Title("指标")]
    version: Annotated[int, Title("版本")]
    definition: Annotated[dict[str, Json], Title("口径")]
    effective_from: Annotated[str, Title("启用月份")]  # the first month, 2024-01
    proposed_by: Annotated[str, Title("申请人")]
    approved_by: Annotated[str, Title("审批人")]
    adopted_at: Annotated[datetime, Title("采用时间")]
    reason: Annotated[str, Title("原因")]
    clause: Annotated[str | None, Title("依据条款")]  # the document or clause that asks for it

    @property
    def subject(self) -> str:
        return f"definition/{self.indicator}"

    @property
    def slot(self) -> str:
        return f"v{self.version}"

    @property
    def occurred_at(self) -> datetime:
        return self.adopted_at


@dataclass(frozen=True, kw_only=True)
class ProposalEvent(Event):
    """Something about a proposal to count an indicator otherwise. Source: the product's own pages."""

    source: ClassVar[str] = "ledger"

    indicator: Annotated[str, Title("指标")]
    number: Annotated[int, Title("次序")]  # among the indicator's proposals, from 1

    @property
    def subject(self) -> str:
        return f"definition_proposal/{self.indicator}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class DefinitionProposed(ProposalEvent):
    """申请变更口径: one person asks for a definition; nothing is counted by it until another one agrees."""

    type: ClassVar[str] = "definition.proposed"
    type_title: ClassVar[str] = "申请变更口径"

    definition: Annotated[dict[str, Json], Title("口径")]
    effective_from: Annotated[str, Title("启用月份")]  # the first month, 2024-01
    reason: Annotated[str, Title("原因")]
    clause: Annotated[str | None, Title("依据条款")]
    proposed_by: Annotated[str, Title("申请人")]
    proposed_at: Annotated[datetime, Title("申请时间")]

    @property
    def slot(self) -> str:
        return "proposed"

    @property
    def occurred_at(self) -> datetime:
        return self.proposed_at


@dataclass(frozen=True, kw_only=True)
class DefinitionProposalDecided(ProposalEvent):
    """What became of a proposal: adopted or rejected by another person, or withdrawn."""

    type: ClassVar[str] = "definition.proposal_decided"
    type_title: ClassVar[str] = "处理口径变更申请"

    decision: Annotated[str, Title("处理结果", words=DECISIONS)]  # adopted | rejected | withdrawn
    version: Annotated[int | None, Title("版本")]  # of the adopted definition
    decided_by: Annotated[str, Title("处理人")]
    decided_at: Annotated[datetime, Title("处理时间")]
    decision_reason: Annotated[str | None, Title("处理理由")]

    @property
    def slot(self) -> str:
        return "decided"

    @property
    def occurred_at(self) -> datetime:
        return self.decided_at


TYPES = (DefinitionAdopted, DefinitionProposed, DefinitionProposalDecided)
THINGS = {"definition": "指标口径", "definition_proposal": "口径变更申请"}
