"""Import profiles (导入方案): how one vendor names, spells and measures things, as data.

Every kind has a profile of its own name that goes by the titles its fields know; TOML files add vendors'
profiles: the packaged ones, those of HOTLINE_HOME/profiles, and a centre's own below it; the last one wins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.cells import BEIJING_TIME, Content, DateOrder
from ingest.identity.numbers import Identity
from ingest.kinds import KINDS, Rules, TableKind
from ingest.profiles.toml_profiles import ProfileProblem, read_marks, read_profile
from ingest.recognition.header_labels import HeaderLabel, parse_label

PACKAGED = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How the tables of one vendor are to be read; what it leaves open goes by the fields' own titles."""

    name: str
    title: str
    kind: TableKind
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → titles of its column
    ignored: frozenset[HeaderLabel] = frozenset()  # titles of columns that nothing may use
    constants: Mapping[str, str] = field(default_factory=dict)  # field → value that all rows have
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → titles of its day and time
    dates: DateOrder | None = None  # of dates whose year stands last
    time_zone: str | None = None  # of moments that say none; None: nobody said, Beijing's
    hours: int | None = None  # 24: they are counted through, though none may be above 12; None: nobody said
    halves: Mapping[str, str] = field(default_factory=dict)  # field → title of its column of 上午 and 下午
    units: Mapping[str, str] = field(default_factory=dict)  # field → unit of its column
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field → spelling → meaning
    empties: frozenset[str] = frozenset()
    signature: frozenset[str] = frozenset()  # comparable titles by which the vendor is recognised
    rules: Rules = field(default_factory=Rules)
    identity: Identity = field(default_factory=Identity)
    without_header: tuple[Content, ...] = ()  # what each column holds, of tables that have no header
    source: Path | None = None  # the file that it was read from; None: it is its kind's own
    default: bool = False  # takes the place of its kind's own profile
    problem: str = ""  # what is wrong with its file; nothing is read by such a one

    @property
    def zone(self) -> ZoneInfo | None:
        """Where clocks of moments that say no zone are read; None: in Beijing."""
        return None if self.time_zone in (None, BEIJING_TIME) else ZoneInfo(str(self.time_zone))

    @cached_property
    def labels(self) -> frozenset[str]:
        """Comparable titles of all columns that this profile could use."""
        titles = [*self.columns.values(), *self.joined.values(), *self.rules.several.values()]
        own = {parse_label(title).base for each in titles for title in each}
        return frozenset(own.union(*(field.labels for field in self.kind.fields)))

    def suits(self, titles: Iterable[str]) -> bool:
        """Whether a header bears this vendor's signature."""
        return bool(self.signature) and self.signature <= {parse_label(title).base for title in titles}


def load_profiles(extra: Path | None = None, center: str | None = None) -> dict[str, Profile]:
    """All profiles by name; `extra` holds the instance's own, and in a folder of its code a centre's.

    One whose file is faulty is among them and has a `problem`: it stops only what would be read by it."""
    profiles = {kind.name: Profile(name=kind.name, title=kind.title, kind=kind) for kind in KINDS}
    for folder in (PACKAGED, extra, extra and center and extra / center):
        for path in sorted(folder.glob("*.toml")) if folder else ():
            profiles[path.stem] = _load(path)
    return profiles


def _load(path: Path) -> Profile:
    try:
        return Profile(name=path.stem, source=path, **read_profile(path))
    except ProfileProblem as problem:
        kind, signature = read_marks(path)
        return Profile(
            name=path.stem, title=path.stem, kind=kind, signature=signature, source=path, problem=str(problem)
        )


def candidates(profiles: Mapping[str, Profile]) -> list[Profile]:
    """Those that are tried when none is named: the signed ones, and one for each kind.

    Raises: ProfileProblem when two want to be the default of one kind."""
    chosen: dict[str, Profile] = {}
    for profile in profiles.values():
        if profile.problem:
            continue
        held = chosen.get(profile.kind.name)
        if profile.default and held is not None and held.default:
            raise ProfileProblem(
                f"导入方案“{held.name}”和“{profile.name}”都是“{profile.kind.title}”的默认方案；请只留一个。"
            )
        if profile.default or (profile.name == profile.kind.name and held is None):
            chosen[profile.kind.name] = profile
    signed = [profile for profile in profiles.values() if profile.signature]  # faulty ones refuse their files
    return [*signed, *(profile for profile in chosen.values() if not profile.signature)]


def named(profiles: Mapping[str, Profile], name: str) -> Profile:
    """Raises: ProfileProblem that lists the profiles there are, or says what is wrong with this one."""
    if name not in profiles:
        raise ProfileProblem(f"没有名为“{name}”的导入方案；现有：{'、'.join(sorted(profiles))}。")
    if profiles[name].problem:
        raise ProfileProblem(profiles[name].problem)
    return profiles[name]


__all__ = ["PACKAGED", "Profile", "ProfileProblem", "candidates", "load_profiles", "named"]
