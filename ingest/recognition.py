"""What is this table? Finds the header, the kind and the columns, and says why when it cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.cells import Column, Notices, amount_fen
from ingest.fitting import Fit, fit
from ingest.header import Header, possible_headers
from ingest.labels import label_of, table_unit
from ingest.profiles import Profile
from ingest.readers import FileRefused, Row


class TableUnknown(FileRefused):
    """看不出是哪一种数据，或缺少必需的列。"""

    def __init__(self, sentence: str, *, near: bool) -> None:
        super().__init__(sentence)
        self.near = near  # it looks like a known kind, so leaving it out would lose rows


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """A table understood: what its columns mean."""

    profile: Profile
    header: Header
    columns: Mapping[str, tuple[Column, ...]]  # field key → its columns; more than one only for `many`
    unused: tuple[str, ...]  # titles of columns that nothing reads
    notices: Notices

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        """(field title, column title) in the order of the fields."""
        return tuple(
            (field.title, column.label)
            for field in self.profile.kind.fields
            for column in self.columns.get(field.key, ())
        )


def recognise(rows: Sequence[Row], profiles: Iterable[Profile]) -> Recognition:
    """The profile and columns of a table whose first rows are given; a signed profile needs its signature,
    unless it is the only one.

    Raises: TableUnknown for a table of no or of several kinds, or without a column that must be there."""
    tried = list(profiles)
    known = frozenset(label for profile in tried for label in profile.labels)
    fits = [
        found
        for header in possible_headers(rows)
        if not known.isdisjoint(label_of(title).base for title in (*header.titles, *header.fuller))
        for profile in tried
        if len(tried) == 1 or not profile.signature or profile.suits(header.titles)
        if (found := fit(profile, header)).matched
    ]
    if not fits:
        kinds = "、".join(dict.fromkeys(profile.kind.title for profile in tried))
        raise TableUnknown(f"看不出是哪一种数据：没有找到认识的表头；能导入的有{kinds}。", near=False)
    best = max(fits, key=lambda found: found.weight)
    _check_whole(best, fits)
    _check_unique(best, fits)
    return _recognition(best)


def _check_whole(best: Fit, fits: list[Fit]) -> None:
    """Raises: TableUnknown when no kind has all its columns, or one that lacks some is more alike."""
    nearest = max(fits, key=lambda found: (found.matched, not found.missing))
    if not best.missing and (nearest.matched <= best.matched or best.profile.suits(best.header.titles)):
        return
    lacking = nearest.missing
    shown = "、".join(title for title in nearest.header.titles if title)
    raise TableUnknown(
        f"看不出是哪一种数据：表头是“{shown[:200]}”；最接近“{nearest.profile.title}”，"
        f"但缺少 {'、'.join(f'“{field.title}”' for field in lacking)}。"
        "请补上这些列，或在导入方案里写明它们在本平台叫什么。",
        near=nearest.matched * 2 > sum(field.required for field in nearest.profile.kind.fields),
    )


def _check_unique(best: Fit, fits: list[Fit]) -> None:
    """Raises: TableUnknown when another profile suits as well, or a field could be several columns."""
    rivals = {
        found.profile.title
        for found in fits
        if found.weight == best.weight and found.profile.name != best.profile.name
    }
    if rivals:
        raise TableUnknown(
            f"看不出是哪一种数据：“{best.profile.title}”和“{'”、“'.join(sorted(rivals))}”都说得通；"
            "请用 --profile 指明。",
            near=True,
        )
    for key, indexes in best.doubtful.items():
        titles = "”、“".join(best.header.titles[index] for index in indexes)
        raise TableUnknown(
            f"“{best.profile.kind.by_key[key].title}”可能是这几列中的任一列：“{titles}”；"
            "请删去多余的列，或用导入方案指明。",
            near=True,
        )


def _recognition(best: Fit) -> Recognition:
    profile, header, notices = best.profile, best.header, Notices()
    money = table_unit([*header.above, *header.titles])
    columns = {
        key: tuple(_column(profile, header, key, index, money, notices) for index in indexes)
        for key, indexes in best.places.items()
        if indexes
    }
    used = {index for indexes in best.places.values() for index in indexes}
    unused = tuple(title for index, title in enumerate(header.titles) if title and index not in used)
    return Recognition(profile=profile, header=header, columns=columns, unused=unused, notices=notices)


def _column(
    profile: Profile, header: Header, key: str, index: int, money: str | None, notices: Notices
) -> Column:
    field = profile.kind.by_key[key]
    title = header.titles[index]
    stated = label_of(title).unit or label_of(header.fuller[index]).unit
    unit = profile.units.get(key) or stated or (money if field.read is amount_fen else None)
    return Column(
        index=index,
        label=title,
        unit=unit,
        words=profile.words.get(key, {}),
        empties=profile.empties,
        notices=notices,
    )
