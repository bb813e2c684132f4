"""What is this table? Finds the header, the kind and the columns, and says why when it cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.cells import Column, Notices, amount_fen
from ingest.fields import Field
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


@dataclass(frozen=True)
class _Fit:
    """How well a header suits a profile."""

    profile: Profile
    header: Header
    places: Mapping[str, tuple[int, ...]]  # field key → columns
    doubtful: Mapping[str, tuple[int, ...]]  # field key → columns that suit it alike

    @property
    def missing(self) -> tuple[Field, ...]:
        there = {*self.places, *self.profile.constants}
        kind = self.profile.kind
        missing = [field for field in kind.fields if field.required and field.key not in there]
        if not missing and kind.one_of and not there.intersection(kind.one_of):
            missing = [kind.by_key[key] for key in kind.one_of]
        return tuple(missing)

    @property
    def matched(self) -> int:
        """Fields that the header has a column for; single columns only."""
        by_key = self.profile.kind.by_key
        return sum(1 for key in self.places if not by_key[key].many)

    @property
    def weight(self) -> tuple[bool, bool, int]:
        return not self.missing, self.profile.suits(self.header.titles), self.matched


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
        raise TableUnknown("看不出是哪一种数据：没有找到认识的表头。", near=False)
    best = max(fits, key=lambda found: found.weight)
    _check_whole(best, fits)
    _check_unique(best, fits)
    return _recognition(best)


def fit(profile: Profile, header: Header) -> _Fit:
    """Which column serves which field: the profile's own titles first, then the fields' known ones."""
    titles = zip(header.titles, header.fuller, strict=True)
    labels = [(label_of(title).base, label_of(fuller).base) for title, fuller in titles]
    free = {index for index, pair in enumerate(labels) if pair[0] and not profile.ignored & set(pair)}
    places: dict[str, tuple[int, ...]] = {}
    doubtful: dict[str, tuple[int, ...]] = {}
    for key, named in profile.columns.items():
        wanted = {label_of(title).base for title in named}
        found = tuple(index for index, pair in enumerate(labels) if wanted & set(pair))
        if found:
            places[key] = found[:1]
            if len(found) > 1:
                doubtful[key] = found
    taken = {index for found in places.values() for index in found}
    _place_known(profile, labels, free - taken, places, doubtful)
    for field in profile.kind.fields:
        if field.many:
            places[field.key] = _many(profile, field, labels, free, places)
    return _Fit(profile, header, places, doubtful)


def _place_known(
    profile: Profile,
    labels: list[tuple[str, str]],
    free: set[int],
    places: dict[str, tuple[int, ...]],
    doubtful: dict[str, tuple[int, ...]],
) -> None:
    """The most certain title wins its column; columns that suit a field alike make it doubtful."""
    ranked = [
        (rank, order, field.key, index)
        for order, field in enumerate(profile.kind.fields)
        if not (field.many or field.key in places)
        for index in free
        if (rank := _rank(field, labels[index])) is not None
    ]
    won: dict[int, str] = {}
    ranks: dict[str, int] = {}
    for rank, _, key, index in sorted(ranked):
        if index in won:
            continue
        if key not in places:
            places[key], ranks[key] = (index,), rank
            won[index] = key
        elif ranks.get(key) == rank:
            doubtful[key] = (*doubtful.get(key, places[key]), index)


def _rank(field: Field, pair: tuple[str, str]) -> int | None:
    ranks = [rank for label in dict.fromkeys(pair) if (rank := field.rank(label)) is not None]
    return min(ranks, default=None)


def _many(
    profile: Profile,
    field: Field,
    labels: list[tuple[str, str]],
    free: set[int],
    places: Mapping[str, tuple[int, ...]],
) -> tuple[int, ...]:
    """Every column that suits, but those of the fields that are known by their exact title."""
    by_key = profile.kind.by_key
    exact = {index for key, found in places.items() if not by_key[key].suits for index in found}
    return tuple(index for index in sorted(free - exact) if field.rank(labels[index][0]) is not None)


def _check_whole(best: _Fit, fits: list[_Fit]) -> None:
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


def _check_unique(best: _Fit, fits: list[_Fit]) -> None:
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


def _recognition(best: _Fit) -> Recognition:
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
