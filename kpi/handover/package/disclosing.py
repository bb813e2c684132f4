"""Opens the personal values of single rows to a reviewer: what `hotline verify --disclosure` checks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import psycopg

from kpi.handover.package import layout
from kpi.handover.package.apart import answer_apart, run_apart
from kpi.handover.package.commitments import make_commitment
from kpi.handover.package.container import UnreadablePackage, unpack
from kpi.offline import Replay
from kpi.offline.duck import Duck, quote_str
from tracker.events import find_title
from tracker.personal_numbers import TOKEN
from tracker.sandbox import Channel
from tracker.vault import Vault

_TOKEN = re.compile(TOKEN)


class DisclosureProblem(ValueError):
    """披露文件开不出来，原因见说明。"""


_PROBLEMS = (UnreadablePackage, DisclosureProblem)


def disclose_values(
    package: Path, connection: psycopg.Connection[Any], vault: Vault, seqs: Sequence[int]
) -> dict[str, Any]:
    """The values behind the tokens of a package's rows, each with the salt of its commitment.

    Raises: UnreadablePackage, DisclosureProblem for rows without personal values, or values that are not
    those that the package bound itself to.
    """
    found = run_apart(f"{__name__}:serve", package, list(dict.fromkeys(seqs)), _PROBLEMS)
    center, personal = found["center"], [_PersonalValue(*one) for one in found["personal"]]
    if not personal:
        raise DisclosureProblem("这些行里没有号码和姓名，不需要披露。")
    values = vault.read_values(connection, center, sorted({one.token for one in personal}))
    own, bound = vault.of(connection, center), found["bound"]
    opened = [_disclose_value(one, values.get(one.token), own.salt(one.token), bound) for one in personal]
    return {"center": center, "head": found["head"], "opened": opened}


def serve(channel: Channel, argument: Any) -> None:
    """The process that opens the package."""
    path, folder, seqs = argument
    answer_apart(channel, lambda: _look_up(Path(path), Path(folder), seqs), _PROBLEMS)


def _look_up(package: Path, folder: Path, seqs: Sequence[int]) -> dict[str, Any]:
    """The personal values in rows of a package, and what it bound their tokens to."""
    bag = unpack(package, folder).bag
    about = orjson.loads((bag / layout.ABOUT).read_bytes())
    center = about["center"]["id"]
    with Replay(center, bag) as replay:
        replay.load_parquet(bag / layout.EVENTS)
        personal = [one for seq in seqs for one in _list_personal_values(replay.duck, seq)]
        bound = _read_commitments(bag, replay.duck, [one.token for one in personal])
    return {"center": center, "head": about["head"], "personal": list(map(list, personal)), "bound": bound}


def read_sampled_rows(path: Path) -> list[int]:
    """The rows of a sample that `sample-rows --proofs` wrote. Raises: DisclosureProblem."""
    try:
        return [int(row["event"]["seq"]) for row in orjson.loads(path.read_bytes())["rows"]]
    except (KeyError, TypeError, ValueError) as problem:
        raise DisclosureProblem(f"{path.name} 不是 hotline sample-rows --proofs 写出的样本。") from problem


class _PersonalValue(NamedTuple):
    """A personal value in an event."""

    seq: int
    field: str
    token: str
    title: str


def _list_personal_values(duck: Duck, seq: int) -> list[_PersonalValue]:
    """Each personal value in an event; none where it has none."""
    row = duck.sql("SELECT type, data FROM log WHERE seq = $1", seq).first()
    if row is None:
        raise DisclosureProblem(f"包里没有第 {seq} 号事件；记录号见抽样核对表或“事件”页。")
    content: Mapping[str, Any] = orjson.loads(row.data)
    return [
        _PersonalValue(seq, field, token, find_title(field, row.type).of_logged)
        for field, value in content.items()
        if isinstance(value, str)
        for token in dict.fromkeys(_TOKEN.findall(value))
    ]


def _read_commitments(bag: Path, duck: Duck, tokens: Sequence[str]) -> dict[str, str | None]:
    file = quote_str(str(bag / layout.COMMITMENTS))
    rows: Iterable[Any] = duck.sql(
        f"SELECT token, commitment FROM read_parquet({file}) WHERE list_contains($1::VARCHAR[], token)",
        list(tokens),
    )
    return dict(tuple(row) for row in rows)


def _disclose_value(
    one: _PersonalValue, value: str | None, salt: bytes, bound: Mapping[str, str | None]
) -> dict[str, Any]:
    name = f"第 {one.seq} 号事件的{one.title}"
    if value is None:
        raise DisclosureProblem(f"{name}已从个人信息库删除，无法披露。")
    if make_commitment(salt, value) != bound.get(one.token):
        raise DisclosureProblem(f"{name}与包内的承诺不符：打包以后个人信息库换过；请重新打包再披露。")
    return {
        "seq": one.seq,
        "field": one.field,
        "token": one.token,
        "salt": salt.hex(),
        "value": value,
    }
