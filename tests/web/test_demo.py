"""The demo: an instance of its own, made once, brought up to date when it is started again."""

import socket
from datetime import date, datetime
from pathlib import Path

import pytest

from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month
from tracker.settings import Settings
from web.demo import sample_centers
from web.demo.demo import make_demo_settings
from web.demo.sample_centers import SampleCenter, find_last_month, prepare
from web.serving import PortProblem, check_free, make_address

MARCH = datetime(2026, 3, 15, 10, tzinfo=BEIJING)


@pytest.fixture
def settings(home: Path) -> Settings:
    return make_demo_settings(Settings(home, "postgresql://real", "postgresql://owner", b"k" * 32, "real"))


def test_the_demo_never_touches_the_real_database(settings: Settings, home: Path):
    assert settings == Settings(home / "demo", None, None, None, None)


def test_the_demo_is_drawn_up_to_last_month():
    assert find_last_month(date(2026, 11, 21)) == Month(2026, 10)


def test_in_january_the_demo_is_the_whole_of_last_year():
    assert find_last_month(date(2027, 1, 1)) == Month(2026, 12)


@pytest.mark.slow
def test_a_second_start_imports_nothing_and_a_later_month_only_what_is_new(
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    centers = (SampleCenter("city", "示例市", 3), SampleCenter("county", "示例县", 2, withheld=("平台巡检",)))
    monkeypatch.setattr(sample_centers, "CENTERS", centers)
    assert prepare(database, settings, MARCH) > 20
    assert "正在导入" in capsys.readouterr().out
    assert prepare(database, settings, MARCH) == 0
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT center_id, status FROM figures"
            " WHERE indicator = 'platform_uptime_rate' AND period = '2026-02'"
        )
        assert dict(rows.fetchall()) == {"city": "可核实", "county": "无法核实"}
    later = prepare(database, settings, MARCH.replace(month=4))
    assert 0 < later < 30


def test_a_drawing_that_was_cut_off_is_made_anew(settings: Settings):
    rest = settings.home / "samples" / "2026-01" / "unfinished" / "city"
    rest.mkdir(parents=True)
    (rest / "半个文件.csv").write_text("x")
    city = SampleCenter("city", "示例市", 2)
    folder = sample_centers._draw_folder(settings.home / "samples", city, Month(2026, 1))
    assert (folder / "truth.json").exists()
    assert not (folder / "半个文件.csv").exists()


def test_a_taken_port_is_told_before_anything_is_done():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortProblem, match="端口已被占用。请关掉占用它的程序，或用 --port 换一个端口。"):
            check_free("127.0.0.1", other.getsockname()[1])


def test_an_address_is_one_that_a_browser_takes():
    assert make_address("127.0.0.1", 8000) == "http://127.0.0.1:8000"
    assert make_address("::1", 8000) == "http://[::1]:8000"
