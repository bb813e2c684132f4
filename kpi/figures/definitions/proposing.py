"""Proposals: one person asks for a definition, another one adopts or rejects it, each in the centre's log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa

from kpi.figures.definitions.adopting import adoption, numbered
from kpi.figures.definitions.document import definition_document
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.reading import indicator_of, read_document
from kpi.figures.indicators import INDICATORS, Indicator
from tracker import log
from tracker.database import driver_of
from tracker.events.definitions import DefinitionProposalDecided, DefinitionProposed
from tracker.facts.definitions import definition_proposals
from tracker.log import Appending
from tracker.periods import Month, parse_period
from tracker.signatures import same_person, signed

ADOPTED, REJECTED, WITHDRAWN = "adopted", "rejected", "withdrawn"
LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Proposal:
    """A definition that somebody asks for, and what became of it."""

    indicator: Indicator
    number: int  # among the indicator's proposals
    effective_from: Month
    reason: str
    clause: str | None
    proposed_by: str
    proposed_at: datetime
    event_seq: int
    decision: str | None  # adopted | rejected | withdrawn; None: waits for a second person
    version: int | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None

    @property
    def open(self) -> bool:
        return self.decision is None

    def is_of(self, name: str) -> bool:
        """Whether a person proposed it, who may therefore not decide it."""
        return same_person(self.proposed_by, name)


def read_proposals(connection: sa.Connection, center: str, key: str | None = None) -> list[Proposal]:
    """Those of a centre, or of one indicator; the newest first."""
    table = definition_proposals.c
    rows = sa.select(definition_proposals).where(
        table.center_id == center, sa.true() if key is None else table.indicator == key
    )
    found = connection.execute(rows.order_by(table.event_seq.desc()))
    return [_proposal(row) for row in found if row.indicator in INDICATORS]


def find_proposal(connection: sa.Connection, center: str, key: str, number: int) -> Proposal:
    """Raises: DefinitionProblem where there is none."""
    found = [one for one in read_proposals(connection, center, key) if one.number == number]
    if not found:
        raise DefinitionProblem(f"{INDICATORS[key].title}没有第{number}号口径提案。")
    return found[0]


def propose(
    connection: sa.Connection,
    center: str,
    indicator: Indicator,
    effective_from: Month,
    *,
    by: str,
    reason: str,
    clause: str | None,
    now: datetime,
) -> Proposal:
    """Asks for a definition from a month on. Raises: DefinitionProblem, SignatureProblem."""
    name = signed(by, "提出采用口径")
    with _appending(connection, center, now) as appending:
        numbered(connection, center, indicator, effective_from)
        before = read_proposals(connection, center, indicator.key)
        event = DefinitionProposed(
            indicator=indicator.key,
            number=1 + len(before),
            definition=definition_document(indicator),
            effective_from=str(effective_from),
            reason=_said(reason, "提出采用口径必须写明理由。"),
            clause=(clause or "").strip() or None,
            proposed_by=name,
            proposed_at=now,
        )
        appending.add([(event, None)])
    return find_proposal(connection, center, indicator.key, event.number)


def adopt_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, now: datetime
) -> Proposal:
    """Another person agrees: the definition holds from its month on, if it still may.

    Raises: DefinitionProblem, SignatureProblem.
    """
    name = signed(by, "批准采用口径")
    with _appending(connection, center, now) as appending:
        proposal = _to_decide(connection, center, key, number, name)
        indicator = indicator_of(definition_document(proposal.indicator))
        adopted = numbered(connection, center, indicator, proposal.effective_from)
        event = adoption(
            adopted,
            proposed_by=proposal.proposed_by,
            approved_by=name,
            reason=proposal.reason,
            clause=proposal.clause,
            now=now,
        )
        decided = _decided(proposal, ADOPTED, name, now, version=adopted.version)
        appending.add([(event, None), (decided, None)])
    return find_proposal(connection, center, key, number)


def reject_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, reason: str, now: datetime
) -> Proposal:
    """Another person refuses, with a reason. Raises: DefinitionProblem, SignatureProblem."""
    name = signed(by, "驳回口径提案")
    said = _said(reason, "驳回必须写明理由。")
    with _appending(connection, center, now) as appending:
        proposal = _to_decide(connection, center, key, number, name)
        appending.add([(_decided(proposal, REJECTED, name, now, reason=said), None)])
    return find_proposal(connection, center, key, number)


def withdraw_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, now: datetime
) -> Proposal:
    """Whoever proposed it takes it back. Raises: DefinitionProblem, SignatureProblem."""
    name = signed(by, "撤回口径提案")
    with _appending(connection, center, now) as appending:
        proposal = _open(connection, center, key, number)
        if not proposal.is_of(name):
            raise DefinitionProblem(f"这一提案由{proposal.proposed_by}提出，只能由本人撤回。")
        appending.add([(_decided(proposal, WITHDRAWN, name, now), None)])
    return find_proposal(connection, center, key, number)


def _to_decide(connection: sa.Connection, center: str, key: str, number: int, by: str) -> Proposal:
    proposal = _open(connection, center, key, number)
    if proposal.is_of(by):
        raise DefinitionProblem(f"这一提案由{proposal.proposed_by}提出，须由另一人批准或驳回。")
    return proposal


def _open(connection: sa.Connection, center: str, key: str, number: int) -> Proposal:
    proposal = find_proposal(connection, center, key, number)
    if not proposal.open:
        told = {ADOPTED: "批准采用", REJECTED: "驳回", WITHDRAWN: "撤回"}[str(proposal.decision)]
        raise DefinitionProblem(f"第{number}号口径提案已由{proposal.decided_by}{told}，不能再处理。")
    return proposal


def _decided(
    proposal: Proposal,
    decision: str,
    by: str,
    now: datetime,
    *,
    version: int | None = None,
    reason: str | None = None,
) -> DefinitionProposalDecided:
    return DefinitionProposalDecided(
        indicator=proposal.indicator.key,
        number=proposal.number,
        decision=decision,
        version=version,
        decided_by=by,
        decided_at=now,
        decision_reason=reason,
    )


@contextmanager
def _appending(connection: sa.Connection, center: str, now: datetime) -> Iterator[Appending]:
    """Holds the log's head, so that what is read within is decided by nobody else meanwhile."""
    raw = driver_of(connection)
    with log.appending(raw, center, delivery=None, as_of=now, recorded_at=now) as appending:
        yield appending


def _said(reason: str, missing: str) -> str:
    said = reason.strip()
    if not said:
        raise DefinitionProblem(missing)
    if len(said) > LONGEST:
        raise DefinitionProblem(f"理由最多{LONGEST}个字，现在有{len(said)}个字。")
    return said


def _proposal(row: sa.Row[tuple[object, ...]]) -> Proposal:
    told = dict(row._mapping)
    month = parse_period(told["effective_from"]).months[0]
    names = Proposal.__dataclass_fields__.keys() - {"indicator", "effective_from"}
    return Proposal(
        indicator=read_document(orjson.loads(told["definition"])),
        effective_from=month,
        **{name: told[name] for name in names},
    )
