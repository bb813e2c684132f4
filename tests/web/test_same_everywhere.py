"""One figure says the same wherever it is shown: value, vintage and code, digit by digit."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import kpi.cli
from kpi.figures.figure import LockState
from kpi.figures.indicators import INDICATORS
from kpi.handover.package import layout
from kpi.handover.verify.verification import verify_package
from tests.kpi.handover.conftest import LATER, Instance, close_quarter, make_instance, opened, outside
from tests.web.conftest import add, app_of, grant, signed_in_client
from tracker.database import Database
from tracker.settings import Settings
from web.access.rights import Role

PERIODS = ("2024", "2024-Q1", "2024-02", "2024-03")
Said = dict[str, tuple[str | None, int]]  # code → value as text, vintage


@pytest.fixture
def own(database: Database, home: Path) -> Instance:
    instance = make_instance(database, home)
    close_quarter(instance)
    return instance


@pytest.mark.acceptance(16)
def test_screen_json_csv_workbook_and_package_show_the_same_decimals(
    own: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked, corrected and provisional figures; every indicator in four periods."""
    built = own.build(tmp_path / "out.zip", LATER)
    bag = opened(built.path, tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", own.database.url)
    monkeypatch.setattr(kpi.cli, "_get_now", lambda: LATER)
    said = of_json()
    assert {vintage for _, vintage in said.values()} == {0, 1, 2}
    assert said == of_package(bag) == of_csv(bag) == of_workbook(bag)
    recomputed = {
        one.recomputed["code"]: (one.recomputed["value"], one.vintage)
        for one in verify_package(built.path, outside(built)).figures
        if one.recomputed and one.period in PERIODS
    }
    assert said.items() <= recomputed.items()
    assert on_screen(own) == {
        (code, None if value is None else f"{value}{unit}", lock_of(vintage))
        for code, (value, vintage, unit) in with_units(bag).items()
    }


def of_json() -> Said:
    """What `hotline kpi --json` prints."""
    printed = CliRunner().invoke(kpi.cli.kpi, ["2024", "--json"], catch_exceptions=False).output
    told = (one for one in json.loads(printed) if one["period"] in PERIODS)
    return {one["code"]: (one["value"], one["vintage"]) for one in told}


def with_units(bag: Path) -> dict[str, tuple[str | None, int, str]]:
    claims: list[dict[str, Any]] = json.loads((bag / layout.FIGURES).read_bytes())
    chosen = [one for one in claims if one["period"] in PERIODS]
    return {one["code"]: (one["value"], one["vintage"], one["unit"]) for one in chosen}


def of_package(bag: Path) -> Said:
    return {code: (value, vintage) for code, (value, vintage, _) in with_units(bag).items()}


def of_csv(bag: Path) -> Said:
    rows = csv.DictReader(io.StringIO((bag / layout.FIGURES_TABLE).read_text("utf-8-sig")))
    chosen = [row for row in rows if row["统计期"] in PERIODS]
    return {row["溯源码"]: (row["数值"].lstrip("'") or None, int(row["数据版本"])) for row in chosen}


def of_workbook(bag: Path) -> Said:
    """A cell shows its number with the places of its format: the decimals that a reader sees."""
    sheet = load_workbook(bag / layout.WORKBOOK).worksheets[0]
    header, *lines = sheet.iter_rows()
    where = {str(cell.value): place for place, cell in enumerate(header)}
    found: Said = {}
    for line in lines:
        if line[where["统计期"]].value in PERIODS:
            number = line[where["数值"]]
            places = len(number.number_format.partition(".")[2])
            value = None if number.value is None else f"{number.value:.{places}f}"
            found[str(line[where["溯源码"]].value)] = (value, int(str(line[where["数据版本"]].value)))
    return found


def on_screen(own: Instance) -> set[tuple[str, str | None, str]]:
    """Code, value with unit, and state of lock, on the pages of the periods."""
    add(own.database, "manager", grant(Role.MANAGER), at=LATER)
    settings = Settings(own.settings.home, None, None, b"k" * 32, None)
    client = signed_in_client(app_of(own.database, clock=lambda: LATER, settings=settings), "manager", LATER)
    found = set()
    for key in INDICATORS:
        page = client.get(f"/tlf/2024/{key}")
        assert page.status_code == 200, key
        for row in re.findall(r"<tr class=[^>]*>(.*?)</tr>", page.text, re.DOTALL):
            told = re.search(r'value-cell">([^<]*)<a class="code"[^>]*>([^<]+)</a>', row)
            lock = re.search(r'class="chip chip-(?:provisional|locked|corrected)"[^>]*>([^<]+)</span>', row)
            if told and lock:
                value = unescape(told[1]).strip().rstrip("*").replace(",", "").replace(" ", "")
                found.add((told[2], None if value in ("—", "不适用") else value, lock[1]))
    wanted = of_json().keys()
    return {one for one in found if one[0] in wanted}


def lock_of(vintage: int) -> str:
    return [LockState.PROVISIONAL, LockState.LOCKED, LockState.CORRECTED][min(vintage, 2)].value
