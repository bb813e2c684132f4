"""The evaluator's sample: drawn by a seed that nobody else knew, and proven to be in the log."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from kpi.handover.package import layout
from kpi.handover.package.building import BuiltPackage
from kpi.handover.verify.cli import sample_rows
from kpi.handover.verify.drawing import draw_sample
from kpi.handover.verify.sampling import Sample, SampleProblem, convert_sample, is_proven
from kpi.handover.verify.tick_list import render_tick_page, write_tick_table
from tests.kpi.handover.conftest import Instance, failing, opened, verdict
from tracker import chain, log


@pytest.fixture(scope="module")
def sample(built: BuiltPackage) -> Sample:
    return draw_sample(built.path, "八月初七", 12)


@pytest.fixture
def written(sample: Sample, tmp_path: Path) -> Callable[..., Path]:
    """The sample as a file, after a change."""

    def written(change: Callable[[dict[str, Any]], object] = lambda told: None) -> Path:
        told = orjson.loads(layout.dump_json(convert_sample(sample)))
        change(told)
        path = tmp_path / "sample.json"
        path.write_bytes(orjson.dumps(told))
        return path

    return written


def test_the_same_seed_draws_the_same_rows_and_another_seed_others(
    built: BuiltPackage, sample: Sample
) -> None:
    assert draw_sample(built.path, "八月初七", 12) == sample
    assert {one.seq for one in draw_sample(built.path, "1", 12).rows} != {one.seq for one in sample.rows}


def test_a_larger_sample_holds_the_smaller_one(built: BuiltPackage, sample: Sample) -> None:
    more = draw_sample(built.path, "八月初七", 20)
    assert more.rows[:12] == sample.rows


def test_every_row_is_a_delivered_row_of_the_log(instance: Instance, sample: Sample) -> None:
    with instance.database.connect() as connection:
        for one in sample.rows:
            recorded = log.read_event(connection, "tlf", one.seq)
            assert recorded is not None and recorded.row is not None
            assert (recorded.text, recorded.hash.hex()) == (one.data, one.hash)
            assert recorded.build_envelope() == one.event


def test_every_row_leads_to_the_root_of_its_batch(instance: Instance, sample: Sample) -> None:
    with instance.database.connect() as connection:
        rows = connection.execute("SELECT first_seq, last_seq, merkle_root FROM batches").fetchall()
    roots = {(first, last): root.hex() for first, last, root in rows}
    digest = chain.get_digest("sha256")
    for one in convert_sample(sample)["rows"]:
        assert is_proven(one, roots[tuple(one["batch"])], digest)
        assert not is_proven(
            one | {"data": one["data"].replace("2024", "2025")}, roots[tuple(one["batch"])], digest
        )


def test_one_source_alone(built: BuiltPackage) -> None:
    drawn = draw_sample(built.path, "1", 5, "calls")
    assert {one.event["source"] for one in drawn.rows} == {"calls"}
    assert draw_sample(built.path, "1", 5, "话单") == drawn


def test_an_unknown_source_is_answered_with_those_there_are(built: BuiltPackage) -> None:
    with pytest.raises(SampleProblem, match=r"有这些来源：.*话单"):
        draw_sample(built.path, "1", 5, "nothing")


def test_a_sample_brought_back_passes(built: BuiltPackage, written: Callable[..., Path]) -> None:
    found = verdict(built.path, built, sample=written())
    assert found.agree
    assert "12 行由种子“八月初七”" in {step.title: step.told for step in found.steps}["抽样"]


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["rows"][3].update(data="{}"),
        lambda told: told["rows"].reverse(),
        lambda told: told["rows"][0]["path"].pop(),
        lambda told: told.update(seed="别的"),
        lambda told: told["rows"][0].update(file_name="别的.csv"),
        lambda told: told.update(population=7),
        lambda told: told.update(more="x"),
    ],
    ids=["content", "order", "proof", "seed", "file", "population", "key"],
)
def test_a_sample_that_was_altered_fails(
    built: BuiltPackage, written: Callable[..., Path], change: Callable[[dict[str, Any]], object]
) -> None:
    failed = failing(verdict(built.path, built, sample=written(change)))
    assert set(failed) == {"抽样"}
    assert "号事件" in failed["抽样"] or "与由种子重抽的不符" in failed["抽样"]


def test_a_sample_of_another_package_is_refused(built: BuiltPackage, written: Callable[..., Path]) -> None:
    path = written(lambda told: told["head"].update(seq=1))
    assert "另一个证据包" in failing(verdict(built.path, built, sample=path))["抽样"]


def test_nothing_is_drawn_from_an_altered_package(tampered: Callable[..., Path]) -> None:
    def change(bag: Path) -> None:
        (bag / layout.EVENTS).write_bytes(b"PAR1")

    with pytest.raises(SampleProblem, match="请先运行 hotline verify"):
        draw_sample(tampered(change, closed=False), "1", 5)


def test_the_list_has_a_line_to_tick_for_each_row(sample: Sample) -> None:
    rows = list(csv.DictReader(io.StringIO(write_tick_table(sample).decode("utf-8-sig"))))
    assert [int(row["记录号"]) for row in rows] == [one.seq for one in sample.rows]
    assert {row["与原始文件一致"] for row in rows} == {""}
    page = render_tick_page(sample).decode()
    assert page.count("□") == 2 * len(sample.rows)
    assert "八月初七" in page and "核对人" in page


def test_the_command_writes_list_and_proofs(built: BuiltPackage, tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("tick.html", "tick.csv", "sample.json")]
    arguments = [str(built.path), "--seed", "7", "--count", "3"]
    told = [*arguments, "--html", files[0], "--csv", files[1], "--proofs", files[2]]
    done = CliRunner().invoke(sample_rows, told, catch_exceptions=False)
    assert done.exit_code == 0
    assert len(json.loads(Path(files[2]).read_bytes())["rows"]) == 3
    assert all(f"已写出 {file}" in done.output for file in files)


def test_a_sample_holds_no_personal_value(sample: Sample, built: BuiltPackage, tmp_path: Path) -> None:
    from tests.kpi.handover.conftest import PHONES

    assert opened(built.path, tmp_path)
    assert not [phone for phone in PHONES if phone in layout.dump_json(convert_sample(sample)).decode()]
