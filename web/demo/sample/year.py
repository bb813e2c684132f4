"""Drawing a centre's year: all files of the folder, and the truth beside them."""

from datetime import datetime
from itertools import count
from pathlib import Path

from web.demo.sample import counts, payments, platform, staffing, surveys, training, truth
from web.demo.sample.call_files import CallFiles
from web.demo.sample.calls import draw_calls
from web.demo.sample.order_files import OrderFiles
from web.demo.sample.quality import Inspections
from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import WrittenFile
from web.demo.sample.tallies import CallTallies
from web.demo.sample.traps import Traps, draw_traps


class FolderInUse(FileExistsError):
    """Names the folder that must be empty before a year is drawn into it."""


def draw_year(
    out: Path,
    *,
    center: str,
    year: int,
    through: int = 12,
    calls_per_day: int = 110,
    seed: int = 1,
    generated_at: datetime | None = None,
) -> Path:
    """Draws `out/center`: the year's files up to the end of month `through`, and truth.json.

    The same arguments give the same bytes, and a later `through` leaves the earlier months as they were.
    `generated_at` (None: when a file would have been exported) is the workbooks' creation time.
    Returns the centre's folder.

    Raises: FolderInUse, UnusableScenario."""
    scenario = Scenario(
        center=center,
        year=year,
        through=through,
        calls_per_day=calls_per_day,
        seed=seed,
        generated_at=generated_at,
    )
    draw_files(out / center, scenario)
    return out / center


def draw_files(folder: Path, scenario: Scenario) -> list[WrittenFile]:
    """Writes the scenario's files into an empty or new folder.

    Raises: FolderInUse."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder}: not empty; name another folder or empty it")
    folder.mkdir(parents=True, exist_ok=True)
    traps = draw_traps(scenario)
    written, counted = _draw_traffic(folder, scenario, traps)
    more, also = _draw_the_rest(folder, scenario, traps)
    head: dict[str, object] = {"year": scenario.year, "layout": truth.LAYOUT}
    gaps = {"missing_call_days": truth.list_missing_call_days(scenario, traps)}
    truth.write_truth(folder, head | counted | also | gaps)
    return written + more


def _draw_traffic(
    folder: Path, scenario: Scenario, traps: Traps
) -> tuple[list[WrittenFile], dict[str, object]]:
    """Calls and what follows from them: orders and inspections; holds a day of calls, a month of orders."""
    call_files, order_files = CallFiles(folder, scenario, traps), OrderFiles(folder, scenario, traps)
    tallies, inspections, serials = CallTallies(scenario, traps.late_days), Inspections(scenario), count(1)
    for month in scenario.months:
        order_files.start_month(month)
        inspections.start_month(month)
        for call in call_files.write_passing(month, draw_calls(scenario, traps, month, serials)):
            tallies.add(call)
            order_files.consider(call)
            inspections.consider(call)
        order_files.export(month)
        inspections.end_month()
    order_files.count_the_rest()
    written = [*call_files.written, *order_files.written, inspections.write(folder)]
    return written, {
        "calls": tallies.of_year(),
        "answering": tallies.count_year_rates(),
        "calls_before_late_file": tallies.count_before_late_file(),
        "orders_by_opened_month": order_files.tallies.of_year(),
        "orders_by_their_days": order_files.tallies.count_by_their_days(),
        "quality": truth.count_inspections(inspections.done),
    }


def _draw_the_rest(
    folder: Path, scenario: Scenario, traps: Traps
) -> tuple[list[WrittenFile], dict[str, object]]:
    people = staffing.draw_people(scenario)
    accounts = payments.draw_accounts(scenario)
    probes = tuple(platform.draw_probes(scenario, traps))
    survey = surveys.draw_survey(scenario)
    days = tuple(counts.draw_counts(scenario))
    sessions = training.draw_sessions(scenario, people)
    written = [
        staffing.write_roster(folder, scenario, people),
        staffing.write_posts(folder, scenario),
        payments.write_payments(folder, scenario, accounts),
        payments.write_budget(folder, scenario, accounts),
        platform.write_probes(folder, probes),
        surveys.write_answers(folder, survey),
        surveys.write_issue(folder, survey),
        counts.write_counts(folder, days),
        training.write_sessions(folder, scenario, sessions),
    ]
    return written, {
        "staffing": truth.count_staffing(scenario, people),
        "payments": truth.count_accounts(accounts),
        "platform": truth.count_probes(scenario, probes),
        "survey": truth.count_survey(survey),
        "daily": truth.count_days(days),
        "training": truth.count_sessions(sessions),
    }
