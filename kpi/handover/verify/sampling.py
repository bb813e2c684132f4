"""The evaluator's random sample of delivered rows, and what proves that they are in the package's log.

The seed is the evaluator's: nobody who made the package could know which rows it draws. Drawn are the rows
whose SHA-256(seed ‖ ":" ‖ hash of the event, hexadecimal) is smallest, which anybody can compute again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package import layout
from kpi.handover.verify.findings import CheckStep, StepOutcome, make_judged_step
from kpi.offline.duck import Duck, quote_id, quote_str
from kpi.offline.log_table import COLUMNS
from tracker import chain
from tracker.events import SOURCES

TITLE = "抽样"
NO_ROW: dict[str, Any] = {"event": {"seq": "—"}}
RULE = "SHA-256(种子:事件哈希值) 最小的若干条"
_NEVER_DRAWN = ("ledger", "lists", "closing", "documents", "evaluation")  # acts in the system itself
DRAWN = {key: name for key, name in SOURCES.items() if key not in _NEVER_DRAWN}
"""The sources of delivered rows: key → Chinese name."""

_ROWS = """
SELECT {columns} FROM log
WHERE "row" IS NOT NULL AND delivery IS NOT NULL AND NOT list_contains($1::VARCHAR[], source)
  AND (occurred_at IS NULL OR starts_with(occurred_at, $2)) AND ($3::VARCHAR IS NULL OR source = $3)
"""


class SampleProblem(ValueError):
    """抽不出样，或样本文件读不懂。"""


@dataclass(frozen=True)
class SampleRow:
    """One row of the sample, with what leads from it to the package's log."""

    event: dict[str, Any]  # the envelope, as hashed
    data: str  # canonical payload, as hashed
    previous: str  # hash of the event before
    hash: str
    batch: tuple[int, int]  # first and last event of its batch
    path: chain.MerklePath  # from the event's hash to the batch's Merkle root
    file_name: str  # the delivered file, and its SHA-256
    file_sha256: str

    @property
    def seq(self) -> int:
        return int(self.event["seq"])


@dataclass(frozen=True)
class Sample:
    """What was drawn, and how."""

    center: str
    year: int
    head: dict[str, Any]
    seed: str
    source: str | None  # None: all
    population: int
    rows: tuple[SampleRow, ...]


def draw_rows(
    bag: Path, duck: Duck, about: Mapping[str, Any], seed: str, count: int, source: str | None = None
) -> Sample:
    """Draws from the delivered rows of the package's year. Raises: SampleProblem where there are none."""
    year, center = about["year"], about["center"]["id"]
    parameters = (list(_NEVER_DRAWN), str(year), source)
    population = int(
        duck.sql(f"SELECT count(*) FROM ({_ROWS.format(columns='seq')})", *parameters).scalar_one()
    )
    if not population:
        of = "" if source is None else f"来源“{source}”的"
        raise SampleProblem(f"包里没有{year}年{of}数据行；有这些来源：{'、'.join(_list_sources(duck))}。")
    columns = ", ".join(quote_id(name) for name in COLUMNS)
    rows = duck.sql(
        f"SELECT * FROM ({_ROWS.format(columns=columns)}) ORDER BY sha256($4 || ':' || hash) LIMIT $5",
        *parameters, seed, count,
    )  # fmt: skip
    drawn = [dict(row) for row in rows.mappings()]
    proven = _ProofReader(bag, duck, center, chain.get_digest(about["center"]["digest"]))
    return Sample(center, year, about["head"], seed, source, population, tuple(map(proven.of, drawn)))


def convert_sample(sample: Sample) -> dict[str, Any]:
    """The sample as an object, which `check_sample` reads."""
    return {"rule": RULE} | asdict(sample)


def read_sample(content: Mapping[str, Any]) -> Sample:
    """What `convert_sample` gave."""
    values = {one.name: content[one.name] for one in fields(Sample)}
    return Sample(**values | {"rows": tuple(_read_row(row) for row in content["rows"])})


def is_proven(row: Mapping[str, Any], root: str, digest: chain.Digest) -> bool:
    """Whether a row has the hash that it says, and that is under the Merkle root of its batch."""
    content = bytes.fromhex(row["previous"]) + chain.canonicalize(row["event"], row["data"].encode())
    path = [(side, other) for side, other in row["path"]]
    found = digest(content)
    return found.hex() == row["hash"] and chain.compute_root(found, path, digest).hex() == root


def check_sample(bag: Path, duck: Duck, about: Mapping[str, Any], path: Path) -> CheckStep:
    """A sample that somebody brings: drawn by its seed from this package, and every row of it proven."""
    content = orjson.loads(path.read_bytes())
    if content["head"] != about["head"] or content["center"] != about["center"]["id"]:
        return CheckStep(TITLE, StepOutcome.FAILED, f"{path.name} 是从另一个证据包抽的，不能用来核对本包。")
    again = draw_rows(bag, duck, about, content["seed"], len(content["rows"]), content["source"])
    wanted = orjson.loads(orjson.dumps(convert_sample(again)))
    problems = [
        f"第 {row['event']['seq']} 号事件：与日志不符，或不是这个种子抽到的"
        for row, drawn in zip_longest(content["rows"], wanted["rows"], fillvalue=NO_ROW)
        if row != drawn
    ]
    problems += [
        f"{name}：与由种子重抽的不符"
        for name in sorted(content.keys() | wanted.keys())
        if name != "rows" and content.get(name) != wanted.get(name)
    ]
    right = f"{len(again.rows)} 行由种子“{again.seed}”从 {again.population:,} 行中抽出，都在日志里。"
    return make_judged_step(TITLE, problems, right, "样本与包不符：")


def _read_row(row: Mapping[str, Any]) -> SampleRow:
    first, last = row["batch"]
    path = [(side, other) for side, other in row["path"]]
    return SampleRow(**dict(row) | {"batch": (first, last), "path": path})


class _ProofReader:
    """Leads from events to the Merkle roots of their batches."""

    def __init__(self, bag: Path, duck: Duck, center: str, digest: chain.Digest):
        self._duck, self._center, self._digest = duck, center, digest
        self._batches = [(int(first), int(last)) for first, last, _ in _read_batches(bag, duck)]
        files: Iterable[Any] = duck.sql(
            "SELECT json_extract_string(data, '$.delivery'), json_extract_string(data, '$.file_name'),"
            " json_extract_string(data, '$.sha256') FROM log WHERE type = 'delivery.imported' ORDER BY seq"
        )
        self._files = {delivery: (name, digest) for delivery, name, digest in files}

    def of(self, row: dict[str, Any]) -> SampleRow:
        seq, data, hash_ = row["seq"], row.pop("data"), row.pop("hash")
        first, last = next(one for one in self._batches if one[0] <= seq <= one[1])
        hashes = {number: bytes.fromhex(text) for number, text in self._read_hashes(first - 1, last)}
        leaves = [hashes[number] for number in range(first, last + 1)]
        name, digest = self._files.get(row["delivery"], ("", ""))
        return SampleRow(
            event=row | {"center": self._center},
            data=data,
            previous=hashes.get(seq - 1, chain.GENESIS).hex(),
            hash=hash_,
            batch=(first, last),
            path=chain.build_merkle_path(leaves, seq - first, self._digest),
            file_name=name,
            file_sha256=digest,
        )

    def _read_hashes(self, first: int, last: int) -> Iterable[Any]:
        return self._duck.sql("SELECT seq, hash FROM log WHERE seq BETWEEN $1 AND $2", first, last)


def _read_batches(bag: Path, duck: Duck) -> Iterable[Any]:
    path = quote_str(str(bag / layout.BATCHES))
    return duck.sql(f"SELECT first_seq, last_seq, merkle_root FROM read_parquet({path}) ORDER BY first_seq")


def _list_sources(duck: Duck) -> list[str]:
    found = duck.sql('SELECT DISTINCT source FROM log WHERE "row" IS NOT NULL ORDER BY source')
    return [SOURCES.get(source, source) for (source,) in found if source not in _NEVER_DRAWN]
