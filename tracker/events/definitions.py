"""Definitions of indicators: what was proposed, which version a centre adopted, and who decided it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tracker.events.event import Event, Json


@dataclass(frozen=True, kw_only=True)
class DefinitionAdopted(Event):
    """A centre counts an indicator by this definition from a month on. Two people decide it.

    Source: the adoption itself; `definition` is the whole document, so that the log alone can compute by it.
    """

    type: ClassVar[str] = "definition.adopted"
    source: ClassVar[str] = "ledger"

    indicator: str
    version: int
    definition: dict[str, Json]
    effective_from: str  # the first month, 2024-01
    proposed_by: str
    approved_by: str
    adopted_at: datetime
    reason: str
    clause: str | None  # the document or clause that asks for it

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

    indicator: str
    number: int  # among the indicator's proposals, from 1

    @property
    def subject(self) -> str:
        return f"definition_proposal/{self.indicator}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class DefinitionProposed(ProposalEvent):
    """提出采用口径: one person asks for a definition; nothing is counted by it until another one agrees."""

    type: ClassVar[str] = "definition.proposed"

    definition: dict[str, Json]
    effective_from: str  # the first month, 2024-01
    reason: str
    clause: str | None
    proposed_by: str
    proposed_at: datetime

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

    decision: str  # adopted | rejected | withdrawn
    version: int | None  # of the adopted definition
    decided_by: str
    decided_at: datetime
    decision_reason: str | None

    @property
    def slot(self) -> str:
        return "decided"

    @property
    def occurred_at(self) -> datetime:
        return self.decided_at


TYPES = (DefinitionAdopted, DefinitionProposed, DefinitionProposalDecided)
