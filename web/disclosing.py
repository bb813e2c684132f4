"""Personal values of single rows are opened to a reviewer: by two people, into the audit trail."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import orjson

from kpi.handover.package.disclosing import DisclosureProblem, disclose_values, read_sampled_rows
from tracker.database import open_database
from tracker.events.times import BEIJING
from tracker.file_writing import write_bytes
from tracker.settings import Settings
from tracker.signatures import clean_signature, is_same_person
from tracker.vault import open_vault
from web.access.machine import get_operator
from web.access.trail import Action, record


@click.command("disclose")
@click.argument("package", metavar="证据包.zip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("path", metavar="披露文件.json", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seq", "seqs", multiple=True, type=int, metavar="记录号", help="要看清的行；可给多个。")
@click.option(
    "--sample",
    metavar="样本.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="sample-rows --proofs 写出的样本，披露其中各行。",
)
@click.option("--reason", required=True, metavar="理由", help="向谁、为什么披露。")
@click.option("--by", required=True, metavar="姓名", help="经办人。")
@click.option("--approved-by", required=True, metavar="姓名", help="批准人，须是另一个人。")
def disclose(
    package: Path,
    path: Path,
    seqs: tuple[int, ...],
    sample: Path | None,
    reason: str,
    by: str,
    approved_by: str,
) -> None:
    """开具披露文件：证据包里个别行的号码和姓名，附加盐承诺的盐，评价人员可以核对是不是原值。

    披露由两人确认，并记入审计日志。文件含个人信息，只交给当面核对的人，用后销毁。
    """
    names = (clean_signature(by, "披露"), clean_signature(approved_by, "批准披露"))
    if is_same_person(*names):
        raise DisclosureProblem("经办人和批准人须是两个人。")
    if not reason.strip():
        raise DisclosureProblem("披露必须写明理由。")
    wanted = [*seqs, *(read_sampled_rows(sample) if sample else [])]
    if not wanted:
        raise click.UsageError("请用 --seq 写明记录号，或用 --sample 给出样本。")
    if path.exists():
        raise DisclosureProblem(f"{path} 已经存在；请另写一个文件名。")
    settings, now = Settings.read(), datetime.now(BEIJING)
    database = open_database(settings)
    with database.connect() as connection:
        content = disclose_values(package, connection, open_vault(settings), wanted)
        record(
            connection,
            Action.REVEALED,
            login=get_operator(),
            address="",
            now=now,
            about=f"{content['center']} {package.name}",
            details={
                "reason": f"{reason.strip()}（经办{names[0]}，批准{names[1]}）",
                "rows": "、".join(map(str, sorted({one["seq"] for one in content["opened"]}))),
            },
        )
    database.close()
    signs = {"reason": reason.strip(), "disclosed_by": names[0], "approved_by": names[1]}
    _write(path, content | signs | {"disclosed_at": now.isoformat()})
    rows = len({one["seq"] for one in content["opened"]})
    click.echo(f"已开具披露文件 {path}：{rows} 行，{len(content['opened'])} 个值；已记入审计日志。")
    click.echo(f"评价人员核对：hotline verify {package.name} --disclosure {path.name}")


def _write(path: Path, content: dict[str, Any]) -> None:
    """Readable by its owner alone."""
    written = orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
    write_bytes(path, written, private=True, replace=False)
