"""The profiles that a centre has: listed, taken in from a file or another centre, removed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from ingest.kinds import KIND_NAMED
from ingest.profiles.own_profile import to_file_name
from ingest.profiles.profile import Profile, candidates, load_profiles
from ingest.profiles.toml_profiles import ProfileProblem, read_profile
from tracker.file_writing import copy_file

_REMOVED = ".removed"  # a folder beside them, which nothing reads


def list_own(home: Path, center: str) -> list[Profile]:
    """A centre's own profiles, the faulty ones too, by title."""
    own = {path.stem for path in _get_folder(home, center).glob("*.toml")}
    found = load_profiles(home / "profiles", center)
    return sorted((found[name] for name in own), key=lambda one: one.title)


def take_in(home: Path, center: str, source: Path, *, replace: bool = False) -> Profile:
    """Gives a centre the profile of a file, under the file's name; `replace`: in the place of its own of that
    name.

    Raises: ProfileProblem for a faulty one, with file and line, a name that is taken, or one that knows its
    files by the very titles of another."""
    name = to_file_name(source.stem)
    if not name or name in KIND_NAMED:
        raise ProfileProblem(f"文件名“{source.name}”不能用作导入方案的名称，请改成平台或供应商的名称。")
    made = Profile(name=name, source=source, **read_profile(source))
    known = load_profiles(home / "profiles", center)
    own = {one.name: one for one in list_own(home, center)}
    if name in own and not replace:
        raise ProfileProblem(
            f"本中心已有名为“{name}”的导入方案；要用新的替换，请勾选“替换同名的”，否则请改文件名。"
        )
    if rival := _find_rival(made, own.values()):
        raise ProfileProblem(f"与本中心的“{rival.title}”认的是同样的表头，并存就分不清；请先删去其中一个。")
    candidates(known | {name: made})
    folder = _get_folder(home, center)
    folder.mkdir(parents=True, exist_ok=True)
    copy_file(source, folder / f"{name}.toml")
    return made


def remove_own(home: Path, center: str, name: str, now: datetime) -> None:
    """Takes a profile out of use; its text stays in a folder of the centre's that nothing reads."""
    folder = _get_folder(home, center)
    (folder / _REMOVED).mkdir(exist_ok=True)
    (folder / f"{name}.toml").replace(folder / _REMOVED / f"{name}.{now:%Y%m%d%H%M%S}.toml")


def _find_rival(made: Profile, others: Iterable[Profile]) -> Profile | None:
    """Another profile that knows its files by the same marks."""
    marks = (made.kind, made.signature, made.without_header)
    return next(
        (
            one
            for one in others
            if one.name != made.name
            and made.signature
            and (one.kind, one.signature, one.without_header) == marks
        ),
        None,
    )


def _get_folder(home: Path, center: str) -> Path:
    return home / "profiles" / center
