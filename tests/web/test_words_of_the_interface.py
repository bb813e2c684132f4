"""The interface keeps to its terms: words that were given up do not come back, and signs are set alike."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
GIVEN_UP = {
    "有据率": "数据完整率", "有据日历": "报送日历", "交付": "报送、导入、"
    "来源文件", "隔离行": "问题数据", "待改行": "问题数据",
    "附函": "报送单", "关账": "月度审核", "提请": "申请", "锁定例外": "限期解锁", "迟到登记": "锁定后变"
    "动", "版次": "数据版本",
    "暂定": "未锁定、本期未结束、"
    "预估", "现有事实": "最新数据", "背后的行": "明细", "事物": "对象", "事件日志": "数据日志",
    "末尾哈希": "日志校验"
    "值", "证明材料": "佐证材料", "证明文件": "佐证材料", "挂接": "上传、关联", "撤下": "撤销",
    "已载无文件": "有登记无原"
    "件", "对账数": "外部核对数据", "对账矩阵": "数据勾稽表", "如果今天评价": "模拟评分", "稳得": "已落实",
    "缺口": "数据缺失", "一次性口令": "初始口令", "动态码": "动态口令", "遮盖": "脱敏", "管理者": "业务主管",
    "评价员": "评价人"
    "员", "签认": "确认", "补导": "补报", "坐席": "座席", "超期": "逾期", "迟付": "逾期支"
    "付", "会用率": "使用知晓"
    "率",
    "到训率": "参训率", "核对发现": "复核发现的"
    "问题", "标杆值": "目标值", "对照口径": "其他口径", "口径提案": "口径变更申请",
}  # fmt: skip
FOREIGN = {
    "ingest/kinds": "titles of columns as vendors write them",
    "ingest/profiles": "titles of columns as vendors write them",
    "web/demo/sample": "files that look like a vendor's",
    "kpi/evaluation/claims/layout.py": "titles of tables in reports of others",
    "tracker/tabular/queue_log.py": "the columns that a log of queues is read as",
    "ingest/recognition": "words that tell what a table is",
    "ingest/cells": "words that vendors write into cells",
    "web/search_words.py": "words that people type, whatever the pages call it",
}  # paths whose words are not ours, and whose they are
_HAN = r"[\u4e00-\u9fff]"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SPACED = re.compile(
    rf"{_HAN} {_NUMBER}(?![A-Za-z0-9_/\-:.]| [A-Za-z])|(?<![A-Za-z0-9_/\-:.,]){_NUMBER}%? {_HAN}"
)
_HALF_WIDTH = re.compile(rf"{_HAN}[,;?!]{_HAN}|{_HAN}:(?!记){_HAN}")
_AS_TYPED = re.compile("新密钥,旧密钥|主机:端口")  # values of settings
_MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.S)

templates = sorted((ROOT / "web/templates").rglob("*.html"))
documents = sorted((ROOT / "kpi/handover/templates").glob("*.docx"))


@cache
def of_code(path: Path) -> tuple[str, ...]:
    """The texts of a module; what an f-string puts in stands as {}."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    joined = [one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)]
    within = {id(part) for one in joined for part in one.values}
    plain = (
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in within
    )
    filled = (
        "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in one.values)
        for one in joined
    )
    return (*plain, *filled)


def own_modules() -> Iterator[Path]:
    for room in ("tracker", "ingest", "kpi", "web"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if not any(path.relative_to(ROOT).as_posix().startswith(place) for place in FOREIGN):
                yield path


@cache
def said(path: Path) -> str:
    if path.suffix == ".py":
        return "\n".join(of_code(path))
    if path.suffix == ".docx":
        with ZipFile(path) as archive:
            return re.sub(r"<[^>]*>", "", archive.read("word/document.xml").decode())
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", GIVEN_UP)
def test_a_word_that_was_given_up_does_not_come_back(word: str):
    places = [*own_modules(), *templates, *documents, ROOT / "README.zh-CN.md", ROOT / "web/docs/api.md"]
    found = [path.relative_to(ROOT).as_posix() for path in places if word in said(path)]
    if word == "坐席":  # the example row of the interface is a vendor's
        found = [one for one in found if one != "web/docs/api.md"]
    assert not found, f"“{word}”应写作“{GIVEN_UP[word]}”"


@pytest.mark.parametrize("path", templates, ids=lambda path: path.name)
def test_no_page_asks_anybody_to_type_a_command(path: Path):
    assert "hotline " not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", templates, ids=lambda path: path.name)
def test_punctuation_between_characters_is_chinese_and_numbers_touch_them(path: Path):
    text = _MARKUP.sub("§", path.read_text(encoding="utf-8"))
    assert not _HALF_WIDTH.findall(text)
    assert not _SPACED.findall(text)


def test_punctuation_in_sentences_of_code_is_chinese():
    found = [
        (path.relative_to(ROOT).as_posix(), text)
        for path in own_modules()
        for text in of_code(path)
        if _HALF_WIDTH.search(_AS_TYPED.sub("", text)) and "，" in text
    ]
    assert not found


def test_the_exceptions_are_still_there():
    assert all((ROOT / place).exists() for place in FOREIGN)
