"""Forgeries by a centre that has its own key: changes of a package whose manifests and signature then fit."""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpi.handover.package import layout
from kpi.handover.package.binding import (
    batches,
    digest_batches,
    digest_calendars,
    digest_commitments,
    read_binding,
)
from kpi.handover.package.commitments import commitments, make_commitment
from kpi.handover.package.contents import describe_package, write_contents
from kpi.handover.package.signature import make_statement, sign_statement
from kpi.handover.package.year_figures import compute_year_figures
from kpi.offline import Replay
from kpi.offline.log_table import COLUMNS
from tracker import chain
from tracker.chain import get_digest
from tracker.stored_event import Recorded

Json = Any
Change = Callable[[Path], object]
_TEXT_MEMBERS = (
    layout.FIGURES_TABLE, layout.DELIVERIES, layout.VINTAGES, layout.EXCEPTIONS, layout.PAPERS,
    layout.EVIDENCE,
)  # fmt: skip
_TIMES = ("occurred_at", "as_of", "recorded_at")
MADE_UP = "13512345678"


class Closing(Enum):
    """What the forger writes anew after his change."""

    WHOLE = "manifests and signature"
    SIGNATURE = "the signature alone"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Forgery:
    """One change of an unpacked package."""

    name: str
    change: Change
    closing: Closing = Closing.WHOLE


# ---- walking what there is


def walk(content: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a JSON document that holds no other."""
    if isinstance(content, dict):
        for key in content:
            yield from walk(content[key], (*path, key))
    elif isinstance(content, list):
        for place, one in enumerate(content):
            yield from walk(one, (*path, place))
    else:
        yield path


def other(value: Json) -> Json:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value[:-1]}{'0' if value[-1] != '0' else '1'}" if value else "x"
    return "x"


def put(content: Json, path: Sequence[Any], value: Json) -> None:
    for key in path[:-1]:
        content = content[key]
    content[path[-1]] = value


def get(content: Json, path: Sequence[Any]) -> Json:
    for key in path:
        content = content[key]
    return content


def rewrite_json(name: str, change: Callable[[Json], None]) -> Change:
    def rewrite(bag: Path) -> None:
        content = orjson.loads((bag / name).read_bytes())
        change(content)
        layout.write_json(bag / name, content)

    return rewrite


def alter_value(name: str, path: tuple[Any, ...]) -> Change:
    return rewrite_json(name, lambda content: put(content, path, other(get(content, path))))


def add_value(name: str, path: tuple[Any, ...]) -> Change:
    return rewrite_json(name, lambda content: put(content, path, "多出来的"))


def forge_json(bag: Path) -> Iterator[Forgery]:
    """Every value of `package.json`, of one claim and of one definition of each kind; values too many."""
    about = orjson.loads((bag / layout.ABOUT).read_bytes())
    claims = orjson.loads((bag / layout.FIGURES).read_bytes())
    told = orjson.loads((bag / layout.DEFINITIONS).read_bytes())
    place = next((place for place, one in enumerate(claims) if one["vintage"]), len(claims) // 2)
    chosen: list[tuple[str, tuple[Any, ...]]] = [(layout.ABOUT, path) for path in walk(about)]
    chosen += [(layout.FIGURES, (place, key)) for key in claims[place]]
    for kind in ("indicators", "measures", "sources"):
        key = sorted(told[kind])[0]
        chosen += [(layout.DEFINITIONS, (kind, key, *path)) for path in list(walk(told[kind][key]))[:4]]
    crate = orjson.loads((bag / layout.CRATE).read_bytes())
    chosen += [(layout.CRATE, path) for path in list(walk(crate))[:12:3]]
    for name, path in chosen:
        yield Forgery(f"{name} {'/'.join(map(str, path))}", alter_value(name, path))
    added: list[tuple[str, tuple[Any, ...]]] = [
        (layout.ABOUT, ("more",)), (layout.ABOUT, ("center", "more")), (layout.FIGURES, (0, "more")),
        (layout.DEFINITIONS, ("more",)), (layout.DEFINITIONS, ("measures", "more")),
        (layout.CRATE, ("more",)),
    ]  # fmt: skip
    for name, path in added:
        yield Forgery(f"{name} 多出 {'/'.join(map(str, path))}", add_value(name, path))
    yield Forgery("figures.json 少一个数字", rewrite_json(layout.FIGURES, lambda found: found.pop()))
    yield Forgery("figures.json 重复", rewrite_json(layout.FIGURES, lambda found: found.append(found[0])))
    yield Forgery("figures.json 换序", rewrite_json(layout.FIGURES, lambda found: found.reverse()))


def read_table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write_table(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())


def alter_cell(name: str, line: int, place: int) -> Change:
    def alter(bag: Path) -> None:
        rows = read_table(bag / name)
        rows[line][place] = str(other(rows[line][place]))
        write_table(bag / name, rows)

    return alter


def forge_tables(bag: Path) -> Iterator[Forgery]:
    """A cell of every table; a row and a column too many, a row too few."""
    for name in _TEXT_MEMBERS:
        rows = read_table(bag / name)
        line = len(rows) // 2 if len(rows) > 1 else 0
        yield Forgery(f"{name} 一格", alter_cell(name, line, min(4, len(rows[0]) - 1)))
        yield Forgery(f"{name} 多一行", lambda bag, name=name: _append(bag / name, b"x\r\n"))
        if len(rows) > 1:
            yield Forgery(
                f"{name} 少一行",
                lambda bag, name=name: write_table(bag / name, read_table(bag / name)[:-1]),
            )


def _append(path: Path, content: bytes) -> None:
    path.write_bytes(path.read_bytes() + content)


def replace_in(name: str, old: bytes, new: bytes) -> Change:
    def change(bag: Path) -> None:
        content = (bag / name).read_bytes()
        assert old in content
        (bag / name).write_bytes(content.replace(old, new, 1))

    return change


def forge_pages(bag: Path) -> Iterator[Forgery]:
    """The page, the file to read first, and what is written around the payload."""
    value = next(one["value"] for one in orjson.loads((bag / layout.FIGURES).read_bytes()) if one["value"])
    yield Forgery("index.html 数字", replace_in(layout.PAGE, f">{value}".encode(), f">9{value}".encode()))
    script = b"<script>document.title='x'</script></body>"
    yield Forgery("index.html 脚本", replace_in(layout.PAGE, b"</body>", script))
    yield Forgery(
        "README.txt 日志校验值", replace_in(layout.READ_ME, "哈希值 ".encode(), "哈希值 0".encode())
    )
    yield Forgery("README.txt 多一句", lambda bag: _append(bag / layout.READ_ME, b"x"))
    for label in ("Source-Organization", "External-Identifier", "Bagging-Date", "Payload-Oxum"):
        change = replace_in("bag-info.txt", f"{label}: ".encode(), f"{label}: 9".encode())
        yield Forgery(f"bag-info.txt {label}", _signed_with(change), Closing.SIGNATURE)
    more = _signed_with(lambda bag: _append(bag / "bag-info.txt", b"Contact-Name: x\n"))
    yield Forgery("bag-info.txt 多一行", more, Closing.SIGNATURE)
    reversed_lines = _signed_with(_reverse_lines("manifest-sha256.txt"))
    yield Forgery("manifest 换序", reversed_lines, Closing.SIGNATURE)


def _reverse_lines(name: str) -> Change:
    def reverse(bag: Path) -> None:
        lines = (bag / name).read_bytes().splitlines(keepends=True)
        (bag / name).write_bytes(b"".join(reversed(lines)))

    return reverse


def _signed_with(change: Change) -> Change:
    """A change of a tag file after which the tag manifests fit again."""

    def apply(bag: Path) -> None:
        change(bag)
        for algorithm in chain.DIGESTS:
            path = bag / f"tagmanifest-{algorithm}.txt"
            lines = [line.split("  ", 1)[1] for line in path.read_text("utf-8").splitlines()]
            digests = [chain.get_digest(algorithm)((bag / name).read_bytes()).hex() for name in lines]
            path.write_text("".join(f"{one}  {name}\n" for one, name in zip(digests, lines, strict=True)))

    return apply


def run_sql(path: Path, *statements: str) -> None:
    """Changes a Parquet file: the statements see it as the table `t`."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_parquet('{path}')")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def alter_rows(name: str, *statements: str) -> Change:
    return lambda bag: run_sql(bag / name, *statements)


def forge_parquet(bag: Path) -> Iterator[Forgery]:
    """Columns, rows, types and values of the binary tables."""
    false = make_commitment(b"0" * 32, MADE_UP)
    events, facts = layout.EVENTS, layout.FACTS
    for name, statement in (
        (events, "ALTER TABLE t ADD COLUMN more VARCHAR DEFAULT 'x'"),
        (events, "UPDATE t SET hash = upper(hash)"),
        (events, "ALTER TABLE t ALTER seq TYPE HUGEINT"),
        (events, "UPDATE t SET data = replace(data, 'abandoned', 'answered')"),
        (events, "DELETE FROM t WHERE seq = (SELECT max(seq) FROM t)"),
        (layout.BATCHES, "UPDATE t SET merkle_root = repeat('0', 64) WHERE first_seq = 1"),
        (layout.BATCHES, "ALTER TABLE t ADD COLUMN more VARCHAR DEFAULT 'x'"),
        (layout.BATCHES, "DELETE FROM t WHERE first_seq = (SELECT max(first_seq) FROM t)"),
        (layout.COMMITMENTS, f"UPDATE t SET commitment = '{false}'"),
        (layout.COMMITMENTS, "UPDATE t SET commitment = NULL WHERE token = (SELECT min(token) FROM t)"),
        (layout.COMMITMENTS, "DELETE FROM t WHERE token = (SELECT max(token) FROM t)"),
        (layout.COMMITMENTS, f"INSERT INTO t VALUES ('phone-{'0' * 24}', '{false}')"),
        (layout.COMMITMENTS, "ALTER TABLE t ADD COLUMN more VARCHAR DEFAULT 'x'"),
        (f"{facts}/calls.parquet", "ALTER TABLE t ADD COLUMN more VARCHAR DEFAULT 'x'"),
        (f"{facts}/calls.parquet", "UPDATE t SET talk_ms = 1"),
        (f"{facts}/calls.parquet", "INSERT INTO t SELECT * FROM t LIMIT 1"),
        (f"{facts}/deliveries.parquet", "UPDATE t SET file_name = 'x'"),
    ):
        yield Forgery(f"{name} {statement[:60]}", alter_rows(name, statement))
    yield Forgery("批次合并", lambda bag: run_sql(bag / layout.BATCHES, *_merge_batches(bag)))
    yield Forgery("多一张事实表", lambda bag: _copy_beside(bag / facts / "calls.parquet", "more.parquet"))
    yield Forgery("少一张事实表", lambda bag: (bag / facts / "calls.parquet").unlink())


def _merge_batches(bag: Path) -> list[str]:
    """The first two batches become one, with its true root."""
    with duckdb.connect() as connection:
        spans = connection.execute(
            f"SELECT first_seq, last_seq FROM read_parquet('{bag / layout.BATCHES}') ORDER BY 1 LIMIT 2"
        ).fetchall()
        last = spans[-1][1]
        hashes = connection.execute(
            f"SELECT hash FROM read_parquet('{bag / layout.EVENTS}') WHERE seq <= {last} ORDER BY seq"
        ).fetchall()
    root = chain.compute_merkle_root([bytes.fromhex(one) for (one,) in hashes], get_digest("sha256")).hex()
    return [f"DELETE FROM t WHERE last_seq <= {last}", f"INSERT INTO t VALUES (1, {last}, '{root}')"]


def _copy_beside(path: Path, name: str) -> None:
    shutil.copyfile(path, path.with_name(name))


def forge_files(bag: Path) -> Iterator[Forgery]:
    """Calendars, documents and files that nobody expects."""
    calendar = f"{layout.CALENDARS}/2024.toml"
    yield Forgery("日历改了一天", replace_in(calendar, b"2024-01-01", b"2024-01-02"))
    yield Forgery("日历少一年", lambda bag: (bag / calendar).unlink())
    yield Forgery("日历多一年", lambda bag: _copy_beside(bag / calendar, "2026.toml"))
    document = sorted((bag / layout.DOCUMENTS).iterdir())[0].name
    path = Path(layout.DOCUMENTS) / document
    yield Forgery("佐证材料换了内容", lambda bag: _append(bag / path, b"x"))
    yield Forgery("佐证材料换了后缀", lambda bag: (bag / path).rename((bag / path).with_suffix(".exe")))
    yield Forgery("佐证材料少一份", lambda bag: (bag / path).unlink())
    named = sha256(b"x").hexdigest()
    for name in (
        f"{layout.DOCUMENTS}/{named}.pdf", "data/more.txt", "data/facts/.hidden", "more.txt", "index.htm",
        "data/calendar/readme.txt",
    ):  # fmt: skip
        yield Forgery(f"多出 {name}", lambda bag, name=name: (bag / name).write_bytes(b"x"))
    for name in ("manifest-md5.txt", "tagmanifest-md5.txt"):
        more = _signed_with(lambda bag, name=name: (bag / name).write_bytes(b"x"))
        yield Forgery(f"多出 {name}", more, Closing.SIGNATURE)


def alter_part(part: str, change: Callable[[bytes], bytes]) -> Change:
    """Changes one part of the workbook, and packs it as it was packed."""

    def alter(bag: Path) -> None:
        path = bag / layout.WORKBOOK
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        changed = change(parts.get(part, b""))
        assert changed != parts.get(part)
        with zipfile.ZipFile(path, "w") as book:
            for name, content in (parts | {part: changed}).items():
                book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)

    return alter


def alter_workbook_cell(number: int) -> Callable[[bytes], bytes]:
    """The n-th cell with a value shows another."""

    def alter(sheet: bytes) -> bytes:
        found = list(re.finditer(rb"<v>([^<]*)</v>", sheet))
        one = found[number % len(found)]
        return sheet[: one.start(1)] + (b"1" if one[1] != b"1" else b"2") + sheet[one.end(1) :]

    return alter


def list_sheets(bag: Path) -> list[str]:
    with zipfile.ZipFile(bag / layout.WORKBOOK) as book:
        return [name for name in book.namelist() if name.startswith("xl/worksheets/")]


def forge_workbook(bag: Path) -> Iterator[Forgery]:
    """A cell of every sheet, words, formats, names, properties, and parts that nobody sees."""
    for name in list_sheets(bag):
        for number in (3, 40):
            yield Forgery(f"{name} 第{number}格", alter_part(name, alter_workbook_cell(number)))
    for part, old, new in (
        ("xl/sharedStrings.xml", "可核实".encode(), "已核实".encode()),
        ("xl/styles.xml", b"0.00%", b"0%"),
        ("xl/workbook.xml", "一览".encode(), "总览".encode()),
        ("docProps/core.xml", b"<dc:title>", b"<dc:title>x"),
    ):
        change = alter_part(part, lambda content, old=old, new=new: content.replace(old, new))
        yield Forgery(f"workbook {part}", change)
    yield Forgery("workbook 多一部分", alter_part("xl/vbaProject.bin", lambda _: b"x"))
    yield Forgery("workbook 尾部", lambda bag: _append(bag / layout.WORKBOOK, b"x"))


def forge_signature(bag: Path) -> Iterator[Forgery]:
    """Every value of the signature; one too many; another key; spaces that no key signed."""
    for path in walk(orjson.loads((bag / layout.SIGNATURE).read_bytes())):
        name = f"signature {'/'.join(map(str, path))}"
        yield Forgery(name, alter_value(layout.SIGNATURE, path), closing=Closing.NOTHING)
    yield Forgery("signature 多出", add_value(layout.SIGNATURE, ("more",)), closing=Closing.NOTHING)
    spaces = replace_in(layout.SIGNATURE, b"{", b"{ ")
    yield Forgery("signature 空格", spaces, Closing.NOTHING)

    def sign_anew(bag: Path) -> None:
        about = orjson.loads((bag / layout.ABOUT).read_bytes())
        signed = sign_statement(Ed25519PrivateKey.generate(), make_statement(bag, about))
        layout.write_json(bag / layout.SIGNATURE, signed)

    yield Forgery("signature 另一把钥匙", sign_anew, closing=Closing.NOTHING)


def forge_downgrades(bag: Path) -> Iterator[Forgery]:
    """Falsified copies beside a software string that was to excuse them."""
    excuse = rewrite_json(layout.ABOUT, lambda about: about.update(software="hotline 0.0.1"))
    for name, change in (
        (layout.PAGE, lambda bag: _append(bag / layout.PAGE, b"x")),
        (layout.FIGURES_TABLE, alter_cell(layout.FIGURES_TABLE, 1, 3)),
        ("什么也没改", lambda bag: None),
    ):
        yield Forgery(f"另报软件版本 {name}", lambda bag, change=change: (excuse(bag), change(bag)))


# ---- a log that was made anew from end to end


def read_events(bag: Path, center: str) -> list[Recorded]:
    """The events of a package."""
    with duckdb.connect() as connection:
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        rows = connection.execute(
            f"SELECT {columns} FROM read_parquet('{bag / layout.EVENTS}') ORDER BY seq"
        ).fetchall()
    events = []
    for row in rows:
        values = dict(zip(COLUMNS, row, strict=True))
        for name in _TIMES:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        text, hashed = values.pop("data"), bytes.fromhex(values.pop("hash"))
        events.append(Recorded(center=center, text=text, hash=hashed, **values))
    return events


def rechain(events: Sequence[Recorded]) -> list[Recorded]:
    """Numbers and hashes anew; seals name the head before them."""
    digest, link, found = get_digest("sha256"), chain.GENESIS, []
    for number, event in enumerate(events, start=1):
        if event.type == "month.sealed":
            event = with_data(event, head_hash=link.hex(), head_seq=number - 1)
        event = replace(event, seq=number)
        link = digest(link + chain.canonicalize(event.build_envelope(), event.text.encode()))
        found.append(replace(event, hash=link))
    return found


def with_data(event: Recorded, **said: Any) -> Recorded:
    text = orjson.dumps(event.data | said, option=orjson.OPT_SORT_KEYS).decode()
    return replace(event, text=text)


Rewrite = Callable[[list[Recorded]], list[Recorded]]


def remake(
    bag: Path, again: Path, key: Ed25519PrivateKey, rewrite: Rewrite, opens: str | None = None
) -> Path:
    """The whole package of another log, consistent in itself, signed with the centre's key.

    `opens`: a commitment that takes the place of all. Gives the bag below the folder `again`."""
    about = orjson.loads((bag / layout.ABOUT).read_bytes())
    center, digest = about["center"]["id"], about["center"]["digest"]
    made = again / bag.name
    shutil.copytree(bag / layout.CALENDARS, made / layout.CALENDARS)
    shutil.copytree(bag / layout.DOCUMENTS, made / layout.DOCUMENTS)
    events = rechain(rewrite(read_events(bag, center)))
    with Replay(center, again, threads=1) as replay:
        duck = replay.duck
        shutil.copyfile(bag / layout.COMMITMENTS, again / "commitments.parquet")
        duck.read_parquet(commitments, again / "commitments.parquet")
        if opens is not None:
            duck.sql("UPDATE commitments SET commitment = $1", opens)
        *before, last = events
        duck.create(batches)
        root = chain.compute_merkle_root([one.hash for one in before], get_digest(digest)).hex()
        duck.insert(batches, [(1, len(before), root)])
        last = with_data(
            last,
            batches=digest_batches(duck, last.seq),
            commitments=digest_commitments(duck),
            calendars=digest_calendars(made / layout.CALENDARS),
        )
        events = rechain([*before, last])
        root = chain.compute_merkle_root([events[-1].hash], get_digest(digest)).hex()
        duck.insert(batches, [(len(events), len(events), root)])
        replay.take_in(events)
        replay.advance()
        binding = read_binding(duck)
        assert binding is not None
        figures = compute_year_figures(replay, about["year"], binding.moment)
        write_contents(made, replay, binding, digest, figures)
    said = describe_package(center, digest, binding)
    layout.write_json(made / layout.SIGNATURE, sign_statement(key, make_statement(made, said)))
    return made


def answer_a_call(events: list[Recorded]) -> list[Recorded]:
    """A call that nobody took becomes one that was answered."""
    place = next(
        place
        for place, one in enumerate(events)
        if one.type == "call.ended" and one.data.get("outcome") == "queue_abandoned"
    )
    events[place] = with_data(events[place], outcome="answered", talk_ms=60_000)
    return events


def rename_center(events: list[Recorded]) -> list[Recorded]:
    return [*events[:-1], with_data(events[-1], center_name="别的热线")]


def move_moment(events: list[Recorded]) -> list[Recorded]:
    """Prepared a year later, when more days have been silent."""
    last = events[-1]
    at = last.recorded_at.replace(year=last.recorded_at.year + 1)
    return [*events[:-1], replace(with_data(last, prepared_at=at.isoformat()), recorded_at=at, as_of=at,
                                  occurred_at=at)]  # fmt: skip


def cut_before_the_end(events: list[Recorded]) -> list[Recorded]:
    """Without the last call of which nothing is committed to."""
    last = max(one.seq for one in events if one.type == "call.ended" and not one.data.get("caller"))
    return [one for one in events if one.seq != last]


def go_on(events: list[Recorded]) -> list[Recorded]:
    """After the head that was printed, a further event and a further binding."""
    last = events[-1]
    call = next(one for one in events if one.type == "call.ended")
    more = replace(with_data(call, call_id="more"), subject="call/more", recorded_at=last.recorded_at)
    return [*events, more, last]


REMADE: dict[str, Rewrite] = {
    "answer_a_call": answer_a_call,
    "rename_center": rename_center,
    "move_moment": move_moment,
    "cut_before_the_end": cut_before_the_end,
    "go_on": go_on,
    "the same": list,
}


GROUPS: dict[str, Callable[[Path], Iterator[Forgery]]] = {
    "json": forge_json,
    "tables": forge_tables,
    "pages": forge_pages,
    "parquet": forge_parquet,
    "files": forge_files,
    "workbook": forge_workbook,
    "signature": forge_signature,
    "software": forge_downgrades,
}
"""What is changed: an unpacked package → its forgeries."""
