"""How well a header suits a profile: which of its columns serves which field."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.fields import Field
from ingest.header import Header
from ingest.labels import label_of
from ingest.profiles import Profile


@dataclass(frozen=True)
class Fit:
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
    def weight(self) -> tuple[bool, int, int]:
        """Of two signatures that a header bears, the longer one says more."""
        signed = self.profile.suits(self.header.titles)
        return not self.missing, len(self.profile.signature) if signed else 0, self.matched


def fit(profile: Profile, header: Header) -> Fit:
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
    for key, (day, time) in profile.joined.items():
        found = tuple(
            index
            for title in (day, time)
            for index, pair in enumerate(labels)
            if label_of(title).base in pair
        )
        if len(found) == 2:
            places[key] = found
    taken = {index for found in places.values() for index in found}
    _place_known(profile, labels, free - taken, places, doubtful)
    for field in profile.kind.fields:
        if field.many:
            places[field.key] = _many(profile, field, labels, free, places)
    return Fit(profile, header, places, doubtful)


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
