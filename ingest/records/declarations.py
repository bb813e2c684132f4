"""What a centre has said once, and the names in its data of which it has said nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from tracker.events.declarations import TOPICS
from tracker.facts.names import FLOOR
from tracker.names import fold_name

_NAMES_IN = {  # topic → the fact table and column that its names stand in
    "labour": ("payments", "item"),
    "phone_post": ("staff_posts", "post"),
    "platform": ("probes", "platform"),
    "follow_up": ("work_orders", "kind"),
    "survey": ("survey_answers", "survey"),
    "rating": ("calls", "rating"),
}

UNNAMED = "（没有写名称）"
CANNOT_BE_SAID = "没有名称，不能设定；与别的并存时按不明处理，请在文件里补上名称后重新导入"


class Declaration(NamedTuple):
    """One declaration in force."""

    known_as: str  # '' where it is said of the centre
    holds: bool
    first_day: date | None  # None: always
    seq: int


@dataclass(frozen=True)
class TopicState:
    """A topic with what is said of it; `unsaid` are names in the data without a word, and their rows.

    Of rows that tell no name ('') nothing can be said.
    """

    topic: str
    said: tuple[Declaration, ...]
    unsaid: tuple[tuple[str, int], ...]

    @property
    def title(self) -> str:
        return TOPICS[self.topic].title


def read_declarations(connection: psycopg.Connection[Any], center: str) -> Iterator[TopicState]:
    """Every topic, in the order of `TOPICS`."""
    rows = connection.execute(
        "SELECT topic, known_as, holds, first_day, seq FROM declarations WHERE center_id = %s"
        " ORDER BY topic, known_as, first_day",
        (center,),
    ).fetchall()
    for topic in TOPICS:
        declarations = tuple(
            Declaration(known_as, holds, None if first_day == FLOOR else first_day, seq)
            for of, known_as, holds, first_day, seq in rows
            if of == topic
        )
        names = {one.known_as for one in declarations}
        unsaid = tuple(one for one in _count_names(connection, center, topic) if one[0] not in names)
        yield TopicState(topic, declarations, unsaid)


def _count_names(connection: psycopg.Connection[Any], center: str, topic: str) -> list[tuple[str, int]]:
    """The names that rows have, folded, each with the number of its rows; the most frequent first."""
    if topic not in _NAMES_IN:
        return []
    table, column = map(sql.Identifier, _NAMES_IN[topic])
    found = connection.execute(
        sql.SQL("SELECT {}, count(*) FROM {} WHERE center_id = %s AND {} IS NOT NULL GROUP BY 1").format(
            column, table, column
        ),
        (center,),
    ).fetchall()
    folded: dict[str, int] = {}
    for name, number in found:
        folded[fold_name(name)] = folded.get(fold_name(name), 0) + number
    return sorted(folded.items(), key=lambda one: (-one[1], one[0]))
