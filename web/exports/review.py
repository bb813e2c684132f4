"""What the evaluator's room rests on: all figures computed again, and her verdicts as a signed file."""

import zipfile
from typing import Any

import orjson

from kpi.evaluation.row_checks import read_row_checks, select_latest_checks
from kpi.evaluation.verdicts import RecordedVerdict, Verdict, read_year_verdicts, select_latest_verdicts
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.signature import compute_fingerprint
from kpi.handover.recomputing import recompute, write_recomputation_table
from kpi.handover.verdict_file import write_verdicts
from kpi.handover.verify.drawing import draw_sample
from kpi.handover.verify.findings import FigureComparison
from kpi.handover.verify.tick_list import list_tick_rows, render_tick_page, write_proofs, write_tick_table
from tracker import log
from tracker.database import get_driver
from web.exports.export_files import find_made
from web.exports.making import ExportContext, NothingToExport
from web.jobs.job_files import find_job_files
from web.sample_rows import ROWS

SAMPLED = ("number", "seq", "source", "file", "row", "at", "content")


def make_recomputation(making: ExportContext) -> dict[str, Any]:
    """The table of all figures, and beside it one small file a period for the pages."""
    found = recompute(making.instance.database, making.center, making.year.year, making.now)
    making.path.write_bytes(write_recomputation_table(found))
    by_period: dict[str, dict[str, Any]] = {}
    for one in found.figures:
        by_period.setdefault(one.period, {})[one.indicator] = _describe_comparison(one)
    for period, figures in by_period.items():
        (making.folder / f"{period}.json").write_bytes(orjson.dumps(figures))
    differing = sum(1 for one in found.figures if not one.agrees)
    agreeing = len(found.figures) - differing
    return {
        "说明": f"{agreeing:,} 个一致，{differing:,} 个不一致；日志至第 {found.head.seq:,} 号记录",
        "日志校验值": found.head.hash.hex(),
        "seq": found.head.seq,
        "moment": found.moment.isoformat(),
        "agreeing": agreeing,
        "differing": differing,
    }


def make_sample(making: ExportContext) -> dict[str, Any]:
    """Rows that a seed draws from a package: the list to tick off, and the proofs for `hotline verify`."""
    choice, home, center_id = making.job.asked, making.instance.home, making.center.center_id
    with making.instance.database.engine.connect() as connection:
        package = find_made(connection, home, center_id, choice["package"])
        if package is None:
            raise NothingToExport("抽样用的证据包已经不在了；请重新生成证据包，再抽样。")
        files = find_job_files(get_driver(connection), making.instance, package)
    with files.open_copy() as path:
        sample = draw_sample(path, choice["seed"], choice["count"], choice["source"] or None)
    with zipfile.ZipFile(making.path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("抽样核对表.html", render_tick_page(sample))
        made.writestr("抽样核对表.csv", write_tick_table(sample))
        made.writestr("抽样证明.json", write_proofs(sample))
    rows = [
        dict(zip(SAMPLED, texts, strict=True)) | {"subject": one.event["subject"], "hash": one.hash}
        for texts, one in zip(list_tick_rows(sample), sample.rows, strict=True)
    ]
    (making.folder / ROWS).write_bytes(orjson.dumps(rows))
    return {
        "说明": f"种子 {sample.seed}，从 {sample.population:,} 行中抽 {len(rows)} 行",
        "日志校验值": sample.head["hash"],
        "seq": sample.head["seq"],
        "package": package.sha256,
    }


def make_verdicts(making: ExportContext) -> dict[str, Any]:
    """The verdicts that hold of whoever asks, signed with the centre's key."""
    code, login = making.center.center_id, making.job.login
    with making.instance.database.connect() as connection:
        head = log.read_head(connection, code)
        latest = select_latest_verdicts(read_year_verdicts(connection, code, making.year.year), login)
        rows = select_latest_checks(read_row_checks(connection, code, making.year.year), login)
    if not latest and not rows:
        raise NothingToExport("您尚未填写结论或核对结果；请先在评价核验页逐项填写，再导出。")
    key, evaluator = load_signing_key(making.instance.settings, code), (login, making.job.person)
    making.path.write_bytes(
        write_verdicts(
            key, making.center, making.year.year, head, evaluator, latest.values(), rows.values(), making.now
        )
    )
    counts = [f"{one.label} {_count(latest.values(), one)} 项" for one in Verdict]
    return {
        "说明": "，".join([*counts, f"核对抽样 {len(rows)} 行"] if rows else counts),
        "日志校验值": head.hash.hex(),
        "公钥指纹": compute_fingerprint(key.public_key().public_bytes_raw()),
        "seq": head.seq,
    }


def _count(verdicts: Any, verdict: Verdict) -> int:
    judged: list[RecordedVerdict] = list(verdicts)
    return sum(1 for one in judged if one.verdict is verdict)


def _describe_comparison(one: FigureComparison) -> dict[str, Any]:
    return {
        "vintage": one.vintage,
        "claimed": one.claimed,
        "recomputed": one.recomputed,
        "differing": list(one.differing),
    }
