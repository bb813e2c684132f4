"""The command that checks an evaluator's signed verdict file; it needs neither database nor network."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from kpi.evaluation.row_checks import RowOutcome
from kpi.evaluation.verdicts import Verdict
from kpi.handover.verdict_file import PROVES, VerdictFile, read_verdicts
from kpi.terminal_tables import LEFT, RIGHT, align_rows

_ROWS = ("记录号", "事件哈希值", "核对", "说明")


@click.command(name="verdicts")
@click.argument("path", metavar="文件.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "fingerprint", metavar="指纹", help="中心的公钥指纹，印在盖章的报告上；空格不计。")
@click.option("--sha256", "expected", metavar="哈希值", help="评价人员纸上留存的 SHA-256。")
def verdicts(path: Path, fingerprint: str | None, expected: str | None) -> None:
    """核对评价人员的核验结论文件：签名是否成立，内容是什么。

    例如 hotline verdicts 核验结论.json --sha256 纸上的哈希值
    """
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if expected is not None and "".join(expected.split()).lower() != digest:
        raise click.ClickException(f"文件的 SHA-256 是 {digest}，与纸上的不同：这不是当时导出的那一份。")
    found = read_verdicts(data, fingerprint)
    content = found.statement
    click.echo(
        f"签名成立：{content['center']['name']}（{content['center']['id']}）{content['year']}年核验结论"
    )
    click.echo(f"  评价人员    {content['evaluator']['name']}（{content['evaluator']['login']}）")
    click.echo(f"  导出时间  {content['exported_at']}")
    click.echo(f"  数据日志  第 {content['head']['seq']:,} 号 {content['head']['hash']}")
    click.echo(f"  公钥指纹  {found.fingerprint}")
    click.echo(f"  SHA-256   {digest}")
    counts = "，".join(f"{one.label} {found.count(one)} 项" for one in Verdict)
    click.echo(f"共 {len(found.verdicts)} 项：{counts}")
    rows = [
        (one["title"], one["period"], one["value"] or "—", one["recomputed"] or "—", one["code"],
         one["verdict_label"], one["note"] or "")
        for one in found.verdicts
    ]  # fmt: skip
    header = ("指标", "统计期", "显示的数值", "重算的数值", "溯源码", "结论", "意见")
    for line in align_rows([header, *rows], LEFT + LEFT + RIGHT + RIGHT + LEFT + LEFT + LEFT) if rows else ():
        click.echo(line)
    for line in _format_row_checks(found):
        click.echo(line)
    for sentence in PROVES:
        click.echo(sentence)


def _format_row_checks(found: VerdictFile) -> Iterator[str]:
    """The rows of samples that she held against their originals."""
    if not found.rows:
        return
    for seed, seen, drawn in found.samples:
        yield f"抽样核对（种子 {seed}）：已核 {seen}/{drawn}"
    counts = "，".join(f"{one.label} {found.count_rows(one)} 行" for one in RowOutcome)
    yield f"共核对 {len(found.rows)} 行：{counts}"
    rows = [
        (f"{one['row_seq']:,}", one["row_hash"][:16], one["seen_label"], one["note"] or "")
        for one in found.rows
    ]
    yield from align_rows([_ROWS, *rows], RIGHT + LEFT + LEFT + LEFT)
