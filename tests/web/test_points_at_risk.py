"""Points at risk on the overview: chosen with a scheme, computed by the job, read in one statement."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpi.evaluation.numbers import show_points
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.evaluation.scheme_files import PACKAGED, read_scheme
from kpi.figures import results
from kpi.jobs import rehearse_years
from tests.kpi.given import record
from tests.web.closing import PEOPLE, Room
from tests.web.conftest import NOW, SETTINGS, add, app_of, grant
from tests.web.test_documents_pages import DATA
from tracker import centers
from tracker.database import Database
from web.cli import hotline

EVALUATION = "/tlf/2024/evaluation"
SCHEME = read_scheme(PACKAGED / "turpan-2022.toml")
Page = Callable[[str], str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def room(database: Database, home: Path) -> Room:
    room = Room(database, app_of(database, settings=replace(SETTINGS, home=home)), [NOW])
    with room.connection() as connection:
        record(connection, DATA)
        results.bring_up_to_date(connection, "tlf", NOW)
    for login, (name, role) in PEOPLE.items():
        add(database, login, grant(role), name=name)
    return room


def tile(room: Room, year: str = "2024") -> str:
    """The tile of the overview."""
    return room.page("lisi", f"/tlf/{year}/").partition("tile-points")[2].partition("</section>")[0]


def test_without_a_scheme_the_tile_says_so_and_shows_no_number(page: Page):
    told = page("/tlf/2023/").partition("tile-points")[2].partition("</section>")[0]
    assert "2023年尚未选定评价方案" in told
    assert 'href="/tlf/2023/evaluation/"' in told
    assert 'class="value"' not in told


def test_a_chosen_scheme_puts_its_sums_on_the_overview(room: Room):
    page = room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    assert "2024年的评价方案已选定" in page
    assert "✓ 2024年的方案" in page
    with room.connection() as connection, room.database.connect() as raw:
        found = rehearse(connection, centers.find_center(raw, "tlf"), SCHEME, 2024, NOW)
        kept = find_chosen_scheme(connection, "tlf", 2024)
    assert kept is not None
    assert kept.kept is not None
    assert (kept.kept.safe, kept.kept.at_risk, kept.kept.lost) == (found.safe, found.at_risk, found.lost)
    told = tile(room)
    for points in (found.evaluation.total, found.safe, found.at_risk, found.lost):
        assert f">{show_points(points)}</" in told
    assert f'href="{EVALUATION}/turpan-2022/rehearsal"' in told
    assert f"待办事项{len(found.tasks)}项" in told
    assert "含至今全部记录" in told


def test_another_year_has_its_own_scheme(room: Room):
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    assert "2023年尚未选定评价方案" in tile(room, "2023")


def test_newer_events_are_told_until_the_job_has_counted_them(room: Room, home: Path):
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    room.record("call 2024-01-03 08:00:00 id late queued 08:00:10 answered 08:00:20")
    assert "此后又有 1 条新记录，稍后自动重算" in tile(room)
    assert rehearse_years(room.database, NOW, home) == "tlf：2024年按 turpan-2022 模拟评分"
    assert "含至今全部记录" in tile(room)
    assert rehearse_years(room.database, NOW, home) == ""


def test_the_next_day_counts_anew_because_deadlines_move(room: Room, home: Path):
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    assert rehearse_years(room.database, NOW + timedelta(days=1), home) != ""


def test_another_scheme_is_not_shown_with_the_points_of_the_one_before(room: Room, home: Path):
    own = home / "schemes"
    own.mkdir()
    (own / "own.toml").write_bytes((PACKAGED / "turpan-2022.toml").read_bytes())
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    room.post("zhang", f"{EVALUATION}/own/choice")
    (own / "own.toml").write_text("title = ", encoding="utf-8")
    assert "2024年没有模拟评分：" in rehearse_years(room.database, NOW + timedelta(days=1), home)
    (own / "own.toml").unlink()
    assert "own 的文件不在了" in rehearse_years(room.database, NOW, home)


def test_what_was_never_computed_is_no_number(room: Room):
    """Chosen on a machine whose jobs have not run since."""
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    with room.connection() as connection:
        connection.exec_driver_sql("DELETE FROM rehearsals")
    told = tile(room)
    assert "已选定方案 turpan-2022，尚未计算" in told
    assert 'class="value"' not in told


def test_a_scheme_that_is_not_there_cannot_be_chosen(room: Room):
    assert room.browser("zhang").post(f"{EVALUATION}/nothing/choice").status_code == 404


def test_the_choice_is_in_the_log_and_in_the_audit_trail(room: Room):
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    with room.database.connect() as connection:
        told = connection.execute("SELECT data FROM events WHERE type = 'scheme.chosen'").fetchall()
        noted = connection.execute(
            "SELECT login, about FROM audit WHERE action = 'submitted' ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert len(told) == 1
    assert '"chosen_by":"张三（zhang）"' in told[0][0]
    assert noted == ("zhang", "tlf 2024 turpan-2022")


def test_the_overview_stays_under_ten_statements(room: Room, statements: list[str]):
    room.post("zhang", f"{EVALUATION}/turpan-2022/choice")
    browser = room.browser("lisi")
    browser.get("/tlf/2024/")
    statements.clear()
    assert browser.get("/tlf/2024/").status_code == 200
    assert len(statements) <= 9, statements


def test_a_scheme_is_chosen_at_the_terminal_as_well(room: Room, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", room.database.url)
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    done = CliRunner().invoke(hotline, ["schemes", "choose", "turpan-2022", "--year", "2024", "--by", "张三"])
    assert done.exit_code == 0, done.output
    assert "2024年的评价方案：turpan-2022" in done.output
    assert "已落实" in tile(room)
