"""The package's page: opens without a server, prints, and is made of the package's own contents alone."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any

from kpi.figures.from_months import MonthComparisons
from kpi.figures.serializing import format_vintage
from kpi.handover.package.claims import FigureClaim, exact_text, get_title
from kpi.handover.package.evidence_index import HEADER, IndexRow
from kpi.handover.package.layout import EVIDENCE, FIGURES_TABLE, READ_ME, WORKBOOK
from kpi.handover.package.vintages import CORRECTION, EXCEPTION, list_exception_rows, list_vintage_rows
from kpi.offline import Replay
from kpi.terminal_tables import format_month_comparison, format_share
from tracker.periods import parse_period

_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:1100px;
margin:2em auto;padding:0 1em;color:#1b1b1b}
h1{font-size:1.6em}h2{font-size:1.25em;border-bottom:2px solid #1F4E79;margin-top:2em}
h3{font-size:1em;margin:1.4em 0 .3em}table{border-collapse:collapse;width:100%;font-size:13px}
th,td{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top}th{background:#eef3f8}
nav a{margin-right:1.2em}td.n{text-align:right;white-space:nowrap}
td.h{font:11px Consolas,monospace;word-break:break-all;min-width:17em}
code{font-family:Consolas,monospace;overflow-wrap:anywhere}
pre{background:#f4f4f4;padding:.6em;white-space:pre-wrap;overflow-wrap:anywhere}tr{break-inside:avoid}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{color:#555}dd{margin:0}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}}
"""

_NAVIGATION = (
    '<nav><a href="#year">全年一览</a><a href="#figures">各期数字</a><a href="#corrected">更正</a>'
    '<a href="#exceptions">限期解锁</a><a href="#evidence">证据索引</a></nav>'
)
_OVERVIEW = ("指标", "数值", "分子", "分母", "数据完整率", "数据状态", "数据版本", "溯源码")
_FIGURES = ("统计期", "数值", "分子", "分母", "数据完整率", "数据状态", "数据版本", "溯源码", "说明")


def render_page(
    about: Mapping[str, Any],
    fingerprint: str,
    claims: Sequence[FigureClaim],
    evidence: Sequence[IndexRow],
    replay: Replay,
    compared: MonthComparisons,
) -> bytes:
    """The whole page."""
    title = f"{about['center']['name']}{about['year']}年绩效指标证据包"
    body = "".join(
        (
            f"<h1>{escape(title)}</h1>",
            _render_cover(about, fingerprint),
            _NAVIGATION,
            _render_instructions(about),
            '<h2 id="year">全年一览</h2><p>无法核实的写“—”，不是0。'
            "数据完整率是实际报送天数（小时、月）÷应报送天数（小时、月）。每个数字带溯源码，"
            "在中心的系统中可查询该数字的明细和口径。</p>",
            _render_overview(claims, str(about["year"])),
            '<h2 id="figures">各期数字</h2><p>全年在前，其后是各季、各月；带*的期间在统计时尚未结束。</p>',
            "".join(
                _render_indicator(list(found), compared)
                for _, found in groupby(claims, itemgetter("indicator"))
            ),
            _render_corrections(replay, about["year"]),
            '<h2 id="evidence">证据索引</h2>',
            _render_table(HEADER, evidence, linked=2),
        )
    )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'.encode()


def write_read_me(about: Mapping[str, Any], fingerprint: str) -> bytes:
    """The first file to read."""
    head = about["head"]
    lines = (
        f"{about['center']['name']} {about['year']}年绩效指标证据包",
        "",
        "先打开 index.html（双击即可，不需要联网）：里面是全部指标数字、证据索引和核验方法。",
        f"日常查阅用 {WORKBOOK} 或 {FIGURES_TABLE}；证据索引见 {EVIDENCE}。",
        "",
        f"数据日志：第{head['seq']}号，哈希值 {head['hash']}",
        f"签名公钥指纹：{fingerprint}",
        "请把以上两项与盖章的纸质报告比对；包自己证明不了自己。",
        "",
        "核验命令（不需要数据库、服务器和网络）：",
        "  hotline verify 本包.zip --head 盖章报告上的哈希值 --key 盖章报告上的指纹",
        "没有装 hotline 的电脑，用中心提供的单文件核验程序：",
        "  python hotline-verify.pyz verify 本包.zip --head 盖章报告上的哈希值 --key 盖章报告上的指纹",
        "",
        "日志收全从第1号至末尾的事件，不按年度截取：截断以后哈希链无从核对。",
        "日志里没有姓名和电话号码，只有脱敏标识；脱敏标识是带密钥的摘要，是被哈希值的原文的一部分，所以原样保留。",
        "需要看清某一行时，请向中心索取披露文件，再加 --disclosure 文件 核对它与本包是否相符。",
        "",
    )
    return "\r\n".join(lines).encode()


def _render_cover(about: Mapping[str, Any], fingerprint: str) -> str:
    entries = {
        "中心": f"{about['center']['name']}（{about['center']['id']}）",
        "年度": f"{about['year']}年",
        "统计截至": about["moment"][:19].replace("T", " "),
        "数据日志": f"第{about['head']['seq']}号",
        "日志校验值": about["head"]["hash"],
        "哈希算法": about["center"]["digest"].upper(),
        "签名公钥指纹": fingerprint,
    }
    pairs = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd>" for name, text in entries.items()
    )
    return (
        "<p>本包收有得出这些数字的全部登记事件、口径和佐证材料。任何人可以在自己的电脑上由事件重算每个数字，"
        f"不必相信打包的一方。先读 {_render_link(READ_ME)}。</p><dl>{pairs}</dl>"
    )


def _render_instructions(about: Mapping[str, Any]) -> str:
    return (
        "<h2>怎样核验</h2><ol>"
        "<li>从盖章的纸质报告上抄下日志校验值和公钥指纹。它们不在本包里，改包的人改不了它们。</li>"
        "<li>在装有核验程序的电脑上运行（不需要数据库、服务器和网络）："
        "<pre>hotline verify 本包.zip --head 日志校验值 --key 公钥指纹</pre>"
        "没有装的，用中心提供的单文件核验程序（只需 Python 和它列出的几个组件）："
        "<pre>python hotline-verify.pyz verify 本包.zip --head 日志校验值 --key 公钥指纹</pre></li>"
        "<li>程序依次核对压缩包、清单、签名、哈希链，再由事件重算每个数字，逐位比对；"
        "全部相符才说“通过”。加 --all 列出每个数字。</li>"
        "<li>个人信息只有加盐承诺。要看清某一行，请向中心索取披露文件，加 --disclosure 核对。</li></ol>"
        f"<p>本包的日志收全从第1号至第{about['head']['seq']}号的事件，不按年度截取，否则哈希链无从核对。</p>"
    )


def _render_corrections(replay: Replay, year: int) -> str:
    corrected = [row for row in list_vintage_rows(replay, year) if row.vintage > 1]
    exceptions = list_exception_rows(replay, year)
    table = "<p>无数据更正。</p>"
    if corrected:
        table = _render_table(CORRECTION, (row.as_correction() for row in corrected), numbers=(3, 4))
    listed = _render_table(EXCEPTION, exceptions) if exceptions else "<p>没有申请过限期解锁。</p>"
    return (
        '<h2 id="corrected">更正</h2><p>已锁定的数字只能由两人更正，依据一次未过期的限期解锁；'
        f'锁定时的数字仍保留。</p>{table}<h2 id="exceptions">限期解锁</h2>{listed}'
    )


def _render_overview(claims: Sequence[FigureClaim], year: str) -> str:
    rows = ((get_title(claim), *_make_row(claim)[1:8]) for claim in claims if claim["period"] == year)
    return _render_table(_OVERVIEW, rows, numbers=(1, 2, 3, 4))


def _render_indicator(claims: Sequence[FigureClaim], compared: MonthComparisons) -> str:
    first = claims[0]
    title = f"<h3>{escape(get_title(first))} <code>{escape(first['indicator'])}</code></h3>"
    return title + _render_table(
        _FIGURES, (_make_row_with_months(claim, compared) for claim in claims), numbers=(1, 2, 3, 4)
    )


def _make_row_with_months(claim: FigureClaim, compared: MonthComparisons) -> tuple[str, ...]:
    """A figure, and how it stands to its months."""
    *numbers, reason = _make_row(claim)
    beside = format_month_comparison(compared.get((claim["indicator"], parse_period(claim["period"]))))
    return (*numbers, reason + beside)


def _make_row(claim: FigureClaim) -> tuple[str, ...]:
    value = "—" if claim["value"] is None else f"{claim['value']}{claim['unit']}"
    return (
        claim["period"] + ("*" if claim["provisional"] else ""),
        value,
        exact_text(claim["numerator"]) or "",
        exact_text(claim["denominator"]) or "",
        "" if claim["coverage"] is None else format_share(Fraction(claim["coverage"])),
        claim["status"],
        format_vintage(claim["vintage"]),
        claim["code"],
        claim["reason"],
    )


def _render_table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[int] = (),
    linked: int | None = None,
) -> str:
    """`linked` is the column that names files of the package."""
    titles = "".join(f"<th>{escape(title)}</th>" for title in header)
    kinds = [
        "n" if place in numbers else "h" if title == HEADER[-1] else "" for place, title in enumerate(header)
    ]
    lines = (
        "".join(
            f"<td{kind and f' class={kind}'}>{_render_link(cell) if place == linked else escape(cell)}</td>"
            for place, (kind, cell) in enumerate(zip(kinds, row, strict=True))
        )
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _render_link(name: str) -> str:
    return f'<a href="{escape(name)}">{escape(name)}</a>'
