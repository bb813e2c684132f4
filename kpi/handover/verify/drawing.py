"""Draws the evaluator's sample from a package, once its log is known to hold."""

from pathlib import Path

import orjson

from kpi.handover.package import layout
from kpi.handover.package.container import unpack
from kpi.handover.verify.findings import StepOutcome
from kpi.handover.verify.log_checks import check_chain
from kpi.handover.verify.manifests import check_manifests
from kpi.handover.verify.sampling import DRAWN, Sample, SampleProblem, draw_rows
from kpi.offline import Replay
from tracker.file_writing import WorkingFolder


def draw_sample(path: Path, seed: str, count: int, source: str | None = None) -> Sample:
    """The rows that a seed draws; a source goes by its key or its Chinese name.

    Raises: Unreadable for what is no package, SampleProblem for one that was altered or has no such rows.
    """
    with WorkingFolder() as folder:
        opened = unpack(path, Path(folder))
        if check_manifests(opened.bag, opened.broken).altered:
            raise _describe_altered(path)
        about = orjson.loads((opened.bag / layout.ABOUT).read_bytes())
        with Replay(about["center"]["id"], opened.bag) as replay:
            replay.load_parquet(opened.bag / layout.EVENTS)
            if check_chain(replay.duck, about).outcome is not StepOutcome.PASSED:
                raise _describe_altered(path)
            key = next((key for key, name in DRAWN.items() if name == source), source)
            return draw_rows(opened.bag, replay.duck, about, seed, count, key)


def _describe_altered(path: Path) -> SampleProblem:
    return SampleProblem(f"{path.name} 缺少文件或被改动过，不能抽样；请先运行 hotline verify，看清哪里不符。")
