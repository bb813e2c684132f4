"""Definitions of indicators: which version a centre adopted, from which month on, and who decided it."""

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


TYPES = (DefinitionAdopted,)
