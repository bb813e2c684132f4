"""Two names are one person's however they are typed."""

import pytest

from tracker.signatures import SignatureProblem, bears_account, clean_signature, is_same_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张 三"),
        ("张三", " 张三\u3000"),
        ("张三", "张\u200b三"),
        ("阿不都·热合曼", "阿不都热合曼"),
        ("阿不都·热合曼", "阿不都•热合曼"),
        ("阿不都·热合曼", "阿不都.热合曼"),
        ("阿不都·热合曼", "阿不都－热合曼"),
        ("Li Lei", "ＬＩ　ＬＥＩ"),
    ],
)
def test_one_person_typed_in_two_ways(one: str, other: str):
    assert is_same_person(one, other)
    assert is_same_person(other, one)


def test_two_people():
    assert not is_same_person("张三", "张三丰")


@pytest.mark.parametrize(
    "name",
    ["王芳（zhang.san）", "王芳(zhang)", "王芳〔zhang〕", "王芳【zhang】", "王芳 [zhang]", "王芳＜zhang＞"],
)
def test_a_name_that_ends_like_a_signature_is_told(name: str):
    assert bears_account(name)
    assert not bears_account("王芳（质检科）")


@pytest.mark.parametrize("name", ["", "  ", "\u3000", "\u200b", "·"])
def test_nobody_signs_with_nothing(name: str):
    with pytest.raises(SignatureProblem, match="审批必须写明姓名"):
        clean_signature(name, "审批")


def test_a_name_is_kept_without_what_cannot_be_seen():
    assert clean_signature(" 张\u200b三\n", "审批") == "张三"


def test_a_name_has_an_end():
    with pytest.raises(SignatureProblem, match="太长"):
        clean_signature("张" * 41, "审批")
