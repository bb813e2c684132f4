"""What adopting a definition needs: its next version, the event that says so, and a month that is free."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.indicators import Indicator
from tracker.events.definitions import DefinitionAdopted
from tracker.facts.closing import seals
from tracker.periods import Month, parse_period


def assign_version(
    connection: sa.Connection, center: str, indicator: Indicator, effective_from: Month
) -> Indicator:
    """The definition as it would be adopted now, under the next number.

    Whoever adopts holds the log's head, so that nobody else does meanwhile. Raises: DefinitionProblem.
    """
    definitions = read_definitions(connection, center)
    check_change(definitions, indicator, effective_from)
    check_month(connection, center, effective_from)
    return replace(
        indicator, version=definitions.get_next_version(indicator.key), effective_from=effective_from
    )


def build_adoption(
    adopted: Indicator,
    *,
    proposed_by: str,
    approved_by: str,
    reason: str,
    clause: str | None,
    now: datetime,
) -> DefinitionAdopted:
    """The event that adopts a numbered definition."""
    return DefinitionAdopted(
        indicator=adopted.key,
        version=adopted.version,
        definition=dump_definition(adopted),
        effective_from=str(adopted.effective_from),
        proposed_by=proposed_by,
        approved_by=approved_by,
        adopted_at=now,
        reason=reason,
        clause=(clause or "").strip() or None,
    )


def check_change(definitions: Definitions, indicator: Indicator, effective_from: Month) -> None:
    """Raises: DefinitionProblem for a version that changes nothing, or begins before the one it replaces."""
    newest = definitions.list_versions(indicator.key)[-1]
    adopted_before = newest.version in definitions.list_adoptions(indicator.key)
    if adopted_before and newest.effective_from and effective_from < newest.effective_from:
        raise DefinitionProblem(
            f"{newest.title}第{newest.version}版自{newest.effective_from.label}起执行，"
            f"新版的启用月份不得早于该月，现为{effective_from.label}。"
        )
    if not list_differences(newest, indicator):
        raise DefinitionProblem(f"与第{newest.version}版没有差别，无需启用。")


def check_month(connection: sa.Connection, center: str, effective_from: Month) -> None:
    """Raises: DefinitionProblem where a month from then on is locked; it names the first that is free."""
    months = sa.select(sa.func.max(seals.c.month)).where(seals.c.center_id == center)
    newest = connection.scalar(months)
    if newest is None or newest < str(effective_from):
        return
    locked = parse_period(newest).months[-1]
    prefix = "" if locked == effective_from else f"{effective_from.label}以后的"
    raise DefinitionProblem(
        f"{prefix}{locked.label}已锁定，锁定的数字不再变动，口径不能自{effective_from.label}起执行；"
        f"最早可自{locked.next.label}起执行。"
    )
