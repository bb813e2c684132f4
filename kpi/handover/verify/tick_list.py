"""The sample on paper: a list to tick off against the original files, and the same for a spreadsheet."""

from collections.abc import Iterator
from html import escape
from typing import Any

import orjson

from kpi.handover.package.layout import dump_csv, dump_json
from kpi.handover.verify.sampling import RULE, Sample, SampleRow, convert_sample
from kpi.terminal_tables import LEFT, RIGHT, align_rows, make_printable
from tracker.events import SOURCES, TYPES, WORDS, find_title

_HEADER = ("序号", "记录号", "来源", "原始文件", "行号", "发生时间", "登记的内容")
_TICKS = ("与原始文件一致", "与录音或凭证一致", "备注")
_STYLE = """
@page{size:A4 landscape;margin:12mm}body{font:12px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;
margin:1.5em;color:#000}h1{font-size:1.5em;margin:0 0 .4em}p{margin:.2em 0}
table{border-collapse:collapse;width:100%;margin:1em 0}th,td{border:1px solid #777;padding:.3em .4em;
text-align:left;vertical-align:top}th{background:#eee}td.w{white-space:nowrap}tr{break-inside:avoid}
td.t{text-align:center;width:3.6em;font-size:1.5em;line-height:1}td.r{min-width:7em}code{overflow-wrap:anywhere}
td.c{word-break:break-all}.s{margin-top:2em}.s span{display:inline-block;min-width:16em}
@media print{body{margin:0}}
"""


def format_sample(sample: Sample) -> Iterator[str]:
    """The sample for a terminal."""
    yield from map(make_printable, _describe_sample(sample))
    yield ""
    sides = RIGHT + RIGHT + LEFT + LEFT + RIGHT + LEFT
    yield from align_rows(
        [_HEADER[:6], *(tuple(map(make_printable, cells[:6])) for cells in list_tick_rows(sample))], sides
    )


def write_tick_table(sample: Sample) -> bytes:
    """The list for a spreadsheet, its last columns empty."""
    return dump_csv((*_HEADER, *_TICKS), ((*cells, "", "", "") for cells in list_tick_rows(sample)))


def render_tick_page(sample: Sample) -> bytes:
    """The list to print, with boxes and a place for two signatures."""
    title = f"{sample.year}年抽样核对表"
    intro = "".join(f"<p>{escape(line)}</p>" for line in _describe_sample(sample))
    header = "".join(f"<th>{escape(one)}</th>" for one in (*_HEADER, *_TICKS))
    body = "".join(f"<tr>{_render_cells(cells)}</tr>" for cells in list_tick_rows(sample))
    signed = "".join(f"<span>{one}：</span>" for one in ("核对人", "陪同人", "日期"))
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{intro}"
        f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
        f'<p>共{len(sample.rows)}行：一致____行，不一致____行，未能核对____行。</p><p class="s">{signed}</p>'
        "</body></html>\n"
    ).encode()


def write_proofs(sample: Sample) -> bytes:
    """The sample with its proofs, for `hotline verify --sample`."""
    return dump_json(convert_sample(sample))


def _describe_sample(sample: Sample) -> Iterator[str]:
    source = "全部来源" if sample.source is None else SOURCES.get(sample.source, sample.source)
    drawn = f"数据行共 {sample.population:,} 行，抽 {len(sample.rows)} 行"
    yield f"中心 {sample.center}，{sample.year}年，{source}的{drawn}"
    yield f"种子 {sample.seed}；抽法：{RULE}，任何人用同一种子都抽出同样的行"
    yield f"数据日志 第 {sample.head['seq']} 号 {sample.head['hash']}"


def list_tick_rows(sample: Sample) -> list[tuple[str, ...]]:
    """Number, event, source, file, row, time and content of each, as text."""
    return [
        (
            str(number),
            str(one.seq),
            SOURCES.get(one.event["source"], one.event["source"]),
            one.file_name,
            str(one.event["row"]),
            (one.event["occurred_at"] or "")[:19].replace("T", " "),
            _format_content(one),
        )
        for number, one in enumerate(sample.rows, start=1)
    ]


def _format_content(one: SampleRow) -> str:
    """Every field that says something, in the order of the payload."""
    content = orjson.loads(one.data)
    kind: str = one.event["type"]
    called = TYPES[kind].type_title if kind in TYPES else kind
    fields = "；".join(
        f"{find_title(name, kind).of_bare} {_format_plain(name, value)}"
        for name, value in content.items()
        if value is not None
    )
    return f"【{called}】{fields}"


def _format_plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    text = str(value)
    return WORDS.get(name, {}).get(text) or text.removesuffix("+08:00").replace("T", " ")


def _render_cells(cells: tuple[str, ...]) -> str:
    short = "".join(f'<td class="w">{escape(cell)}</td>' for cell in cells[:-1])
    boxes = '<td class="t">□</td>' * 2
    return f'{short}<td class="c">{escape(cells[-1])}</td>{boxes}<td class="r"></td>'
