"""年终材料: the seven files of a year, asked for by one button."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kpi.handover.templates.filling import own_template
from tests.web.reviewing import Place, open_place, text_of
from web.jobs import working
from web.jobs.job import JobState
from web.pages.export_list import YEAR_END

SET, LIST = "/tlf/2023/exports/year-end", "/tlf/2023/exports"


@pytest.fixture(scope="module")
def place(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Read by all tests but the last, which makes the files."""
    yield from open_place(server_url, sample_year, tmp_path_factory.mktemp("set") / "var")


@pytest.fixture
def manager(place: Place) -> FlaskClient:
    return place.browser("manager")


def row_of(page: str, kind: str) -> str:
    found = re.search(rf'<tr id="{kind}">.*?</tr>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_seven_files_make_the_set():
    assert len(set(YEAR_END)) == 7


def test_the_monthly_report_opens_on_the_last_month_that_is_over(place: Place, manager: FlaskClient):
    page = text_of(manager.get("/tlf/2024/exports"))  # on 22 November 2024
    assert re.findall(r'<option value="(2024-\d\d)" selected>', page) == ["2024-10"]
    assert re.findall(r'<option value="(2023-\d\d)" selected>', text_of(manager.get(LIST))) == ["2023-12"]


def test_what_cannot_be_made_says_why_before_anything_is_asked_for(place: Place):
    page = text_of(place.browser("evaluator").get("/tlf/2023/exports/year-end"))
    assert "尚未选定评价方案" in row_of(page, "department")
    assert "尚未选定评价方案" not in row_of(page, "workbook")


def test_who_may_not_export_neither_sees_nor_makes_the_set(place: Place):
    clerk = place.browser("clerk")
    assert clerk.get(SET).status_code == 403
    assert clerk.post(SET).status_code == 403


@pytest.mark.slow
def test_one_button_makes_what_can_be_made_and_says_what_cannot(
    place: Place, manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(working, "PATIENCE", 900)
    manager.post("/tlf/2023/evaluation/turpan-2022/choice")
    chosen = text_of(manager.get(LIST))
    assert re.search(r'<option value="turpan-2022" selected>', chosen)
    broken = own_template("monthly", place.settings.home)
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"x")
    assert manager.post(SET).headers["Location"] == SET
    made = {job.kind: job for job in place.listed() if "set" in job.asked}
    assert {kind: job.state for kind, job in made.items()} == {
        kind: JobState.FAILED if kind == "monthly" else JobState.DONE for kind in YEAR_END
    }
    assert made["monthly"].asked["month"] == "2023-12"
    assert made["department"].asked["scheme"] == "turpan-2022"
    page = text_of(manager.get(SET))
    assert "已生成 6/7" in page and made["monthly"].problem in row_of(page, "monthly")
    for kind in sorted({*YEAR_END} - {"monthly"}):
        address = re.search(r'href="([^"]+)"', row_of(page, kind))
        assert address is not None
        answer = manager.get(address[1])
        assert answer.status_code == 200 and len(answer.data) == made[kind].size
