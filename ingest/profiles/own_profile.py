"""A centre's own profile: the mapping that a person corrected, kept for the next file of the vendor."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.cells import Content
from ingest.identity.numbers import Identity
from ingest.kinds import KIND_NAMED, Rules, TableKind
from ingest.profiles.deadlines import LIMITS, PAUSES, DeadlineRule
from ingest.profiles.profile import Profile, load_profiles
from ingest.profiles.toml_profiles import ProfileProblem, read_profile
from ingest.recognition.header_labels import parse_label
from tracker.file_writing import WorkingFolder, write_whole
from tracker.toml_writing import replace_table, write_toml

_NAME = re.compile(r"[^\w-]+")
_LONGEST = 40
_HEAD = ("由导入页面保存；也可以手工修改。",)


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
    _write_profile(folder / f"{name}.toml", write_mapping(mapping))
    return name


def compile_mapping(mapping: ColumnMapping) -> Profile:
    """The profile that a mapping would be kept as. Raises: ProfileProblem for one that could not be read."""
    with WorkingFolder() as folder:
        path = folder / f"{to_file_name(mapping.title) or mapping.kind.name}.toml"
        path.write_text(write_mapping(mapping), encoding="utf-8")
        return Profile(name=path.stem, **read_profile(path))


def remember_identity(home: Path, center: str, profile: Profile) -> None:
    """Keeps in the centre's own profile what its numbers identify; where that is known, nothing changes.

    The profile that was used is written out under its own name, so that the centre's takes its place."""
    known = load_profiles(home / "profiles", center).get(profile.name)
    if known is None or known.identity == profile.identity:
        return
    text = write_toml({"title": profile.title, "kind": profile.kind.name})
    if known.source is not None:
        text = known.source.read_text(encoding="utf-8-sig")
    text = replace_table(text, "identity", _describe_identity(profile.identity), ProfileProblem)
    write_own(home, center, profile.name, text)


def write_own(home: Path, center: str, name: str, text: str) -> None:
    """Puts the text of a profile among the centre's own, whole or not at all.

    Raises: ProfileProblem for one that could not be read again."""
    folder = home / "profiles" / center
    folder.mkdir(parents=True, exist_ok=True)
    _write_profile(folder / f"{name}.toml", text)


def _write_profile(path: Path, text: str) -> None:
    """Raises: ProfileProblem for one that could not be read again."""
    with write_whole(path) as part:
        part.write_text(text, encoding="utf-8")
        read_profile(part)


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


def write_mapping(mapping: ColumnMapping) -> str:
    """The mapping as the TOML text of a profile."""
    return write_toml(_drop_empty(_describe(mapping)), _HEAD)


def _describe(mapping: ColumnMapping) -> dict[str, Any]:
    """Every key that a profile may have; None or empty where the mapping says nothing."""
    rules = mapping.rules
    columns = list(dict.fromkeys(mapping.columns.values()))
    return {
        "title": mapping.title,
        "kind": mapping.kind.name,
        "without_header": [*map(str, mapping.without_header)],
        "signature": None if mapping.without_header else columns,
        "ignored": list(mapping.ignored),
        "dates": mapping.dates,
        "time_zone": mapping.time_zone,
        "hours": mapping.hours,
        "empties": list(mapping.empties),
        "empty_retracts": rules.empty_retracts or None,
        "lists_leavers": rules.lists_leavers or None,
        "truly_empty": sorted(rules.truly_empty),
        "columns": mapping.columns,
        "constants": mapping.constants,
        "units": mapping.units,
        "halves": mapping.halves,
        "joined": _list_each(mapping.joined),
        "rows": {"each": "leg", "summary": rules.summary} if rules.legs else None,
        "derived": {key: one.text for key, one in rules.derived.items()},
        **_describe_several_columns(rules),
        "words": {key: _list_each(meanings) for key, meanings in mapping.words.items()},
        "deadline": None if rules.deadline is None else describe_deadline(rules.deadline),
        "identity": None if mapping.identity == Identity() else _describe_identity(mapping.identity),
    }


def _describe_several_columns(rules: Rules) -> dict[str, Any]:
    """What is read from several columns, or from a part of a cell or of the rows."""
    return {
        "first_filled": _list_each(rules.first_filled),
        "earliest": _list_each(rules.earliest),
        "first_of": rules.first_of,
        "only": _list_each(rules.only),
        "outbound": rules.outbound,
    }


def describe_deadline(rule: DeadlineRule) -> dict[str, Any]:
    """The table `[deadline]` of a profile; what the rule leaves open is left out."""
    described = {
        "otherwise": rule.otherwise,
        "cutoff": rule.cutoff,
        "pauses": None if rule.pauses is None else PAUSES[rule.pauses],
        "work_hours": ["-".join(end.isoformat() for end in span) for span in rule.work_hours],
        "end_of_day": rule.end_of_day,
    } | {
        key: {kind: one.number for kind, one in rule.limits.items() if one.unit == unit}
        for key, unit in LIMITS.items()
    }
    return _drop_empty(described)


def _describe_identity(identity: Identity) -> dict[str, Any]:
    return {"within": identity.within} | ({"fold_spelling": True} if identity.fold_spelling else {})


def _list_each(table: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {key: list(texts) for key, texts in table.items()}


def _drop_empty(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without keys that say nothing, in the tables within too."""
    kept = {key: _drop_empty(one) if isinstance(one, Mapping) else one for key, one in table.items()}
    return {key: one for key, one in kept.items() if one is not None and one != {} and one != []}
