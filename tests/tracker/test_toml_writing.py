"""Whatever text goes into a TOML file comes back as the same value, and no other key appears."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.toml_writing import clean_comment, replace_table, write_toml, write_toml_line

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "\n[deadline]\notherwise = 365",
        '"',
        "'''",
        '"""\n',
        "\\",
        "\\u0041",
        "a]",
        "\r\n#",
        "\x00\x7f\x85\u2028",
    ]
)
VALUES = TEXTS | st.booleans() | st.integers(0, 1 << 60) | st.times() | st.lists(TEXTS, max_size=3)
TABLES = st.recursive(
    st.dictionaries(TEXTS, VALUES, max_size=4),
    lambda inner: st.dictionaries(
        TEXTS, VALUES | inner | st.lists(inner, min_size=1, max_size=2), max_size=4
    ),
    max_leaves=4,
)


@given(TABLES)
def test_a_document_reads_back_as_it_was(data: dict[str, object]) -> None:
    assert tomllib.loads(write_toml(data)) == data


@given(TABLES, TEXTS, TEXTS)
def test_no_comment_becomes_a_key(data: dict[str, object], head: str, remark: str) -> None:
    assert tomllib.loads(write_toml(data, [head], lambda key, value: remark)) == data


@given(TEXTS, TEXTS, TEXTS)
def test_a_line_stays_one_and_a_draft_can_put_a_comment_before_or_behind_it(
    key: str, value: str, words: str
) -> None:
    line = write_toml_line(key, value)
    assert tomllib.loads(f"# {line}\n{line}  # {clean_comment(words)}\n") == {key: value}


def test_what_is_none_is_left_out() -> None:
    assert tomllib.loads(write_toml({"a": None, "b": {"c": None, "d": 1}})) == {"b": {"d": 1}}


@pytest.mark.parametrize(
    "own",
    [
        '[identity]\nwithin = "day"\n\n',
        'identity.within = "day"\n',
        'identity = { within = "day" }\n',
        "[identity]  # 编号\nfold_spelling = true  # 大小写\n",
        '"identity" . within = "day"\n',
        "",
    ],
)
def test_a_table_takes_the_place_of_the_earlier_one_and_the_rest_stays(own: str) -> None:
    text = f'# 手写\ntitle = """\n[identity]\n"""\n{own}[columns]\ncall_id = "流水号"  # 唯一\n'
    made = replace_table(text, "identity", {"within": "month"}, ValueError)
    assert tomllib.loads(made) == {
        "title": "[identity]\n", "columns": {"call_id": "流水号"}, "identity": {"within": "month"},
    }  # fmt: skip
    assert "# 手写\n" in made
    assert 'call_id = "流水号"  # 唯一\n' in made


def test_a_text_that_is_no_toml_is_refused_as_the_reader_does() -> None:
    with pytest.raises(ValueError, match="第1行"):
        replace_table("a = \n", "identity", {}, ValueError)
