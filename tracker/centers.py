"""The hotline centres of this instance."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa

from tracker import chain
from tracker.database import metadata

centers = sa.Table(
    "centers",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # sha256 | sm3: how the centre's log is chained
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
)

RESERVED = ("api", "bootstrap", "healthz")  # what addresses that are no centre's begin with
LONGEST_NAME = 40
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class CenterProblem(ValueError):
    """没有这个中心，或编号不能用。"""


@dataclass(frozen=True)
class Center:
    """A hotline centre: the unit of a log."""

    center_id: str
    name: str
    digest: str


def build_center(center_id: str, name: str, digest: str) -> Center:
    """A centre from its row. One that nobody has named has its code for a name, which reads badly alone."""
    return Center(center_id, f"{center_id}中心" if name == center_id else name, digest)


def list_known_centers(connection: psycopg.Connection[Any]) -> list[Center]:
    """All centres, by code."""
    rows = connection.execute("SELECT center_id, name, digest FROM centers ORDER BY center_id")
    return [build_center(*row) for row in rows]


def create_center(
    connection: psycopg.Connection[Any], center_id: str, name: str, *, now: datetime, digest: str = "sha256"
) -> Center:
    """A new centre with an empty log. Raises: CenterProblem."""
    if not _CODE.fullmatch(center_id):
        raise CenterProblem(f"中心编号“{center_id}”不能用：请用小写字母、数字、- 或 _，不超过 32 个字符。")
    if center_id in RESERVED:
        raise CenterProblem(f"中心编号“{center_id}”是系统自用的地址，不能用；请另取一个。")
    chain.check_available(digest)
    made = connection.execute(
        "INSERT INTO centers VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", (center_id, name, digest, now)
    )
    if not made.rowcount:
        raise CenterProblem(f"中心“{center_id}”已经存在。")
    connection.execute("INSERT INTO heads VALUES (%s, 0, %s)", (center_id, chain.GENESIS))
    return build_center(center_id, name, digest)


def rename_center(connection: psycopg.Connection[Any], center_id: str, name: str) -> str:
    """Gives a centre another name, which pages and documents made from now on bear; returns the one before.

    The name is no part of the log, and documents made before keep theirs. Raises: CenterProblem.
    """
    name = clean_center_name(name)
    before = next((one.name for one in list_known_centers(connection) if one.center_id == center_id), None)
    if before is None:
        raise CenterProblem(f"没有编号为“{center_id}”的中心。")
    connection.execute("UPDATE centers SET name = %s WHERE center_id = %s", (name, center_id))
    return before


def clean_center_name(name: str) -> str:
    """A name without what surrounds it, its runs of white space as one blank. Raises: CenterProblem."""
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise CenterProblem(f"请填写中心名称，不超过 {LONGEST_NAME} 个字，如“示例市12345热线”。")
    return cleaned


def hold_centers(connection: psycopg.Connection[Any]) -> None:
    """Whoever else asks waits until the transaction ends; for making the first centre where there is none."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('hotline centers'))")


def find_center(connection: psycopg.Connection[Any], center_id: str | None) -> Center:
    """The centre of that code; the only one when none is named.

    Raises: CenterProblem that lists the centres there are.
    """
    there = list_known_centers(connection)
    chosen = [center for center in there if center_id in (None, center.center_id)]
    if len(chosen) == 1:
        return chosen[0]
    listed = "、".join(center.center_id for center in there) or "还没有任何中心"
    if center_id is None:
        raise CenterProblem(f"请用 --center 指明中心（现有：{listed}）。")
    raise CenterProblem(f"没有编号为“{center_id}”的中心（现有：{listed}）；可用 hotline center add 新增。")
