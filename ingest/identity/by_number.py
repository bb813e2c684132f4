"""Things of a centre by the number that they bear, for telling apart those that share one."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import psycopg

from tracker.log.statements import fold_statements, read_statements

Payload = Mapping[str, Any]
ThingsByNumber = dict[str, dict[str, Payload]]  # number → subject → what holds


def read_by_number(
    connection: psycopg.Connection[Any],
    center: str,
    kind: str,
    type_: str,
    key: str,
    folded: Callable[[str], str],
) -> ThingsByNumber:
    """What holds of all things of a kind by their number, `folded`; `key` names it in events of the type."""
    subjects = connection.execute(
        "SELECT DISTINCT subject FROM events WHERE center_id = %s AND subject >= %s AND subject < %s",
        (center, f"{kind}/", f"{kind}0"),
    ).fetchall()
    found: ThingsByNumber = {}
    for subject, slots in read_statements(connection, center, [name for (name,) in subjects]).items():
        for part in fold_statements(slots).values():
            if part.type == type_:
                found.setdefault(folded(str(part.data[key])), {})[subject] = part.data
    return {number: dict(sorted(things.items())) for number, things in found.items()}


def dump_payload(data: Payload) -> bytes:
    """A payload as the log has it."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def number_name(plain: str, ordinal: int) -> str:
    """The name of the n-th thing of a plain name."""
    return plain if ordinal == 1 else f"{plain}#{ordinal}"


def find_free_name(root: str, taken: Mapping[str, Payload]) -> str:
    """A name that no other thing bears."""
    ordinal = 1
    while number_name(root, ordinal) in taken:
        ordinal += 1
    return number_name(root, ordinal)
