"""Whether a template of a centre's own prints exactly what the packaged one prints."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from jinja2 import Environment, TemplateSyntaxError, nodes

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_STATEMENT = re.compile(r"\{%(p|tr|tc|)\s+(for|if|elif|else|endfor|endif)\b")
_TRIMMED = re.compile(r"^..[+-]|[+-].\}$")  # takes away what stands beside it
_TORN = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|｛｛|｝｝|｛%|%｝")
_WHOLE = {"p": "一段", "tr": "一行", "tc": "一格"}
_ENDS = {"endfor": "for", "endif": "if", "elif": "if", "else": "if"}
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If,
    nodes.Not,
)  # fmt: skip
_MENDED = (
    "请在 Word 里改正；或用 hotline templates copy 另取一份随系统的模板重新改。"
    "改好以前要出文件，请用随系统的模板（页面上勾选，命令后加 --packaged-template）。"
)


class TemplateProblem(ValueError):
    """本单位的 Word 模板不能用：说明里有文件、占位符和改法。"""

    def __init__(self, path: Path, fault: str):
        super().__init__(f"模板 {path}：{fault}。{_MENDED}")


class _Tag(NamedTuple):
    """A placeholder, or what repeats or leaves out a part of the document."""

    text: str  # {{ 行.数值 }}
    element: Any  # the paragraph that it stands in


class _Open(NamedTuple):
    """A part of the document that began and has not ended yet."""

    tag: str
    level: str  # p, tr, tc; empty: within a paragraph
    word: str  # for | if
    within: Any  # the body, table, row or paragraph that it is a part of
    loop: dict[str, str]  # what a name of the loop stands for: 行 → 各节[].各块[].指标表[]


def check_template(template: Path, packaged: Path) -> None:
    """Every placeholder of the packaged template is there, and no other. Raises: TemplateProblem."""
    wanted = set(placeholders(packaged))
    found = placeholders(template)
    for name, tag in found.items():
        if name not in wanted:
            raise TemplateProblem(template, _unknown(tag, name, wanted))
    if missing := sorted(wanted - found.keys()):
        raise TemplateProblem(
            template, f"少了占位符“{'”“'.join(missing)}”，写出的文件会缺内容，请补上（写法见随系统的模板）"
        )


def placeholders(template: Path) -> dict[str, str]:
    """What a template prints, repeats or depends on: name → the tag that names it first.

    A name says through which lists it is reached: 各部分[].指标[].得分. Raises: TemplateProblem.
    """
    found: dict[str, str] = {}
    opened: list[_Open] = []
    for tag in _tags(template):
        match = _STATEMENT.match(tag.text)
        if not match and tag.text.startswith("{%"):
            raise TemplateProblem(template, f"“{tag.text}”不是可用的标记")
        within = _within(template, tag, match[1]) if match else None
        if match and match[2] in _ENDS:
            _end(template, tag.text, _Open("", match[1], match[2], within, {}), opened)
        for name in _names(template, tag.text, opened):
            found.setdefault(name, tag.text)
        if match and match[2] in ("for", "if"):
            loop = _loop(template, tag.text, opened) if match[2] == "for" else {}
            opened.append(_Open(tag.text, match[1], match[2], within, loop))
    if opened:
        raise TemplateProblem(template, f"“{opened[-1].tag}”没有对应的结束标记")
    return found


def _tags(template: Path) -> Iterator[_Tag]:
    """In the order of the body, then of heads and feet."""
    for part in _parts(template):
        for paragraph in part.iter(qn("w:p")):
            text = "".join(one.text or "" for one in paragraph.iter(qn("w:t")))
            for tag in _TAG.findall(text):
                yield _Tag(tag, paragraph)
            if torn := _TORN.search(_TAG.sub("", text)):
                raise TemplateProblem(
                    template,
                    f"“{text[:40]}”里的“{torn[0]}”没有配对；括号要用半角，占位符要在一段里写完整",
                )


def _parts(template: Path) -> list[Any]:
    try:
        document = docx.Document(str(template))
    except (OpcError, BadZipFile, ValueError, KeyError) as problem:
        raise TemplateProblem(
            template, "打不开，不是完好的 .docx 文件；请在 Word 里另存为 .docx"
        ) from problem
    edges = [
        rel.target_part.element
        for rel in document.part.rels.values()
        if rel.reltype.endswith(("/header", "/footer"))
    ]
    return [document.element.body, *edges]


def _within(template: Path, tag: _Tag, level: str) -> Any:
    """What the tag chooses parts of. Its own paragraph, row or cell is left out, with all that is in it."""
    if not level:
        return tag.element
    kind = qn(f"w:{level}")
    around = tag.element if level == "p" else next(tag.element.iterancestors(kind), None)
    if around is None:
        raise TemplateProblem(template, f"“{tag.text}”要放在表格里")
    if "".join(one.text or "" for one in around.iter(qn("w:t"))).strip() != tag.text:
        raise TemplateProblem(
            template, f"“{tag.text}”要独占{_WHOLE[level]}，同{_WHOLE[level]}里的其他文字会丢失"
        )
    return around.getparent()


def _end(template: Path, tag: str, end: _Open, opened: list[_Open]) -> None:
    if not opened or opened[-1].word != _ENDS[end.word]:
        raise TemplateProblem(template, f"“{tag}”前面没有与它成对的开始标记")
    if opened[-1].level != end.level:
        raise TemplateProblem(template, f"“{opened[-1].tag}”和“{tag}”不在同一层，% 后面的字母要相同")
    if opened[-1].within is not end.within:
        raise TemplateProblem(
            template, f"“{opened[-1].tag}”和“{tag}”不在一处，要在同一个表格、同一格里，或都在表格外"
        )
    if end.word.startswith("end"):
        opened.pop()


def _names(template: Path, tag: str, opened: list[_Open]) -> Iterator[str]:
    """A name; with a question mark where the tag only asks for it, after `not` where for its contrary."""
    tree = _parsed(template, tag)
    inner = {id(one.node) for one in tree.find_all(nodes.Getattr)}
    condition = tree.find(nodes.If)
    for one in tree.find_all((nodes.Name, nodes.Getattr)):
        if id(one) not in inner and getattr(one, "ctx", "") == "load":
            name = _resolved(one, opened)
            contrary = "not " if condition and isinstance(condition.test, nodes.Not) else ""
            yield f"{contrary}{name}?" if condition else name


def _loop(template: Path, tag: str, opened: list[_Open]) -> dict[str, str]:
    one = _parsed(template, tag).find(nodes.For)
    if one is None or not isinstance(one.target, nodes.Name) or one.test is not None or one.recursive:
        raise TemplateProblem(template, f"“{tag}”写法不对，只能写作 for 名称 in 列表")
    return {one.target.name: f"{_resolved(one.iter, opened)}[]"}


def _resolved(node: nodes.Node, opened: list[_Open]) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_resolved(node.node, opened)}.{node.attr}"
    name = str(getattr(node, "name", ""))
    return next((one.loop[name] for one in reversed(opened) if name in one.loop), name)


def _parsed(template: Path, tag: str) -> nodes.Template:
    match = _STATEMENT.match(tag)
    source = tag
    if _TRIMMED.search(tag):
        raise TemplateProblem(template, f"“{tag}”写法不对，不要写加号和减号")
    if match:
        word = _ENDS.get(match[2], match[2])
        if match[2] in ("else", "endfor", "endif"):
            return nodes.Template([])
        source = "{% " + word + tag[match.end() :] + "{% end" + word + " %}"
    try:
        tree = Environment(autoescape=True).parse(source)
    except TemplateSyntaxError as problem:
        raise TemplateProblem(template, f"“{tag}”写法不对") from problem
    if not all(isinstance(one, _PLAIN) for one in tree.find_all(nodes.Node)):
        raise TemplateProblem(template, f"“{tag}”里只能写占位符，不能写运算、引号和过滤器")
    return tree


def _unknown(tag: str, name: str, wanted: set[str]) -> str:
    near = get_close_matches(name, wanted, n=1, cutoff=0)
    last = name.rpartition(".")[2]
    elsewhere = sorted(one for one in wanted if one.rpartition(".")[2] == last)
    if elsewhere:
        return f"“{tag}”不在它的循环里，这里取不到“{last}”（它在“{elsewhere[0]}”）"
    return f"没有“{tag}”这个占位符，最相近的是“{near[0]}”"
