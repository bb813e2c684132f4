"""Personal numbers in what people wrote: found however they are spelled, replaced or masked where they stand.

Signs are folded first (NFKC, separators, Chinese numerals; what cannot be seen is left out), and each folded
sign keeps its place. Shapes alone would take order numbers for telephones: each find is judged by its own
rules, check digits and days of birth. Presidio goes the same way, without knowing how Chinese is written.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from tracker.personal_numbers import (
    BANK,
    CARD,
    NUMERALS,
    PHONE,
    PLATE,
    PROVINCE_SIGNS,
    TOKEN,
    classify_number,
    is_bank_card,
    is_card,
    is_old_card,
    to_canonical,
)

Tokenizer = Callable[[str, str], str]  # kind and value → token of the vault


class PersonalNumber(NamedTuple):
    """A person's number in a text."""

    kind: str  # phone, card, bank or plate
    value: str  # digits without separators and prefixes; of a landline with its area code
    start: int
    end: int  # excluded


_GAP = r"[ \-_~·]{0,3}"
_NAMING = "tel", "phone", "mob", "mobile", "cell", "wx", "vx", "qq", "ph"
_WORDS = "|".join(f"(?<={word})" for word in _NAMING)
_BEFORE = rf"(?:(?<![0-9A-Za-z])(?<!0\.)|{_WORDS})"
_COUNTRY = rf"(?:\(?(?:\+|00)?86\)?{_GAP})?"
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_NO_DECIMALS = r"(?!\.\d{1,6}(?![\d.月日号年]))"  # a full stop may be followed by a day, or by another number
_NO_AMOUNT = rf"(?!\d){_NO_DECIMALS}(?![ ]?(?:万|亿|千|百)?(?:元|吨|毫秒|秒|ms|kb|字节|立方|平方|公里|人次))"


def _spell(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("D", rf"(?:{_GAP}\d)"), re.IGNORECASE | re.ASCII)


_LIKE_X = "×хХχΧ✕✖✗"  # what people type for the X of a card
_CARD = _spell(rf"{_BEFORE}([1-9]D{{16}}{_GAP}[\dx{_LIKE_X}])(?!\d)")
_BANK = _spell(rf"{_BEFORE}([3-9]D{{15,18}})(?!\d)")
_MOBILE = _spell(
    rf"{_BEFORE}{_COUNTRY}\(?0?"
    rf"(1{_GAP}[3-9]D{{9}}|1[3-9]\d\.\d{{4}}\.\d{{4}}|1[3-9]\d\)D{{8}}){_NO_AMOUNT}"
)
_FIXED = _spell(
    rf"{_BEFORE}(?:\(?(?:\+|00)86\)?{_GAP}\(?0?({_AREA})\)?|\(?0({_AREA})\)?){_GAP}"
    rf"([2-9]\d{{2,3}}[ \-]?\d{{4}}){_NO_AMOUNT}"
)
_SERVICE = _spell(rf"{_BEFORE}([48]00D{{7}}){_NO_AMOUNT}")
_OLD_CARD = _spell(rf"{_BEFORE}([1-9]D{{14}})(?!\d)")
_PLATE = re.compile(
    rf"([{PROVINCE_SIGNS}])[ ]{{0,2}}([A-HJ-NP-Z])[ ·.\-]{{0,3}}"
    r"((?=[A-Z]*\d[A-Z]*\d)(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]))(?![A-Z0-9])",
    re.IGNORECASE,
)
_HASH = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(TOKEN)
_DIGITS_AND_GAPS = re.compile(r"[ \-_~·.()]+")
_DAY = re.compile(r"(?:19|20)\d\d[ \-](?:0?[1-9]|1[0-2])[ \-](?:0?[1-9]|[12]\d|3[01])(?!\d)")
_FEWEST = 6  # signs of a number, of a plate without its province
_PARTS = re.compile(r"[^/@#]+")  # of a subject, and of what refers to one
_SEGMENTS = re.compile(r"[^_\-.:|]+")  # of an identifier made of several numbers


def find_numbers(text: str) -> list[PersonalNumber]:
    """The personal numbers in a text, in order; none overlap. Tokens and hashes hold none."""
    if len(text) < _FEWEST:
        return []
    folded, places = _fold(text)
    if not _may_hold(folded):
        return []
    taken = [match.span() for match in (*_HASH.finditer(folded), *_TOKEN.finditer(folded))]
    found: list[PersonalNumber] = []
    for search in (_find_in_digits, _find_in_numerals, _find_in_groups):
        for kind, value, start, end in search(folded):
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                found.append(PersonalNumber(kind, value, places[start], places[end - 1] + 1))
    return sorted(found, key=lambda one: one.start)


def holds_number(text: str) -> bool:
    """Whether a text, or an identifier, holds a personal number."""
    return bool(find_numbers(text)) or replace_in_code(text, lambda kind, _: kind) != text


def replace_numbers(text: str, token: Tokenizer) -> str:
    """The text with a token in the place of each number: bare where it is all of the text, else in 〔〕."""
    found = find_numbers(text)
    if not found:
        return text
    if len(found) == 1 and not text[: found[0].start].strip() and not text[found[0].end :].strip():
        return token(found[0].kind, found[0].value)
    return _substitute(text, found, lambda one: f"〔{token(one.kind, one.value)}〕")


def replace_in_code(code: str, token: Tokenizer) -> str:
    """An identifier, or a reference to a thing, with a token for each part that is a person's number.

    Only a mobile number's and an identity card's shape tell a person there: numbers of orders look like
    everything else. Among words these are found however they are spelled."""
    return _PARTS.sub(lambda part: _replace_part(part[0], token), code)


def mask_numbers(text: str) -> str:
    """The text with each number masked: 138****5678."""
    return _substitute(text, find_numbers(text), lambda one: mask_number(one.value))


def mask_texts(data: Any) -> Any:
    """Data of texts, lists, tuples, mappings and dataclasses with the numbers in their texts masked.

    Keys of mappings stay as they are: they are names of ours."""
    if isinstance(data, str):
        return mask_numbers(data)
    if isinstance(data, Mapping):
        return {key: mask_texts(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [*map(mask_texts, data)] if isinstance(data, list) else (*map(mask_texts, data),)
    if is_dataclass(data) and not isinstance(data, type):
        return replace(data, **{one.name: mask_texts(getattr(data, one.name)) for one in fields(data)})
    return data


def mask_number(number: str) -> str:
    """13812345678 → 138****5678; what stays tells two apart and calls nobody."""
    if len(number) < 10:
        return number[:2] + "*" * (len(number) - 2)
    ahead, behind = (6, 3) if len(number) > 14 else (3, 4) if number[0] == "1" else (3, 2)
    return number[:ahead] + "*" * (len(number) - ahead - behind) + number[-behind:]


def _substitute(text: str, found: list[PersonalNumber], word: Callable[[PersonalNumber], str]) -> str:
    pieces, end = [], 0
    for one in found:
        pieces += [text[end : one.start], word(one)]
        end = one.end
    return "".join((*pieces, text[end:]))


def _replace_part(part: str, token: Tokenizer) -> str:
    if len(part) < _FEWEST or _TOKEN.search(part):
        return part
    folded = _fold(part)[0].strip()
    if not folded.isascii() and (among := [one for one in find_numbers(part) if _tells_person(one)]):
        return _substitute(part, among, lambda one: token(one.kind, one.value))
    bare = _DIGITS_AND_GAPS.sub("", folded)
    if bare == folded or re.fullmatch(r"\+?(?:86[ -]?)?1\d\d[ -]\d{4}[ -]\d{4}", folded):
        kind = classify_number(bare)
        return token(kind, to_canonical(bare)) if kind else part
    return _SEGMENTS.sub(lambda segment: _replace_segment(segment[0], token), part)


def _tells_person(one: PersonalNumber) -> bool:
    """Whether a number is a person's within an identifier too."""
    return classify_number(one.value) is not None


def _replace_segment(segment: str, token: Tokenizer) -> str:
    kind = classify_number(segment)
    return token(kind, to_canonical(segment)) if kind else segment


def _may_hold(folded: str) -> bool:
    numerals = sum(map(folded.count, NUMERALS)) if not folded.isascii() else 0
    return sum(map(folded.count, "0123456789")) + numerals >= 2


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with each sign folded, and the place of each; what cannot be seen is left out."""
    if text.isascii() and text.isprintable():
        return text, list(range(len(text)))
    signs, places = [], []
    for place, sign in enumerate(text):
        folded = _fold_sign(sign)
        if folded:
            signs.append(folded)
            places.append(place)
    return "".join(signs), places


_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"  # fillers of Hangul, an empty cell of Braille
_COUNTING = {  # ㈠㊀〡: numerals within signs, and those of counting rods
    chr(first + digit): digit for first in (0x321F, 0x327F, 0x3020) for digit in range(1, 10)
}


@lru_cache(4096)
def _fold_sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if (category in ("Cf", "Mn", "Me", "Cc") and sign not in "\t\n\r") or sign in _BLANK_LETTERS:
        return ""
    digit = _COUNTING.get(sign, unicodedata.digit(sign, None))
    if digit is not None:
        return str(digit)
    if category == "Pd" or sign in "−﹣":
        return "-"
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    folded = unicodedata.normalize("NFKC", sign)
    if folded in "•・∙⋅":
        return "·"
    return folded if len(folded) == 1 else sign


Find = tuple[str, str, int, int]  # kind, value, start and end in the folded text


def _find_in_digits(folded: str) -> Iterator[Find]:
    """Numbers written in digits; of two that overlap the surer comes first."""
    for match in _CARD.finditer(folded):
        number = re.sub(f"[x{_LIKE_X}]$", "X", _bare(match[1]))
        if _is_grouped(match[1]) and is_card(number):
            yield CARD, number, *match.span(1)
    for match in _BANK.finditer(folded):
        if _is_grouped(match[1]) and is_bank_card(_bare(match[1])):
            yield BANK, _bare(match[1]), *match.span(1)
    for match in _MOBILE.finditer(folded):
        if _is_grouped(match[1]):
            yield PHONE, _bare(match[1]), *match.span()
    for match in _FIXED.finditer(folded):
        if not _DAY.match(match[3]) and _is_subscriber(match[1] or match[2], _bare(match[3])):
            yield PHONE, f"0{match[1] or match[2]}{_bare(match[3])}", *match.span()
    for match in _SERVICE.finditer(folded):
        if _is_grouped(match[1]) and _bare(match[1])[3:].strip("0"):
            yield PHONE, _bare(match[1]), *match.span()
    for match in _OLD_CARD.finditer(folded):
        if _is_grouped(match[1]) and is_old_card(_bare(match[1])):
            yield CARD, _bare(match[1]), *match.span(1)
    for match in _PLATE.finditer(folded):
        yield PLATE, (match[1] + match[2] + match[3]).upper(), *match.span()


_RUN = re.compile(rf"[0-9{''.join(NUMERALS)}](?:{_GAP}[0-9x{''.join(NUMERALS)}])+", re.IGNORECASE)
_SPOKEN: Mapping[str, Callable[[str], str | None]] = {
    r"[1-9]\d{16}[\dxX]": lambda number: CARD if is_card(number) else None,
    r"1[3-9]\d{9}": lambda _: PHONE,
    r"0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}": lambda _: PHONE,
    r"[48]00\d{7}": lambda _: PHONE,
}


def _find_in_numerals(folded: str) -> Iterator[Find]:
    """Numbers written in Chinese numerals, some or all of their digits.

    Words before and after may begin or end with numerals as well (一直): the ends need not be the run's."""
    for run in _RUN.finditer(folded):
        signs = [(place, sign) for place, sign in enumerate(run[0], run.start()) if sign not in " -_~·"]
        if len(signs) < 10 or all(sign not in NUMERALS for _, sign in signs):
            continue
        digits = "".join(NUMERALS.get(sign, sign) for _, sign in signs)
        for pattern, classify in _SPOKEN.items():
            for match in re.finditer(f"(?=({pattern}))", digits):
                start, end = match.span(1)
                if _ends_between(signs, start) and _ends_between(signs, end):
                    kind = classify(match[1])
                    if kind and any(sign in NUMERALS for _, sign in signs[start:end]):
                        yield kind, match[1].upper(), signs[start][0], signs[end - 1][0] + 1


_DIGIT = f"[0-9{''.join(NUMERALS)}]"
_PAUSE = "[ ,、]{1,2}"
_SPOKEN_GROUPS = re.compile(
    rf"(?<!{_DIGIT}){_DIGIT}{{3}}{_PAUSE}{_DIGIT}{{4}}{_PAUSE}{_DIGIT}{{4}}(?!{_DIGIT})"
)


def _find_in_groups(folded: str) -> Iterator[Find]:
    """Mobile numbers as they are read out: 幺三八，幺二三四，五六七八; in digits these were three counts."""
    for match in _SPOKEN_GROUPS.finditer(folded):
        digits = "".join(NUMERALS.get(sign, sign) for sign in match[0] if sign not in " ,、")
        if any(sign in NUMERALS for sign in match[0]) and digits[0] == "1" and digits[1] in "3456789":
            yield PHONE, digits, *match.span()


def _ends_between(signs: list[tuple[int, str]], place: int) -> bool:
    """Whether a number may begin or end before a sign: not between two digits side by side."""
    if place in (0, len(signs)):
        return True
    return signs[place - 1][1] in NUMERALS or signs[place][1] in NUMERALS


def _bare(written: str) -> str:
    return _DIGITS_AND_GAPS.sub("", written)


def _is_grouped(written: str) -> bool:
    """Whether digits with separators between are one number: as people group one, and no days or counts."""
    groups = [len(group) for group in re.split(r"[ \-_~·.)]+", written)]
    if len(groups) == 1 or max(groups) == 1:
        return True
    return max(groups) >= 3 and len(groups) <= 6 and _DAY.search(written) is None


def _is_subscriber(area: str, number: str) -> bool:
    return len(number) == 8 if area[0] in "12" else len(number) in (7, 8)
