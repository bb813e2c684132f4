"""Commands of the person who checks a package; they need nothing of the centre's system."""

import json
import sys
from pathlib import Path

import click

from kpi.handover.package.signature import read_fingerprint
from kpi.handover.verify.drawing import draw_sample
from kpi.handover.verify.printing import convert_findings, format_findings
from kpi.handover.verify.tick_list import format_sample as lines_of_sample
from kpi.handover.verify.tick_list import render_tick_page, write_proofs, write_tick_table
from kpi.handover.verify.verification import OutsideKnowledge, verify_apart
from tracker.chain import read_hash
from tracker.file_writing import write_bytes

_WRITTEN = click.Path(dir_okay=False, path_type=Path, writable=True)
_package = click.argument(
    "package", metavar="证据包.zip", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.command("verify")
@_package
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="哈希值",
    help="盖章报告上印的日志校验值；可给多个，早月份的也行。",
)
@click.option("--key", metavar="指纹", help="盖章报告上印的公钥指纹，或写有指纹的文件。")
@click.option(
    "--disclosure",
    metavar="文件.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="中心开具的披露文件，核对它与本包是否相符。",
)
@click.option(
    "--shown",
    multiple=True,
    metavar="文件",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="中心出示的佐证材料原件，核对它是不是登记的那一份；可给多个。",
)
@click.option(
    "--sample",
    metavar="文件.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="sample-rows 写出的样本，核对它是不是由种子从本包抽出的。",
)
@click.option("--repacked", is_flag=True, help="包是自己解开后重新打包的，不要求压缩包是原样。")
@click.option("--all", "everything", is_flag=True, help="列出每个数字的包内值和重算值。")
@click.option("--json", "as_object", is_flag=True, help="输出JSON。")
def verify(
    package: Path,
    heads: tuple[str, ...],
    key: str | None,
    disclosure: Path | None,
    shown: tuple[Path, ...],
    sample: Path | None,
    repacked: bool,
    everything: bool,
    as_object: bool,
) -> None:
    """核验证据包：由事件重算每个数字，逐位比对；不需要数据库、服务器和网络。

    退出码：0 通过，1 有不符，2 包打不开，3 包内一致，但没有与打包时印下的日志校验值比对。
    """
    outside = OutsideKnowledge(
        heads=[read_hash(head).hex() for head in heads],
        fingerprint=None if key is None else read_fingerprint(_read_content(key)),
        disclosure=disclosure,
        shown=shown,
        sample=sample,
        repacked=repacked,
    )
    found = verify_apart(package, outside)
    if as_object:
        click.echo(json.dumps(convert_findings(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(format_findings(found, everything=everything)))
    if not found.agree or not found.bound:
        sys.exit(3 if found.agree else 1)


@click.command("sample-rows")
@_package
@click.option(
    "--seed", required=True, metavar="种子", help="评价人员自己定的数字或文字，例如当场掷出的点数。"
)
@click.option("--count", default=25, show_default=True, type=click.IntRange(1, 10_000), help="抽多少行。")
@click.option("--source", metavar="来源", help="只抽一个来源，例如 话单、工单；不给则抽全部来源。")
@click.option("--html", metavar="文件", type=_WRITTEN, help="写出可以打印的核对表。")
@click.option("--csv", "table", metavar="文件", type=_WRITTEN, help="写出核对表（CSV）。")
@click.option("--proofs", metavar="文件.json", type=_WRITTEN, help="写出样本和每行在日志中的证明。")
def sample_rows(
    package: Path,
    seed: str,
    count: int,
    source: str | None,
    html: Path | None,
    table: Path | None,
    proofs: Path | None,
) -> None:
    """由评价人员的种子随机抽取数据行，附每行在日志中的证明和核对表；谁用同一种子都抽出同样的行。"""
    drawn = draw_sample(package, seed, count, source)
    for path, content in ((html, render_tick_page), (table, write_tick_table), (proofs, write_proofs)):
        if path is not None:
            write_bytes(path, content(drawn))
    click.echo("\n".join(lines_of_sample(drawn)))
    for path in (html, table, proofs):
        if path is not None:
            click.echo(f"已写出 {path}")


def _read_content(text: str) -> str:
    path = Path(text)
    try:
        return path.read_text("utf-8") if path.is_file() else text
    except OSError:
        return text
