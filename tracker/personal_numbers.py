"""Numbers that are a person's, as telephones and identity cards have them. None stands in the log."""

import re
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

PHONE, CARD, NAME, BANK, PLATE = "phone", "card", "name", "bank", "plate"  # kinds of values in the vault
TOKEN = rf"(?:{PHONE}|{NAME}|{CARD}|{BANK}|{PLATE})-[0-9a-f]{{24}}"  # what the log holds in their place
TOKEN_NAMES = {PHONE: "号码", NAME: "姓名", CARD: "身份证号", BANK: "银行卡号", PLATE: "车牌号"}
PERSONAL_LENGTHS = frozenset({11, 12, 13, 15, 18})  # of a mobile number, with and without prefixes; of a card

_MOBILE = re.compile(r"(?:0|(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_CARD = re.compile(r"\d{17}[\dX]", re.IGNORECASE | re.ASCII)
_PROVINCES = frozenset(
    f"{region}{place}"  # Source: GB/T 2260
    for region, places in zip(
        "123456789", ("12345", "123", "1234567", "123456", "01234", "12345", "1", "123", "1"), strict=True
    )
    for place in places
)
_BORN = (1900, 2019)  # years; whoever works at a hotline or calls one, while serial numbers name later years
_OLD_BORN = (1940, 1999)  # years; the cards of fifteen digits ended then, and serial numbers name later ones
_SERIAL_YEARS = (2015, 2049)  # in numbers of orders and calls
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))  # of the digits of a card
_CHECKS = "10X98765432"
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of a unified social credit code
_ISSUERS_BEGIN = frozenset(b"34569")
_ISSUERS = re.compile(r"62|4|5[1-5]|35|9558|9559|60")  # what the numbers of bank cards begin with


def classify_number(text: str) -> str | None:
    """PHONE for a mobile number, CARD for an identity card's (GB 11643-1999); None for any other text."""
    if _MOBILE.fullmatch(text):
        return PHONE
    return CARD if _CARD.fullmatch(text) and is_card(text) else None


def to_canonical(number: str) -> str:
    """A number as its token is made from it: a mobile number without prefixes, a card's with a capital X."""
    mobile = _MOBILE.fullmatch(number)
    return mobile[1] if mobile else number.upper()


def is_card(number: str) -> bool:
    """Whether eighteen signs are an identity card's, by province and day of birth.

    People mistype the sign that checks it, and it is theirs still; of those born later than any serial
    number's year would tell, it must be right and be an X, which no serial number ends with."""
    born = _parse_day(number[6:14])
    if number[:2] not in _PROVINCES or born is None or (is_credit_code(number) and not _is_checked(number)):
        return False
    if _BORN[0] <= born.year <= _BORN[1]:
        return True
    return _BORN[1] < born.year < 2100 and number[-1] in "xX" and _is_checked(number)


def is_old_card(number: str) -> bool:
    """Whether fifteen digits are an identity card's as they were until 1999."""
    born = _parse_day(f"19{number[6:12]}")
    return number[:2] in _PROVINCES and born is not None and _OLD_BORN[0] <= born.year <= _OLD_BORN[1]


def is_bank_card(number: str) -> bool:
    """Whether 16 to 19 digits are a bank card's (ISO/IEC 7812-1), and no serial number with a day in it."""
    if _ISSUERS.match(number) is None or not _is_luhn_valid(number):
        return False
    days = (_parse_day(number[start : start + 8]) for start in range(len(number) - 7))
    return not any(day is not None and _SERIAL_YEARS[0] <= day.year <= _SERIAL_YEARS[1] for day in days)


def is_credit_code(number: str) -> bool:
    """Whether eighteen signs are an organisation's unified social credit code (GB 32100-2015)."""
    signs = number.upper()
    if len(signs) != 18 or any(sign not in _CODE_SIGNS for sign in signs):
        return False
    total = sum(_CODE_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(signs[:17]))
    return _CODE_SIGNS[-total % 31] == signs[17]


def _is_checked(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17].upper()


def _is_luhn_valid(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _parse_day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


# A quick look at many payloads at once: shapes are searched for, digit by digit only where one is found.

NUMERALS = dict(zip("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "0001234567891234567891", strict=True))
PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # of number plates

_SHAPE = bytes(
    48
    if 48 <= sign < 58
    else sign
    if sign == 32
    else 45
    if sign in b"-_~\t"
    else 97
    if sign in b"abcdef"
    else 34
    for sign in range(256)
)  # 0: a digit; - and blanks: what may be between two; a: as in tokens, where many lie side by side; ": else
_WIDE_SHAPE = bytes(48 if 48 <= sign < 58 else sign for sign in range(256))
_DAY, _MONTH, _SERIAL = b'"0000-00-00"', b'"0000-00"', b'"0000000000000000"'  # which nearly all payloads hold
_SPLIT_SHAPES = (b'0"0000000', b'"000"0000"0000"')  # (0995)8522345, 138.1234.5678
_GAP_SHAPES = (b'"-0', b'-00000000000"')  # a gap before a number
_LONG_SHAPES = tuple(
    b'"%b%b' % (b"0" * length, end)
    for end, lengths in ((b'"', (*range(10, 16), 17, 18, 19)), (b"a", range(10, 20)))
    for length in lengths
)
_ASCII_BUT_BRACES = bytes(sign for sign in range(128) if sign != 123)
_USUAL = r"\u4e00-\u9fff\u3001-\u3006\u3008-\u301f，。：；！？（）％“”‘’…·—"  # signs, none of them a digit
_STRANGE = re.compile(rf"[^{{{_USUAL}]|[{PROVINCE_SIGNS}]|[{''.join(NUMERALS)}][{''.join(NUMERALS)}]")
_GAPS = "·—（）"  # usual, and in numbers as well
_ESCAPED = re.compile(rb"\\(?:[bfnrt]|u00..)")  # what JSON writes for signs that cannot be seen
_CLOSE_SHAPES = (  # D: a digit, with or without something before it
    rb"(?:0|(?:00)?86[) -]{0,3})?[(]?0?1[3-9][0-9](?:D{8}|[.][0-9]{4}[.][0-9]{4}|[)]D{8})(?![0-9])",
    rb"(?:0|(?:00)?86D?)?1(?:[ \-_~\t]{1,3}[3-9]|[3-9][ \-_~\t]{1,3}[0-9])D{8}",
    rb"[48]00D{7}|(?:0|(?:00)?86[) -]{0,3}[(]?0?)(?:10|2[0-9]|[3-9][0-9]{2})[)]?D{7}",
    rb"[1-9]D{5}[ -]{0,3}[12][ -]?[089]D{2}[ -]{0,3}[01]D[ -]{0,3}[0-3]D{4}",
    rb"[1-9]D{5}[ -]{0,3}[4-9]D[ -]{0,3}[01]D[ -]{0,3}[0-3]D{4}",
    rb"(?:62|4|5[1-5]|35|955[89]|60)D{12,17}(?![0-9])",
)
_RUN = re.compile(rb"[(]?[0-9][0-9 \-_~\t().]{9,}")
_CLOSE = re.compile(
    rb"(?<![0-9])(?:%b)" % b"|".join(_CLOSE_SHAPES).replace(b"D", rb"(?:[ \-_~\t]{0,3}[0-9])")
)


def may_hold_personal(texts: Iterable[bytes], subjects: Iterable[str] = ()) -> bool:
    """Whether one of many payloads, or a subject, has the shape of a personal number however it is written.

    A quick look at all of them together; whoever wants to know looks at each with `looks_personal`."""
    joined = b'{"%b"{%b"' % (b'"'.join(texts), "\n".join(subjects).encode())
    if b"\\" in joined:
        joined = _ESCAPED.sub(b" ", joined)
    shape = joined.translate(_SHAPE)
    gaps = shape.count(b"0-") - 2 * shape.count(_DAY)
    if (gaps and gaps != shape.count(_MONTH)) or b"hone1" in joined:
        return True
    if any(one in shape for one in _GAP_SHAPES) or (b" " in shape and (b" 0" in shape or b"0 " in shape)):
        return True
    if b'0"0000' in shape and any(one in shape for one in _SPLIT_SHAPES):
        return True
    between = shape.split(_SERIAL)
    if shape.count(b'"0000000000') != len(between) - 1 and any(one in shape for one in _LONG_SHAPES):
        return True
    return _may_be_bank_cards(joined, between) or _is_strange(joined)


def _may_be_bank_cards(joined: bytes, between: list[bytes]) -> bool:
    """Whether a serial number of sixteen digits, given what stands between them, begins as a bank card's."""
    width = len(_SERIAL)
    starts = accumulate((len(part) + width for part in between[:-1]), initial=1 - width)
    return not _ISSUERS_BEGIN.isdisjoint([joined[start] for start in [*starts][1:]])


def looks_personal(text: bytes) -> bool:
    """Whether one payload or subject may hold a personal number, looked at digit by digit."""
    if b"\\" in text:
        text = _ESCAPED.sub(b" ", text)
    runs = _RUN.finditer(text)
    return any(_CLOSE.search(text, run.start(), run.end()) for run in runs) or _is_strange(text)


def _is_strange(joined: bytes) -> bool:
    """Whether signs that are not ASCII could be digits, stand between digits, or begin a number plate."""
    if joined.isascii():
        return False
    wide = joined.translate(None, _ASCII_BUT_BRACES).decode()
    if _STRANGE.search(wide):
        return True
    gaps = [gap for gap in _GAPS if gap in wide]
    return bool(gaps) and any(_stands_between(gap, joined) for gap in gaps)


def _stands_between(gap: str, joined: bytes) -> bool:
    shape = joined.translate(_WIDE_SHAPE)
    return f"0{gap}0".encode() in shape or f"0{gap} 0".encode() in shape or f"0 {gap} 0".encode() in shape
