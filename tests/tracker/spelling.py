"""Personal numbers as hypothesis draws them, and the ways in which people write one."""

from datetime import date

from hypothesis import strategies as st

from tracker.personal_numbers import BANK, CARD, PHONE, PLATE

BEFORE = (
    "",
    "反映噪音",
    "一直没人接",
    "：",
    "手机号 ",
    "Phone ",
    "Tel-",
    "张三丰电话",
    "第三次来电，",
    "住3号楼 ",
    ", ",
)
AFTER = ("", "反映噪音", "请回电", "一直没人接", "，住二单元", "。", " 请回电", ", ", ".", "、3号楼")
_HIDDEN = ("\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad")
_NUMERALS = ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_GAPS = (" ", "-", "－", "—", "\u3000", "\xa0", " - ", "·", "_")

Number = tuple[str, str]  # kind and value


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


def mobiles() -> st.SearchStrategy[str]:
    return st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), digits(9))


def cards() -> st.SearchStrategy[str]:
    return st.builds(
        lambda place, born, order, check: f"{place}{born:%Y%m%d}{order}{check}",
        st.sampled_from(["110101", "650104", "652122", "310115"]),
        st.dates(date(1930, 1, 1), date(2010, 12, 31)),
        digits(3),
        st.sampled_from("0123456789X"),
    )


def landlines() -> st.SearchStrategy[str]:
    def build(area: str, first: str, rest: str) -> str:
        return area + (first + rest)[: 8 if len(area) == 3 else 7]

    return st.builds(
        build, st.sampled_from(["010", "021", "0995", "0991", "0571"]), st.sampled_from("2345678"), digits(7)
    )


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    body = "622" + draw(st.text("3456789", min_size=12, max_size=12))  # no day of a serial number in it
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


@st.composite
def spelled_mobiles(draw: st.DrawFn) -> tuple[Number, str]:
    """A mobile number, and one way of writing it."""
    number = draw(mobiles())
    grouped = [number[:3], number[3:7], number[7:]]
    gap, hidden = draw(st.sampled_from(_GAPS)), draw(st.sampled_from(_HIDDEN))
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    numerals = draw(st.sampled_from(_NUMERALS))
    ways = [
        number, gap.join(grouped), wide, hidden.join(number), ".".join(grouped),
        f"+86{number}", f"+86 {number}", f"0086{number}", f"86-{number}", f"0{number}",
        f"(+86){number}", f"({grouped[0]}) {grouped[1]}-{grouped[2]}", f"Tel:{number}", f"tel{number}",
        "".join(numerals[int(digit)] for digit in number), " ".join(number),
    ]  # fmt: skip
    return (PHONE, number), draw(st.sampled_from(ways))


@st.composite
def spelled_numbers(draw: st.DrawFn) -> tuple[Number, str]:
    """A personal number of any kind, and one way of writing it."""
    kind = draw(st.sampled_from(["mobile", "card", "fixed", "service", "bank", "plate"]))
    if kind == "mobile":
        return draw(spelled_mobiles())
    if kind == "card":
        card = draw(cards())
        ways = [
            card,
            card.lower(),
            f"{card[:6]} {card[6:14]} {card[14:]}",
            f"{card[:6]}-{card[6:14]}-{card[14:]}",
        ]
        return (CARD, card), draw(st.sampled_from(ways))
    if kind == "fixed":
        number = draw(landlines())
        area = 3 if number[:2] in ("01", "02") else 4
        area_code, rest = number[:area], number[area:]
        ways = [
            number,
            f"{area_code}-{rest}",
            f"({area_code}){rest}",
            f"（{area_code}）{rest}",
            f"{area_code} {rest}",
        ]
        return (PHONE, number), draw(st.sampled_from(ways))
    if kind == "service":
        number = "400" + draw(digits(6)) + draw(st.sampled_from("123456789"))
        ways = [
            number,
            f"{number[:3]}-{number[3:6]}-{number[6:]}",
            f"{number[:3]}-{number[3:7]}-{number[7:]}",
        ]
        return (PHONE, number), draw(st.sampled_from(ways))
    if kind == "bank":
        number = draw(bank_cards())
        return (BANK, number), draw(
            st.sampled_from([number, " ".join(number[at : at + 4] for at in range(0, 16, 4))])
        )
    plate = draw(st.sampled_from(["新A12345", "京AD12345", "川B8K2M1", "沪A1234挂"]))
    return (PLATE, plate), draw(
        st.sampled_from([plate, f"{plate[:2]}·{plate[2:]}", f"{plate[:2]} {plate[2:]}"])
    )


@st.composite
def sentences(draw: st.DrawFn) -> tuple[Number, str]:
    """A number, and a sentence in which it stands."""
    number, spelled = draw(spelled_numbers())
    before, after = draw(st.sampled_from(BEFORE)), draw(st.sampled_from(AFTER))
    return number, f"{before}{spelled}{after}"


@st.composite
def spoilt_sentences(draw: st.DrawFn) -> tuple[Number, str]:
    """A number in a sentence, some of whose signs are spelled otherwise or followed by others."""
    number, sentence = draw(sentences())
    signs = list(sentence)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(signs) - 1))
        signs[place] = draw(_spoilt(signs[place]))
    return number, "".join(signs)


def _spoilt(sign: str) -> st.SearchStrategy[str]:
    """A digit as a numeral or of another script; any sign with a gap or something unseen behind."""
    others = [f"{sign}{behind}" for behind in (*_HIDDEN, *_GAPS, "\x7f", "\x01", "\n", "〜", ".", ")", "（")]
    if sign in "0123456789":
        others += [numerals[int(sign)] for numerals in _NUMERALS]
        others += [chr(zero + int(sign)) for zero in (0xFF10, 0x660, 0x966, 0x1D7CE)]
    return st.sampled_from(others)
