"""Numbers that are a person's, as telephones and identity cards have them. None stands in the log."""

import re
from datetime import date

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
    if born is None or (is_credit_code(number) and not _is_checked(number)):
        return False
    if number[:2] not in _PROVINCES:
        return _is_residence_card(number, born)
    if _BORN[0] <= born.year <= _BORN[1]:
        return True
    return _BORN[1] < born.year < 2100 and number[-1] in "xX" and _is_checked(number)


def _is_residence_card(number: str, born: date) -> bool:
    """Whether a number is that of a foreigner's card of permanent residence: 9, province, country, birthday.

    Source: 国家移民管理局公告（外国人永久居留身份证，2023年版）."""
    return (
        number[0] == "9"
        and number[1:3] in _PROVINCES
        and _BORN[0] <= born.year <= _BORN[1]
        and _is_checked(number)
    )


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


# A quick look: whatever `find_numbers` or `replace_in_code` finds has one of these shapes.

NUMERALS = dict(
    zip(
        "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两兩貳參叄陸洞拐勾",
        "0001234567891234567891222336079",
        strict=True,
    )
)
PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # of number plates

_DIGIT = f"[0-9{''.join(NUMERALS)}]"
_GAP = r"[ \t\n\r\-_~·.()（）—]"
_USUAL = r"\t\n\r -~\u4e00-\u9fff\u3001-\u3006\u3008-\u301b\u301d-\u301f，。：；！？（）％“”‘’…·—"
_STRANGE = re.compile(f"[^{_USUAL}{''.join(NUMERALS)}]")  # may be a digit, a gap, or nothing
_RUN = re.compile(rf"{_DIGIT}(?<!{_DIGIT}{{2}})(?:{_GAP}{{0,5}}+{_DIGIT}){{9,}}+")
_UNBROKEN = re.compile(
    r"(?:0|(?:00)?86)?0?1[3-9]\d{9}|[48]00\d{7}"
    r"|(?:0|(?:00)?860?)(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}"
    r"|[1-9]\d{5}(?:(?:19|20)\d\d[01]\d[0-3]\d{4,5}|[4-9]\d[01]\d[0-3]\d{4})"
    r"|(?=62|4|5[1-5]|35|955[89]|60)\d{16,19}",
    re.ASCII,
)
_BEGINS_PLATE = re.compile(
    rf"[{PROVINCE_SIGNS}][ \t\n\r]{{0,2}}[A-Za-z][ \t\n\r·.\-—]{{0,3}}[A-Za-z0-9]{{4}}"
)
_SPOKEN_GROUPS = re.compile(rf"[ ,，、]{_DIGIT}{{4}}[ ,，、]{{1,2}}{_DIGIT}{{4}}")
_HIDDEN = re.compile(r"\\[bfu]")  # signs that cannot be seen, as JSON writes them
_BLANK = re.compile(r"\\[nrt]")


def may_hold_personal(text: str) -> bool:
    """Whether a text, or JSON, has the shape of a personal number however it is written.

    A quick look: `personal_text` finds nothing where this is False, and says what it is where it is True."""
    if "\\" in text:
        if _HIDDEN.search(text):
            return True
        text = _BLANK.sub(" ", text)
    if _STRANGE.search(text):
        return True
    if not text.isascii() and (_BEGINS_PLATE.search(text) or _SPOKEN_GROUPS.search(text)):
        return True
    return any(map(_may_be_number, _RUN.findall(text)))


def _may_be_number(run: str) -> bool:
    """Whether ten or more digits, with or without gaps, may be a number: unbroken ones only as a whole."""
    return not (run.isascii() and run.isdigit()) or _UNBROKEN.fullmatch(run) is not None
