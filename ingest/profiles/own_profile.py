"""A centre's own profile: the mapping that a person corrected, kept for the next file of the vendor."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.cells import Content
from ingest.identity.numbers import Identity
from ingest.kinds import KIND_NAMED, Rules, TableKind
from ingest.profiles.deadlines import LIMITS
from ingest.profiles.profile import Profile, load_profiles
from ingest.profiles.toml_profiles import ProfileProblem, read_profile
from ingest.recognition.header_labels import parse_label
from tracker.file_writing import WorkingFolder, write_whole

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NAME = re.compile(r"[^\w-]+")
_LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Which column serves which field of one kind of table, and how a vendor writes things."""

    title: str
    kind: TableKind
    columns: Mapping[str, str]  # field → title
    ignored: tuple[str, ...] = ()  # titles
    constants: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → titles of its day and time
    dates: str | None = None  # order of the parts of dates whose year stands last
    time_zone: str | None = None  # of moments that say none
    hours: int | None = None  # 24, where that was asked
    halves: Mapping[str, str] = field(default_factory=dict)  # field → title of its column of 上午 and 下午
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict
    )  # field → meaning → words
    empties: tuple[str, ...] = ()
    without_header: tuple[Content, ...] = ()  # what each column holds, where the first row is one of data
    rules: Rules = field(default_factory=Rules)
    identity: Identity = field(default_factory=Identity)


def save_mapping(home: Path, center: str, mapping: ColumnMapping) -> str:
    """Writes the profile and gives its name; one for the same header takes the place of the earlier one.

    Raises: ProfileProblem for a name that is taken or a mapping that could not be read again."""
    folder = home / "profiles" / center
    name = _same_header(home, center, mapping) or _free_name(home, center, mapping)
    folder.mkdir(parents=True, exist_ok=True)
    _write_profile(folder / f"{name}.toml", _lines(mapping))
    return name


def compile_mapping(mapping: ColumnMapping) -> Profile:
    """The profile that a mapping would be kept as. Raises: ProfileProblem for one that could not be read."""
    with WorkingFolder() as folder:
        path = folder / f"{to_file_name(mapping.title) or mapping.kind.name}.toml"
        path.write_text("\n".join(_lines(mapping)) + "\n", encoding="utf-8")
        return Profile(name=path.stem, **read_profile(path))


def remember_identity(home: Path, center: str, profile: Profile) -> None:
    """Keeps in the centre's own profile what its numbers identify; where that is known, nothing changes.

    The profile that was used is written out under its own name, so that the centre's takes its place."""
    known = load_profiles(home / "profiles", center).get(profile.name)
    if known is None or known.identity == profile.identity:
        return
    lines = [f"title = {to_toml_text(profile.title)}", f"kind = {to_toml_text(profile.kind.name)}"]
    if known.source is not None:
        lines = _without_identity(known.source.read_text(encoding="utf-8-sig").splitlines())
    folder = home / "profiles" / center
    folder.mkdir(parents=True, exist_ok=True)
    _write_profile(folder / f"{profile.name}.toml", [*lines, *_identity(profile.identity)])


def _write_profile(path: Path, lines: Iterable[str]) -> None:
    """Raises: ProfileProblem for one that could not be read again."""
    with write_whole(path) as part:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        read_profile(part)


def _identity(identity: Identity) -> Iterator[str]:
    rows = {"within": to_toml_text(identity.within)}
    return _table("identity", rows | ({"fold_spelling": "true"} if identity.fold_spelling else {}))


def _without_identity(lines: list[str]) -> list[str]:
    """A profile's lines but for its table [identity]."""
    rest, inside = [], False
    for line in lines:
        if line.lstrip().startswith("["):
            inside = line.strip().startswith("[identity]")
        if not inside:
            rest.append(line)
    return rest


def _same_header(home: Path, center: str, mapping: ColumnMapping) -> str | None:
    """The centre's own profile of this kind that the same titles call for."""
    wanted = frozenset(parse_label(title).base for title in mapping.columns.values())
    for name, profile in _own_profiles(home, center, mapping.kind):
        if profile.without_header == mapping.without_header and (
            profile.without_header or profile.signature == wanted
        ):
            return name
    return None


def _own_profiles(home: Path, center: str, kind: TableKind) -> Iterator[tuple[str, Profile]]:
    """The profiles of a kind that the centre has made itself."""
    own = {path.stem for path in (home / "profiles" / center).glob("*.toml")}
    for name, profile in load_profiles(home / "profiles", center).items():
        if name in own and profile.kind is kind:
            yield name, profile


def to_file_name(title: str) -> str:
    """A title as the name of a profile and its file; "" where nothing of it can be."""
    return _NAME.sub("-", title).strip("-_")[:_LONGEST]


def _free_name(home: Path, center: str, mapping: ColumnMapping) -> str:
    """A name that no other profile has; a profile for a table with these titles is mended under its own."""
    name = to_file_name(mapping.title)
    if not name:
        raise ProfileProblem("请给导入方案起个名字，例如平台或供应商的名称。")
    titles = {parse_label(title).base for title in (*mapping.columns.values(), *mapping.ignored)}
    mended = dict(_own_profiles(home, center, mapping.kind)).get(name)
    if mended is not None and (
        len(mended.without_header) == len(mapping.without_header)
        if mended.without_header
        else mended.signature and mended.signature <= titles
    ):
        return name
    if name in KIND_NAMED or name in load_profiles(home / "profiles", center):
        raise ProfileProblem(f"已有名为“{name}”的导入方案，请换一个名字。")
    return name


def _lines(mapping: ColumnMapping) -> Iterable[str]:
    yield "# 由导入页面保存；也可以手工修改。"
    yield f"title = {to_toml_text(mapping.title)}"
    yield f"kind = {to_toml_text(mapping.kind.name)}"
    if mapping.without_header:
        yield f"without_header = {to_toml_list(mapping.without_header)}"
    else:
        yield f"signature = {to_toml_list(dict.fromkeys(mapping.columns.values()))}"
    if mapping.ignored:
        yield f"ignored = {to_toml_list(mapping.ignored)}"
    if mapping.dates:
        yield f"dates = {to_toml_text(mapping.dates)}"
    if mapping.time_zone:
        yield f"time_zone = {to_toml_text(mapping.time_zone)}"
    if mapping.hours:
        yield f"hours = {mapping.hours}"
    if mapping.empties:
        yield f"empties = {to_toml_list(mapping.empties)}"
    flags = ("empty_retracts", "lists_leavers")
    yield from (f"{rule} = true" for rule in flags if getattr(mapping.rules, rule))
    if mapping.rules.truly_empty:
        yield f"truly_empty = {to_toml_list(sorted(mapping.rules.truly_empty))}"
    for name, table in (
        ("columns", mapping.columns),
        ("constants", mapping.constants),
        ("units", mapping.units),
        ("halves", mapping.halves),
    ):
        yield from _table(name, {key: to_toml_text(value) for key, value in table.items()})
    yield from _table("joined", {key: to_toml_list(titles) for key, titles in mapping.joined.items()})
    if mapping.rules.legs:
        summary = mapping.rules.summary
        yield from _table(
            "rows", {"each": '"leg"'} | ({"summary": to_toml_text(summary)} if summary is not None else {})
        )
    yield from _table("derived", {key: to_toml_text(one.text) for key, one in mapping.rules.derived.items()})
    yield from _several_columns(mapping.rules)
    for key, meanings in mapping.words.items():
        yield from _table(
            f"words.{key}", {to_toml_key(meaning): to_toml_list(words) for meaning, words in meanings.items()}
        )
    yield from _deadline(mapping.rules)
    if mapping.identity != Identity():
        yield from _identity(mapping.identity)


def _several_columns(rules: Rules) -> Iterator[str]:
    """What is read from several columns, or from a part of a cell or of the rows."""
    yield from _table(
        "first_filled", {key: to_toml_list(titles) for key, titles in rules.first_filled.items()}
    )
    yield from _table("earliest", {key: to_toml_list(titles) for key, titles in rules.earliest.items()})
    yield from _table("first_of", {key: to_toml_text(one) for key, one in rules.first_of.items()})
    yield from _table(
        "only", {to_toml_key(title): to_toml_list(words) for title, words in rules.only.items()}
    )
    yield from _table(
        "outbound", {to_toml_key(one): to_toml_text(other) for one, other in rules.outbound.items()}
    )


def _deadline(rules: Rules) -> Iterable[str]:
    rule = rules.deadline
    if rule is None:
        return
    table = {"otherwise": str(rule.otherwise)} if rule.otherwise is not None else {}
    table |= {"cutoff": rule.cutoff.isoformat()} if rule.cutoff else {}
    if rule.work_hours:
        table["work_hours"] = to_toml_list(
            "-".join(end.isoformat() for end in span) for span in rule.work_hours
        )
    yield from _table("deadline", table | {"end_of_day": rule.end_of_day.isoformat()})
    for key, unit in LIMITS.items():
        chosen = {
            to_toml_text(kind): str(one.number) for kind, one in rule.limits.items() if one.unit == unit
        }
        yield from _table(f"deadline.{key}", chosen)


def _table(name: str, rows: Mapping[str, str]) -> Iterator[str]:
    if rows:
        yield ""
        yield f"[{name}]"
        yield from (f"{key} = {value}" for key, value in rows.items())


def to_toml_key(word: str) -> str:
    """A key of a table; TOML wants those in quotes that are not ASCII."""
    return word if word and _BARE.fullmatch(word) else to_toml_text(word)


def to_toml_list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(to_toml_text, texts))}]"


def to_toml_text(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
