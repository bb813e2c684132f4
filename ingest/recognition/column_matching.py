"""How well a header suits a profile: which of its columns serves which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ingest.kinds.kind import AmbiguousTitles
from ingest.profiles.derived import find_derivable
from ingest.profiles.profile import Profile
from ingest.recognition.fields import Field
from ingest.recognition.header import Header
from ingest.recognition.header_labels import parse_label
from ingest.recognition.title_remarks import find_doubt, list_whole_labels


class KindMismatch(NamedTuple):
    """What a table has, and lacks, that makes it another list than the kind whose columns it has."""

    title: str  # of the other list; "": unknown which
    has: tuple[str, ...]  # titles of its columns that such a list is known by
    lacks: str  # keys of fields, or words in titles, of which it would need one


@dataclass(frozen=True)
class HeaderFit:
    """How well a header suits a profile."""

    profile: Profile
    header: Header
    places: Mapping[str, tuple[int, ...]]  # field key → columns
    doubtful: Mapping[str, tuple[int, ...]]  # field key → columns that suit it alike
    ambiguous: Mapping[str, AmbiguousTitles]  # field key → what its title means with one vendor or another
    passed_over: Mapping[int, AmbiguousTitles]  # columns with such titles that no figure needs
    remarked: Mapping[str, str]  # field key → the remark on its title that may make it another column
    further: Mapping[str, tuple[int, ...]]  # field key → columns beside its first
    halves: Mapping[str, int]  # field key → column that says 上午 or 下午 of it

    def title_of(self, index: int) -> str:
        """A column's title as a profile names it: with its group, where that is what is asked about."""
        is_remarked = any(self.places[key][0] == index for key in self.remarked)
        return self.header.qualify_title(index) if is_remarked else self.header.titles[index]

    @property
    def missing(self) -> tuple[Field, ...]:
        there = {*self.places, *self.profile.constants}
        there |= find_derivable(self.profile.rules.derived, there)
        kind = self.profile.kind
        missing = [field for field in kind.fields if field.required and field.key not in there]
        if not missing and kind.one_of and not there.intersection(kind.one_of):
            missing = [kind.by_key[key] for key in kind.one_of]
        return tuple(missing)

    @cached_property
    def unlike(self) -> KindMismatch | None:
        """Why a table that has all the columns of the kind is of another kind all the same.

        Who names every column that must be there says what the table is."""
        profile, kind = self.profile, self.profile.kind
        if profile.without_header:
            return None
        named = {*profile.columns, *profile.joined, *profile.constants, *profile.rules.several}
        if all(field.key in named for field in kind.fields if field.required):
            return None
        for one in kind.lookalikes:
            by = self._find_titles(one.by, anywhere=True)
            if by and not self._find_titles(one.unless):
                return KindMismatch(one.title, tuple(by), one.unless)
        return KindMismatch("", (), kind.mark) if kind.mark and not self._find_titles(kind.mark) else None

    def _find_titles(self, marks: str, *, anywhere: bool = False) -> list[str]:
        """Titles that serve a field of these keys, or have one of these words in them; `anywhere`: also those
        that serve no field."""
        titles, wanted = self.header.titles, marks.split()
        of_keys = [self.places[key][0] for key in wanted if self.places.get(key)]
        indexes = range(len(titles)) if anywhere else [one for found in self.places.values() for one in found]
        words = [
            index
            for index in indexes
            if any(
                word in text
                for word in wanted
                for text in (parse_label(titles[index]).base, parse_label(self.header.fuller[index]).base)
            )
        ]
        return [titles[index] for index in dict.fromkeys((*of_keys, *words))]

    @property
    def matched(self) -> int:
        """Fields that the header has a column for; single columns only."""
        by_key = self.profile.kind.by_key
        return sum(1 for key in self.places if not by_key[key].many)

    @property
    def weight(self) -> tuple[bool, int, int]:
        """Of two signatures that a header bears, the longer one says more."""
        signed = self.profile.suits(self.header.titles)
        return (
            not self.missing and not self.unlike,
            len(self.profile.signature) if signed else 0,
            self.matched,
        )


def fit_header(profile: Profile, header: Header) -> HeaderFit:
    """Which column serves which field: the profile's own titles first, then the fields' known ones."""
    pairs = zip(header.titles, header.fuller, strict=True)
    labels = [(parse_label(title).base, parse_label(fuller).base) for title, fuller in pairs]
    free = {index for index, pair in enumerate(labels) if pair[0] and not is_ignored(profile, header, index)}
    places: dict[str, tuple[int, ...]] = {}
    doubtful: dict[str, tuple[int, ...]] = {}
    for key, named in profile.columns.items():
        found = _find_named(named, header, labels)
        if found:
            places[key] = found[:1]
            if len(found) > 1:
                doubtful[key] = found
    for key, (day, time) in profile.joined.items():
        found = tuple(
            index
            for title in (day, time)
            for index, pair in enumerate(labels)
            if parse_label(title).base in pair
        )
        if len(found) == 2:
            places[key] = found
    further: dict[str, tuple[int, ...]] = {}
    for key, named in profile.rules.several.items():
        found = tuple(index for title in named for index in _find_named([title], header, labels)[:1])
        if found:
            places[key], further[key] = found[:1], found[1:]
    halves = {
        key: found[0]
        for key, title in profile.halves.items()
        if (found := _find_named([title], header, labels))
    }
    taken = {index for found in (*places.values(), *further.values()) for index in found} | {*halves.values()}
    labels = [_join_known_remark(profile, header, index, pair) for index, pair in enumerate(labels)]
    remarks = _Remarks(profile, header)
    _place_known(profile, labels, free - taken, places, doubtful, remarks)
    taken |= {index for found in (*places.values(), *doubtful.values()) for index in found}
    ambiguous, passed_over = _place_ambiguous(profile, labels, free - taken, places, doubtful)
    for field in profile.kind.fields:
        if field.many:
            places[field.key] = _find_many(profile, field, labels, free, places)
    remarked = {
        key: remark
        for key, found in places.items()
        if key not in doubtful and key not in ambiguous and found
        if (remark := remarks.of(profile.kind.by_key[key], found[0])) is not None
    }
    return HeaderFit(profile, header, places, doubtful, ambiguous, passed_over, remarked, further, halves)


def is_ignored(profile: Profile, header: Header, index: int) -> bool:
    """Whether a profile says that nothing may use a column. Ignoring 办结时间（预计） ignores no 办结时间."""
    bases = {parse_label(title).base for title in (header.titles[index], header.fuller[index])}
    whole = {parse_label(title) for title in (header.titles[index], header.qualify_title(index))}
    return any(
        one in whole or (one.base in bases and (one.remark is None or one.unit is not None))
        for one in profile.ignored
    )


def _find_named(titles: Sequence[str], header: Header, labels: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """The columns that a profile names; those with the very remark, where there are such."""
    wanted, whole = {parse_label(title).base for title in titles}, {parse_label(title) for title in titles}
    found = tuple(index for index, pair in enumerate(labels) if wanted & set(pair))
    exact = tuple(index for index in found if parse_label(header.qualify_title(index)) in whole)
    return exact or found


def _join_known_remark(
    profile: Profile, header: Header, index: int, pair: tuple[str, str]
) -> tuple[str, str]:
    """A column's comparable titles: with its remark, where that makes a title that a field is known by."""
    labels_of_fields = {label for field in profile.kind.fields for label in field.labels}
    whole = (one for one in list_whole_labels(parse_label(header.titles[index])) if one in labels_of_fields)
    found = next(whole, None)
    return (found, found) if found else pair


class _Remarks:
    """What the remarks on a header's titles leave in doubt."""

    def __init__(self, profile: Profile, header: Header) -> None:
        self._profile = profile
        self._header = header

    def of(self, field: Field, index: int) -> str | None:
        """What is remarked on a column that may make it another one than the field's; None: nothing.

        A remark that the profile has in the title that it names is answered; so is one that makes a title by
        which the field is known, and a group's name that does."""
        profile, header = self._profile, self._header
        title = header.titles[index]
        known_remarks = {
            parse_label(one)
            for one in (*profile.columns.get(field.key, ()), *profile.joined.get(field.key, ()))
        }
        fuller = header.fuller[index]
        read_with_group = fuller != title and field.rank(parse_label(fuller).base) is not None
        label = parse_label(title if read_with_group else header.qualify_title(index))
        if (
            field.describes
            or label in known_remarks
            or not set(list_whole_labels(label)).isdisjoint(field.labels)
        ):
            return None
        return find_doubt(label, field, profile.kind.remarks, unit_given=field.key in profile.units)


def _place_known(
    profile: Profile,
    labels: list[tuple[str, str]],
    free: set[int],
    places: dict[str, tuple[int, ...]],
    doubtful: dict[str, tuple[int, ...]],
    remarks: _Remarks,
) -> None:
    """The most certain title wins its column; columns that suit a field alike make it doubtful, and so do two
    further titles of a field that figures turn on. One whose remark is in doubt comes after the rest."""
    by_key = profile.kind.by_key
    ranked = [
        (remarks.of(field, index) is not None, rank, order, field.key, index)
        for order, field in enumerate(profile.kind.fields)
        if not (field.many or field.key in places)
        for index in free
        if (rank := _find_rank(field, labels[index])) is not None
    ]
    won: dict[int, str] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    for remarked, rank, _, key, index in sorted(ranked):
        if index in won:
            continue
        if key not in places:
            places[key], ranks[key] = (index,), (remarked, rank)
            won[index] = key
            continue
        before = ranks.get(key)
        if before is None or before[0] != remarked:
            continue
        if before[1] == rank or (before[1] and by_key[key].decides and by_key[key].lists(rank)):
            doubtful[key] = tuple(sorted((*doubtful.get(key, places[key]), index)))


def _place_ambiguous(
    profile: Profile,
    labels: list[tuple[str, str]],
    free: set[int],
    places: dict[str, tuple[int, ...]],
    doubtful: dict[str, tuple[int, ...]],
) -> tuple[dict[str, AmbiguousTitles], dict[int, AmbiguousTitles]]:
    """Titles that mean this or that serve, in doubt, the first of their fields that has no other column."""
    questions: dict[str, AmbiguousTitles] = {}
    passed_over: dict[int, AmbiguousTitles] = {}
    for index in sorted(free):
        one = next((one for one in profile.kind.ambiguous if one.labels & set(labels[index])), None)
        if one is None:
            continue
        key = next((key for key in one.fields if key in questions or key not in places), None)
        if key is None:
            continue
        if not profile.kind.by_key[key].decides:
            passed_over[index] = one
        elif key in questions:
            doubtful[key] = (*doubtful.get(key, places[key]), index)
        else:
            places[key], questions[key] = (index,), one
    return questions, passed_over


def _find_rank(field: Field, pair: tuple[str, str]) -> int | None:
    ranks = [rank for label in dict.fromkeys(pair) if (rank := field.rank(label)) is not None]
    return min(ranks, default=None)


def _find_many(
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
