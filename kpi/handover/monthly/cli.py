"""`hotline month`: closing months, and the report of a month."""

from pathlib import Path

import click

from kpi.closing.cli import center_option, month, month_argument, open_transaction
from tracker.periods import Month
from tracker.settings import Settings


@month.command("report")
@month_argument
@click.argument("path", metavar="文件.docx", type=click.Path(dir_okay=False, path_type=Path))
@center_option
def report(when: Month, path: Path, center: str | None) -> None:
    """月报：一份可打印、签字、盖章的DOCX，印有每个数字的溯源码和日志的末尾哈希。

    没有锁定的月份也可以出，但通篇标明“暂定”。
    """
    from kpi.handover.monthly.document import write_document
    from kpi.handover.monthly.reading import read_report
    from kpi.handover.package.keys import read_or_make_fingerprint

    _check(path)
    with open_transaction(center) as opened:
        fingerprint = read_or_make_fingerprint(Settings.read(), opened.code)
        found = read_report(opened.connection, opened.center, when, opened.now, fingerprint)
    write_document(path, found)
    mark = found.marks[0]
    click.echo(f"已写出{opened.center.name}{found.title}（{found.state}）：{path}")
    click.echo(f"{mark.about}为第{mark.seq:,}号，{found.algorithm} {mark.grouped}")
    if not found.locked:
        click.echo("本月尚未锁定，报告上标明“暂定”；锁定后请重新出表，再签字盖章。")


def _check(path: Path) -> None:
    if path.suffix.lower() != ".docx":
        raise click.BadParameter(
            f"月报是DOCX文件，文件名请以 .docx 结尾，现在是“{path}”。", param_hint="文件.docx"
        )
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"没有文件夹“{path.absolute().parent}”，请先建立。", param_hint="文件.docx")
