"""What a package says of gross and net, and that who verifies it recomputes both and the rows between."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kpi.figures import results
from kpi.figures.counted_rows import PartName
from kpi.figures.rows import read_rows
from kpi.handover.package import layout
from kpi.handover.package.building import BuiltPackage
from kpi.handover.package.container import pack
from kpi.handover.verify import net
from tests.kpi.given import append, record
from tests.kpi.handover.conftest import NOW, Instance, close_again, failing, opened, verdict
from tracker.events.appeals import ExclusionAppealed
from tracker.periods import Quarter

KEY = "work_order_on_time_rate"


@pytest.fixture
def appealed(own: Instance) -> Instance:
    """Half of the orders due in the quarter were appealed about: granted, refused, undecided."""
    with own.database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        due = read_rows(connection, "tlf", KEY, Quarter(2024, 1), PartName.DENOMINATOR).rows
        orders = sorted({row.subject.partition("/")[2] for row in due})[::2]
        random = Random(3)
        append(connection, [
            ExclusionAppealed(
                order_id=order, asked_on=date(2024, 3, 20), asked_by="甲局", reason="不合理诉求",
                granted=(granted := random.choice((True, True, False, None))),
                decided_on=None if granted is None else date(2024, 3, 25), decided_by="张三",
            )
            for order in orders
        ])  # fmt: skip
        record(connection, "delivered appeals 2024-01-01..2024-03-31 as of 2024-04-05")
    return own


@pytest.fixture
def package(appealed: Instance, tmp_path: Path) -> BuiltPackage:
    return appealed.build(tmp_path / "out.zip")


def repack(package: BuiltPackage, instance: Instance, change: Callable[[Path], None], folder: Path) -> Path:
    """The package with a change, signed again by the centre's own key."""
    bag = opened(package.path, folder)
    change(bag)
    close_again(bag, instance.key)
    pack(bag, folder / "changed.zip")
    return folder / "changed.zip"


def test_a_package_tells_each_figure_gross_and_net_and_the_rows_between(
    package: BuiltPackage, tmp_path: Path
) -> None:
    found = verdict(package.path, package)
    assert found.agree, [step for step in found.steps if step.items]
    [step] = [step for step in found.steps if step.title == net.TITLE]
    assert "逐行相同" in step.told
    bag = opened(package.path, tmp_path)
    claims = json.loads((bag / layout.NET).read_bytes())
    [quarter] = [one for one in claims if (one["indicator"], one["period"]) == (KEY, "2024-Q1")]
    assert quarter["ties"] is True
    for side in ("numerator", "denominator"):
        gross, less, wait, left = (int(quarter[part][side]) for part in ("gross", "excluded", "open", "net"))
        assert gross - less - wait == left
    assert int(quarter["excluded"]["denominator"]) > 0 < int(quarter["open"]["denominator"])
    listed = (bag / layout.EXCLUSIONS).read_text("utf-8-sig").splitlines()[1:]
    ours = [line for line in listed if f",{KEY}," in line]
    between = int(quarter["excluded"]["denominator"]) + int(quarter["open"]["denominator"])
    assert len(ours) == between and all("甲局" in line and "不合理诉求" in line for line in ours)


def _edit_claim(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def edit(bag: Path) -> None:
        claims = json.loads((bag / layout.NET).read_bytes())
        change(next(one for one in claims if (one["indicator"], one["period"]) == (KEY, "2024-Q1")))
        layout.write_json(bag / layout.NET, claims)

    return edit


def _flatter(claim: dict[str, Any]) -> None:
    claim["net"]["value"] = "100.00"


def _hide_in_the_sum(claim: dict[str, Any]) -> None:
    claim["excluded"]["denominator"] = "0"


def _hide_a_row(bag: Path) -> None:
    path = bag / layout.EXCLUSIONS
    header, _, *lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([header, *lines]))


@pytest.mark.slow
def test_a_net_figure_or_a_row_between_that_the_events_do_not_give_fails(
    package: BuiltPackage, appealed: Instance, tmp_path: Path
) -> None:
    for change, told in (
        (_edit_claim(_flatter), "剔除后的 value 包内值 100.00，重算"),
        (_edit_claim(_hide_in_the_sum), "同意剔除的 denominator 包内值 0，重算"),
        (_hide_a_row, "剔除明细与由事件重算的不同"),
    ):
        path = repack(package, appealed, change, tmp_path)
        assert told in failing(verdict(path, package))[net.TITLE]


@pytest.mark.slow
def test_a_package_that_leaves_the_exclusions_out_does_not_pass(
    package: BuiltPackage, appealed: Instance, tmp_path: Path
) -> None:
    def leave_out(bag: Path) -> None:
        for name in (layout.NET, layout.EXCLUSIONS):
            (bag / name).unlink()

    found = verdict(repack(package, appealed, leave_out, tmp_path), package)
    [step] = [step for step in found.steps if step.title == net.TITLE]
    assert not found.agree and step.outcome.value == "未执行"
