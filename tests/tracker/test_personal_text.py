"""Personal numbers in texts: found however they are written; what looks like one and is none stays."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.spelling import Number, sentences, spoilt_sentences
from tracker.personal_numbers import BANK, CARD, PHONE, PLATE, may_hold_personal
from tracker.personal_text import (
    PersonalNumber,
    find_numbers,
    mask_number,
    mask_numbers,
    mask_texts,
    replace_in_code,
    replace_numbers,
)

AMONG = '{"at":"2023-05-10T10:00:00+08:00","id":"2023080100023932"}'


def token(kind: str, value: str) -> str:
    return f"{kind}-{value}"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("张三丰电话13812345678反映噪音", PHONE, "13812345678"),
        ("电话138 1234 5678。", PHONE, "13812345678"),
        ("138-1234-5678", PHONE, "13812345678"),
        ("１３８１２３４５６７８", PHONE, "13812345678"),
        ("+8613812345678", PHONE, "13812345678"),
        ("0086 138 1234 5678", PHONE, "13812345678"),
        ("138\u200b1234\u200b5678一直", PHONE, "13812345678"),
        ("号码一三八一二三四五六七八一直没人接", PHONE, "13812345678"),
        ("①③⑧①②③④⑤⑥⑦⑧", PHONE, "13812345678"),
        ("١٣٨١٢٣٤٥٦٧٨", PHONE, "13812345678"),
        ("13812345678QQ同号", PHONE, "13812345678"),
        ("工单2023051000012 138 1234 5678", PHONE, "13812345678"),
        ("电话：\n138\n1234\n5678", PHONE, "13812345678"),
        ("电话13812345678.3月5日再打", PHONE, "13812345678"),
        ("幺三八，幺二三四，五六七八", PHONE, "13812345678"),
        ("一三八、一两三四、五六七八", PHONE, "13812345678"),
        ("幺三八 洞两三四 五六拐勾", PHONE, "13802345679"),
        ("壹參捌壹貳參肆伍陸柒捌", PHONE, "13812345678"),
        ("㈠㈢㈧㊀〢㈢㈣㈤㈥㈦㈧", PHONE, "13812345678"),
        ("138\u31641234\u28005678", PHONE, "13812345678"),
        ("mobile13812345678", PHONE, "13812345678"),
        ("(0995)8522345", PHONE, "09958522345"),
        ("+86 995 8522345", PHONE, "09958522345"),
        ("010-65251234转801", PHONE, "01065251234"),
        ("400-123-4567", PHONE, "4001234567"),
        ("8008101234", PHONE, "8008101234"),
        ("身份证11010119900307765x", CARD, "11010119900307765X"),
        ("110101 19900307 765X", CARD, "11010119900307765X"),
        ("六五〇一〇四一九九〇〇三〇七七六五一", CARD, "650104199003077651"),
        ("650104900307765", CARD, "650104900307765"),
        ("身份证11010119900307765×", CARD, "11010119900307765X"),
        ("身份证11010119900307765\u0425", CARD, "11010119900307765X"),
        ("永久居留证965124198108030027", CARD, "965124198108030027"),
        ("卡号6222 0212 3456 7890 128", BANK, "6222021234567890128"),
        ("新A·D12345停在门口", PLATE, "新AD12345"),
        ("京A12345", PLATE, "京A12345"),
        ("京  A · 12345", PLATE, "京A12345"),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, kind: str, value: str):
    (found,) = find_numbers(text)
    assert (found.kind, found.value) == (kind, value)
    assert may_hold_personal(text)
    assert may_hold_personal(orjson.dumps({"topic": text}).decode())


@pytest.mark.parametrize(
    "text",
    [
        "2023080100023932", "GD20230510000123", "工单650400202305100012已办结", "6504002023051000012",
        "order 20230510-000123", "话单C-2023-0510-000123", "流水20230510101530001", "编号00012345678",
        "2023-05-10 10:00:00至2023-05-11 12:00:00", "2023年5月10日10时30分",
        "2023-05-10 2023-05-11 2023-05-12", "2023-2024学年第一学期",
        "1684123456.12345", "1684123456789", "10:00-11:30 14:00-18:00", "0830-1130值班",
        "12345热线、110、119、96111、95598", "国网95598", "邮编838000", "8001", "v1.2.3.4",
        "IP 192.168.100.200", "91650400MA77XXXX1X", "91650400745200123X",
        "统一社会信用代码12650400457700123A", "911101050000010123",
        "金额13800001234元", "合计13812345678.50", "138，1234，5678", "138、1234、5678件",
        "965124198108030025", "第一、三、四、五、六、七、八、九章", "每周一三五，二四六日",
        "131,二三四五件,六七八九件",
        "合计1,380,000.12元", "4000000000", "通话时长12345678901毫秒",
        "面积13812345678平方米",
        "0.13812345678", "北纬42.9513421，东经89.1895471", "100 200 300 400", "15 16 17 18 19 号楼",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-13812345678a",
        "d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26",
        "第二三产业，一二三四五六七八九十", "一楼二单元301室", "二〇二三年五月十日", "吐政办发〔2023〕12号",
        "京A座12楼", "新疆吐鲁番市高昌区", "学历验证编号12345678901234567", "https://example.cn/a?id=20230510000012",
        "phone-138123456789012345678901", "张三丰电话〔phone-13812345678901234567890a〕反映噪音",
    ],
)  # fmt: skip
def test_what_is_no_persons_number_stays(text: str):
    assert find_numbers(text) == []
    assert replace_numbers(text, token) == text


@pytest.mark.parametrize(
    "code",
    [
        "2023080100023932", "4001234567", "0995-8522345", "6222021234567890128", "650104900307765",
        "call/2023080100023932@2023-05", "person/phone-0123456789abcdef01234567@2020-01-01", "新A12345",
    ],
)  # fmt: skip
def test_an_identifier_stays_unless_it_is_a_mobile_or_an_identity_number(code: str):
    assert replace_in_code(code, token) == code


@pytest.mark.parametrize(
    ("code", "replaced"),
    [
        ("13812345678", "phone-13812345678"),
        ("138-1234-5678", "phone-13812345678"),
        ("１３８１２３４５６７８", "phone-13812345678"),
        ("8613812345678", "phone-13812345678"),
        ("20230510100000_13812345678", "20230510100000_phone-13812345678"),
        ("王工13812345678", "王工phone-13812345678"),
        ("一三八一二三四五六七八", "phone-13812345678"),
        ("电话１３８－１２３４－５６７８/1", "电话phone-13812345678/1"),
        ("person/11010119900307765x@2020-01-01", "person/card-11010119900307765X@2020-01-01"),
    ],
)
def test_a_persons_number_in_an_identifier_is_replaced(code: str, replaced: str):
    assert replace_in_code(code, token) == replaced


def test_the_token_takes_the_place_of_the_number_alone():
    assert replace_numbers("张三丰电话138 1234 5678反映", token) == "张三丰电话〔phone-13812345678〕反映"
    assert replace_numbers(" 138 1234 5678 ", token) == "phone-13812345678"
    two = replace_numbers("13812345678、13912345678", token)
    assert two == "〔phone-13812345678〕、〔phone-13912345678〕"


def test_what_is_masked_calls_nobody():
    assert mask_numbers("来电13812345678，座机0995-8522345") == "来电138****5678，座机099******45"
    assert mask_number("11010119900307765X") == "110101*********65X"


def test_data_is_masked_however_deep_its_texts_lie():
    number, masked = "来电138 1234 5678", "来电138****5678"
    data = {"a": [number, (number, 13812345678, None)], "b": PersonalNumber("x", number, 1, 2)}
    assert mask_texts(data) == {"a": [masked, (masked, 13812345678, None)], "b": ("x", masked, 1, 2)}


@given(sentences())
def test_in_any_sentence_the_number_is_found(drawn: tuple[Number, str]):
    (kind, value), sentence = drawn
    assert (kind, value) in [(one.kind, one.value) for one in find_numbers(sentence)]
    replaced = replace_numbers(sentence, lambda kind, _: f"{kind}-{'0' * 24}")
    assert find_numbers(replaced) == []


@given(sentences() | spoilt_sentences())
def test_the_quick_look_passes_by_no_number(drawn: tuple[Number, str]):
    _, sentence = drawn
    if find_numbers(sentence) or replace_in_code(sentence, token) != sentence:
        assert may_hold_personal(sentence)
        assert may_hold_personal(orjson.dumps({"a": "2023-05-10T10:00:00+08:00", "b": sentence}).decode())


@given(st.text("0138六二xX86)( -.·—\u200b京A/_:\n\x7f\\", max_size=30))
def test_the_quick_look_passes_by_nothing_in_any_mixture_of_signs(text: str):
    if find_numbers(text) or replace_in_code(text, token) != text:
        assert may_hold_personal(text)
        assert may_hold_personal(orjson.dumps({"b": text}).decode())


def test_no_sign_hides_a_number_from_the_quick_look():
    for code in (*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)):
        spelled = f"138{chr(code)}12345678"
        if find_numbers(spelled):
            assert may_hold_personal(spelled), hex(code)


@pytest.mark.parametrize(
    "text",
    [
        "13812345六78", "1三812345678", "138\x7f12345678", "138〜1234〜5678", "138\x0112345678",
        "(86)  (138) 1234 5678",
        "13812345678号", "京Ａ12345", "京\tA·12345",
    ],
)  # fmt: skip
def test_the_quick_look_passes_by_none_that_once_slipped_through(text: str):
    assert find_numbers(text)
    assert may_hold_personal(text)
    assert may_hold_personal(orjson.dumps({"b": text}).decode())


def test_the_quick_look_has_no_suspicion_of_what_nearly_every_call_tells():
    assert not may_hold_personal(AMONG)
    assert not may_hold_personal('{"caller":"phone-3386acc91486f78199cdbbc4","talk_ms":142000}')
