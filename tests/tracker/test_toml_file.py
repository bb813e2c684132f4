"""TOML files of people: each key's line, and every fault a sentence with file and line."""

from datetime import date
from pathlib import Path

import pytest

from tracker.toml_file import LONGEST, TomlTable, parse_toml, read_toml
from tracker.toml_lines import index_lines


class Refused(ValueError):
    """What these tests refuse with."""


def node(text: str) -> TomlTable:
    return parse_toml(text, Refused, "a.toml")


def test_lines_of_keys_are_found_in_nested_and_repeated_tables() -> None:
    text = 'a = 1\n[b."丙"]\nx = [\n  "y = 2",\n]\nz = { k = 1 }\n[[c]]\nq = 1\n[[c]]\nq = 2\n'
    lines = index_lines(text)
    assert lines[("a",)] == 1
    assert (lines[("b", "丙")], lines[("b", "丙", "x")], lines[("b", "丙", "z")]) == (2, 3, 6)
    assert (lines[("c", 0, "q")], lines[("c", 1, "q")]) == (8, 10)
    assert ("b", "丙", "y") not in lines


def test_lines_are_found_below_a_table_of_a_list_and_past_texts_of_several_lines() -> None:
    text = 'a = """\n[b]\nx = 1\n"""\n[[c]]\n[c.d]\nq = 1\n[[c]]\n[[c.e]]\nq = 2\n[f.g]\n'
    lines = index_lines(text)
    assert lines[("c", 0, "d", "q")] == 7
    assert lines[("c", 1, "e", 0, "q")] == 10
    assert lines[("f",)] == lines[("f", "g")] == 11
    assert ("b",) not in lines


def test_lines_are_counted_as_the_parser_counts_them() -> None:
    assert index_lines('a = "一\u2028二"\r\nb = 1\r\n')[("b",)] == 2


WRONG = [  # text, what is asked of it, the sentence
    ("a = 1\nb = 2", lambda read: read.text("b"), "第2行：“b”应为加引号的文字，读到的是“2”。"),
    ("a = ' '", lambda read: read.filled("a"), "第1行：“a”是空的，请填写。"),
    ("a = 1", lambda read: read.text("b"), "第1行：缺少 b。"),
    ("\n[a]\nb = 1", lambda read: read.table("a").text("c"), "第2行：“a”缺少 c。"),
    ("a = 0", lambda read: read.whole("a", 1), "第1行：“a”应为1或更大的整数，读到的是“0”。"),
    ("a = 7", lambda read: read.whole("a", 0, 6), "第1行：“a”应为0至6的整数，读到的是“7”。"),
    ("a = true", lambda read: read.whole("a", 0), "应为0或更大的整数，读到的是“True”。"),
    ("a = 1.5", lambda read: read.whole("a", 0), "读到的是“1.5”。"),
    ('a = "x"', lambda read: read.number("a"), "第1行：“a”应为数字，读到的是“x”。"),
    ("a = 1", lambda read: read.flag("a"), "第1行：“a”应为 true 或 false，读到的是“1”。"),
    ("a = 2030-01-01T00:00:00", lambda read: read.day("a"), "第1行：“a”应为日期，如 2027-01-01，读到的是"),
    ("a = 2030-01-01", lambda read: read.days("a"), "第1行：“a”应为列表，写在 [ ] 里。"),
    ('a = ["x", 1]', lambda read: read.texts("a"), "第1行：“a”应为加引号的文字，读到的是“1”。"),
    ('a = "z"', lambda read: read.choice("a", ["x", "y"]), "第1行：“a”应为 x、y 之一，读到的是“z”。"),
    ("a = [1]", lambda read: read.choice("a", ["x", "y"]), "第1行：“a”应为 x、y 之一，读到的是“[1]”。"),
    ("a = 1", lambda read: read.table("a"), "第1行：“a”应为一节（[…]）或 { } 里的表。"),
    ("[a]\nb = [1]", lambda read: list(read.table("a").tables("b")), "第2行：“a.b”应写成 [[a.b]] 小节。"),
    (
        "[[a]]\n[[a]]\nx = 1",
        lambda read: [one.text("x") for one in list(read.tables("a"))[1:]],
        "第3行：“a.2.x”应为",
    ),
    ("scael = 2", lambda read: read.only("title", "scale"), "这里可以写的是 title、scale。是不是“scale”？"),
]


@pytest.mark.parametrize(("text", "asked", "sentence"), WRONG, ids=[sentence for *_, sentence in WRONG])
def test_what_does_not_fit_is_told_with_file_and_line(text, asked, sentence) -> None:
    with pytest.raises(Refused) as refused:
        asked(node(text))
    assert str(refused.value).startswith("a.toml 第")
    assert sentence in str(refused.value)


def test_bounds_are_included_and_what_fits_is_given() -> None:
    read = node('low = 0\nhigh = 6\nday = 2030-01-02\nshare = 0.1\nword = "x"\nlist = []')
    assert (read.whole("low", 0, 6), read.whole("high", 0, 6), read.whole("none", 0, 6, default=3)) == (
        0,
        6,
        3,
    )
    assert (read.day("day"), read.days("none", ()), read.texts("list")) == (date(2030, 1, 2), (), ())
    assert read.number("share") * 10 == 1
    assert read.choice("word", ["x", "y"]) == "x"
    assert read.flag("none", default=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1\nb = 中", "a.toml 第2行：第5个字符附近不符合TOML格式（b = 中）"),
        ('a = """\n开', "a.toml 第2行：到文件末尾还没有写完，不符合TOML格式（开）"),
        ("a = 1\na = 2", "a.toml 第2行：同一个键或小节写了两次（a = 2）"),
        ("[a]\n[a]", "a.toml 第2行：同一个键或小节写了两次（[a]）"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        node(text)
    assert str(refused.value).startswith(sentence)


def test_a_text_without_a_file_is_told_by_line_and_a_document_by_key_alone() -> None:
    for read, sentence in (
        (parse_toml("\na = 1", Refused), "第2行：“a”应为"),
        (TomlTable({"a": 1, "b": None}, Refused), "“a”应为"),
    ):
        assert "b" not in read
        with pytest.raises(Refused, match=f"^{sentence}"):
            read.text("a")
    with pytest.raises(Refused, match=r"^第1行：第3个字符附近"):
        parse_toml("a b", Refused)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    long, other, exact = tmp_path / "long.toml", tmp_path / "gbk.toml", tmp_path / "exact.toml"
    long.write_bytes(b"#" * (LONGEST + 1))
    exact.write_bytes(b"#" * LONGEST)
    other.write_bytes('a = "中"'.encode("gb18030"))
    assert read_toml(exact, Refused).data == {}
    for path, sentence in (
        (tmp_path / "none.toml", "没有文件 .*none.toml。"),
        (tmp_path, "不能读"),
        (long, "long.toml 超过1MB"),
        (other, "gbk.toml 不是UTF-8编码，请另存为UTF-8。"),
    ):
        with pytest.raises(Refused, match=sentence):
            read_toml(path, Refused)


def test_a_mark_of_the_byte_order_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = 1", encoding="utf-8-sig")
    assert read_toml(path, Refused).whole("a", 1) == 1


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5_000], ids=["deep", "long"])
def test_what_the_parser_gives_up_on_is_a_complaint_like_any_other(text: str):
    with pytest.raises(ValueError, match="套得太深"):
        parse_toml(text, ValueError, "表.toml")
