"""Proposals: one person asks for a definition, another one adopts or rejects it, each in the centre's log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa

from kpi.figures.definitions.adopting import assign_version, build_adoption
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.reading import parse_indicator, read_document
from kpi.figures.indicators import INDICATORS, Indicator
from tracker import log
from tracker.database import get_driver
from tracker.events.definitions import DefinitionProposalDecided, DefinitionProposed
from tracker.facts.definitions import definition_proposals
from tracker.log import Appender
from tracker.periods import Month, parse_period
from tracker.signatures import clean_signature, is_same_person

ADOPTED, REJECTED, WITHDRAWN = "adopted", "rejected", "withdrawn"
LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class DefinitionProposal:
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
        return is_same_person(self.proposed_by, name)


def read_proposals(
    connection: sa.Connection, center: str, key: str | None = None
) -> list[DefinitionProposal]:
    """Those of a centre, or of one indicator; the newest first."""
    table = definition_proposals.c
    rows = sa.select(definition_proposals).where(
        table.center_id == center, sa.true() if key is None else table.indicator == key
    )
    result = connection.execute(rows.order_by(table.event_seq.desc()))
    return [_build_proposal(row) for row in result if row.indicator in INDICATORS]


def find_proposal(connection: sa.Connection, center: str, key: str, number: int) -> DefinitionProposal:
    """Raises: DefinitionProblem where there is none."""
    proposals = [one for one in read_proposals(connection, center, key) if one.number == number]
    if not proposals:
        raise DefinitionProblem(f"{INDICATORS[key].title}没有第{number}次口径变更申请。")
    return proposals[0]


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
) -> DefinitionProposal:
    """Asks for a definition from a month on. Raises: DefinitionProblem, SignatureProblem."""
    name = clean_signature(by, "申请变更口径")
    with _begin_append(connection, center, now) as appending:
        assign_version(connection, center, indicator, effective_from)
        before = read_proposals(connection, center, indicator.key)
        event = DefinitionProposed(
            indicator=indicator.key,
            number=1 + len(before),
            definition=dump_definition(indicator),
            effective_from=str(effective_from),
            reason=_require_reason(reason, "申请变更口径必须写明理由。"),
            clause=(clause or "").strip() or None,
            proposed_by=name,
            proposed_at=now,
        )
        appending.add([(event, None)])
    return find_proposal(connection, center, indicator.key, event.number)


def adopt_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, now: datetime
) -> DefinitionProposal:
    """Another person agrees: the definition holds from its month on, if it still may.

    Raises: DefinitionProblem, SignatureProblem.
    """
    name = clean_signature(by, "批准启用口径")
    with _begin_append(connection, center, now) as appending:
        proposal = _require_decidable(connection, center, key, number, name)
        indicator = parse_indicator(dump_definition(proposal.indicator))
        adopted = assign_version(connection, center, indicator, proposal.effective_from)
        event = build_adoption(
            adopted,
            proposed_by=proposal.proposed_by,
            approved_by=name,
            reason=proposal.reason,
            clause=proposal.clause,
            now=now,
        )
        decided = _build_decision(proposal, ADOPTED, name, now, version=adopted.version)
        appending.add([(event, None), (decided, None)])
    return find_proposal(connection, center, key, number)


def reject_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, reason: str, now: datetime
) -> DefinitionProposal:
    """Another person refuses, with a reason. Raises: DefinitionProblem, SignatureProblem."""
    name = clean_signature(by, "驳回口径变更申请")
    text = _require_reason(reason, "驳回必须写明理由。")
    with _begin_append(connection, center, now) as appending:
        proposal = _require_decidable(connection, center, key, number, name)
        appending.add([(_build_decision(proposal, REJECTED, name, now, reason=text), None)])
    return find_proposal(connection, center, key, number)


def withdraw_proposal(
    connection: sa.Connection, center: str, key: str, number: int, *, by: str, now: datetime
) -> DefinitionProposal:
    """Whoever proposed it takes it back. Raises: DefinitionProblem, SignatureProblem."""
    name = clean_signature(by, "撤回口径变更申请")
    with _begin_append(connection, center, now) as appending:
        proposal = _require_open(connection, center, key, number)
        if not proposal.is_of(name):
            raise DefinitionProblem(f"该申请由{proposal.proposed_by}提交，只能由本人撤回。")
        appending.add([(_build_decision(proposal, WITHDRAWN, name, now), None)])
    return find_proposal(connection, center, key, number)


def _require_decidable(
    connection: sa.Connection, center: str, key: str, number: int, by: str
) -> DefinitionProposal:
    proposal = _require_open(connection, center, key, number)
    if proposal.is_of(by):
        raise DefinitionProblem(f"该申请由{proposal.proposed_by}提交，须由另一人批准或驳回。")
    return proposal


def _require_open(connection: sa.Connection, center: str, key: str, number: int) -> DefinitionProposal:
    proposal = find_proposal(connection, center, key, number)
    if not proposal.open:
        decision = {ADOPTED: "批准启用", REJECTED: "驳回", WITHDRAWN: "撤回"}[str(proposal.decision)]
        raise DefinitionProblem(f"第{number}次口径变更申请已由{proposal.decided_by}{decision}，不能再处理。")
    return proposal


def _build_decision(
    proposal: DefinitionProposal,
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
def _begin_append(connection: sa.Connection, center: str, now: datetime) -> Iterator[Appender]:
    """Holds the log's head, so that what is read within is decided by nobody else meanwhile."""
    raw = get_driver(connection)
    with log.appending(raw, center, delivery=None, as_of=now, recorded_at=now) as appending:
        yield appending


def _require_reason(reason: str, message: str) -> str:
    text = reason.strip()
    if not text:
        raise DefinitionProblem(message)
    if len(text) > LONGEST:
        raise DefinitionProblem(f"理由最多{LONGEST}个字，现在有{len(text)}个字。")
    return text


def _build_proposal(row: sa.Row[tuple[object, ...]]) -> DefinitionProposal:
    values = dict(row._mapping)
    month = parse_period(values["effective_from"]).months[0]
    names = DefinitionProposal.__dataclass_fields__.keys() - {"indicator", "effective_from"}
    return DefinitionProposal(
        indicator=read_document(orjson.loads(values["definition"])),
        effective_from=month,
        **{name: values[name] for name in names},
    )
