"""Exports made in the background: asked for, listed, downloaded, written down."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from kpi.handover.templates.filling import own_template
from kpi.handover.verify.verification import OutsideKnowledge, verify_package
from tests.kept_files import open_job_file
from tests.web.reviewing import NOW, Place, open_place, text_of
from web.exports.export_files import find_made
from web.exports.kinds import KINDS
from web.instance import get_instance_of
from web.jobs import queue, working
from web.jobs.job import Job, JobState, make_key
from web.jobs.keeping import KEPT, forget_old
from web.jobs.works import get_work

LIST = "/tlf/2023/exports"


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """A page that is asked for next shows the result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "PATIENCE", 120)
        yield


@pytest.fixture(scope="module")
def place(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    yield from open_place(server_url, sample_year, tmp_path_factory.mktemp("exports") / "var")


@pytest.fixture
def manager(place: Place) -> FlaskClient:
    return place.browser("manager")


@pytest.fixture
def broken(place: Place) -> Iterator[str]:
    """The path of a template of the centre's own that is no document."""
    path = own_template("monthly", place.settings.home)
    path.parent.mkdir()
    path.write_bytes(b"x")
    yield str(path)
    path.unlink()
    path.parent.rmdir()


_AT_THE_EDGE = re.compile("word/(header|footer)|worksheets/sheet")


@pytest.mark.parametrize(
    ("kind", "asked", "suffix", "inside"),
    [
        ("workbook", {}, ".xlsx", "xl/workbook.xml"),
        ("monthly", {"month": "2023-08"}, ".docx", "word/document.xml"),
        pytest.param(
            "evaluation-workbook",
            {"scheme": "turpan-2022"},
            ".xlsx",
            "xl/workbook.xml",
            marks=pytest.mark.slow,
        ),
        ("evaluation-report", {"scheme": "turpan-2022"}, ".docx", "word/document.xml"),
        ("self-evaluation", {"scheme": "urumqi-2023"}, ".docx", "word/document.xml"),
        ("department", {"scheme": "urumqi-2023"}, ".docx", "word/document.xml"),
    ],
)
def test_a_file_is_made_listed_and_downloaded(
    place: Place, manager: FlaskClient, kind: str, asked: dict[str, str], suffix: str, inside: str
):
    job = place.make(manager, kind, **asked)
    assert (job.kind, job.state, job.problem) == (kind, JobState.DONE, None)
    page = text_of(manager.get(LIST))
    row = page[page.index(job.key) :].partition("</tr>")[0]
    assert "可下载" in row and "王经理" in row and job.sha256 in row.replace("<wbr>", "")
    answer = manager.get(f"{LIST}/{job.key}")
    assert hashlib.sha256(answer.data).hexdigest() == job.sha256 and len(answer.data) == job.size
    assert job.file_name.endswith(suffix)
    made = zipfile.ZipFile(io.BytesIO(answer.data))
    assert inside in made.namelist()
    said = "".join(made.read(name).decode() for name in made.namelist() if _AT_THE_EDGE.search(name))
    assert "导出：王经理（manager）" in said
    assert "日志第" in said or kind == "workbook"  # that one says it on a sheet of its own


def test_a_package_made_on_the_page_stands_before_the_verifier(place: Place, manager: FlaskClient):
    job = place.make(manager, "package")
    assert job.state is JobState.DONE
    with open_job_file(place.database, place.settings.home, job) as path:
        assert verify_package(path).agree
    index = text_of(manager.get("/tlf/2023/evidence"))
    assert "data/events.parquet" in index.replace("<wbr>", "") and "哈希链首尾相接" in index


def test_a_seed_draws_the_same_rows_and_each_leads_to_its_thing(place: Place, manager: FlaskClient):
    package = place.make(manager, "package")
    evaluator = place.browser("evaluator")
    asked = {"seed": "四点二点", "count": "5", "source": "calls"}
    first = place.make(evaluator, "sample", **asked)
    assert (first.state, first.problem) == (JobState.DONE, None)
    page = text_of(evaluator.get(f"/tlf/2023/samples/{first.key}"))
    things = re.findall(r'href="(/tlf/things/call/[^"]+)"', page)
    assert len(things) == 5 and page.count('type="radio"') == 15
    assert evaluator.get(things[0]).status_code == 200
    again = place.make(evaluator, "sample", **asked)
    assert (
        re.findall(r"/tlf/things/[^\"]+", text_of(evaluator.get(f"/tlf/2023/samples/{again.key}"))) == things
    )
    with open_job_file(place.database, place.settings.home, first) as path, zipfile.ZipFile(path) as made:
        proofs = place.settings.home / "proofs.json"
        proofs.write_bytes(made.read("抽样证明.json"))
    with open_job_file(place.database, place.settings.home, package) as path:
        found = verify_package(path, OutsideKnowledge(sample=proofs))
    assert found.agree and "抽样" in [step.title for step in found.steps]


@pytest.mark.parametrize(
    "asked", [{"seed": "", "count": "5"}, {"seed": "1", "count": "0"}, {"seed": "1", "count": "999"}]
)
def test_a_sample_without_a_seed_or_of_no_size_is_refused(manager: FlaskClient, asked: dict[str, str]):
    assert manager.post(f"{LIST}/sample", data=asked).status_code == 422


def test_making_and_downloading_leave_a_row_each(place: Place, manager: FlaskClient):
    before = len(place.trail())
    job = place.make(manager, "workbook")
    manager.get(f"{LIST}/{job.key}")
    rows = place.trail()[before:]
    assert [row[:2] for row in rows] == [("exported", "done"), ("exported", "done")]
    assert "生成" in rows[0][2] and "下载" in rows[1][2]
    assert all(job.sha256 in row[2] for row in rows)


def test_a_scheme_or_month_that_is_not_offered_is_refused(manager: FlaskClient):
    for kind, asked in (
        ("monthly", {"month": "2023-13"}),
        ("monthly", {}),
        ("department", {"scheme": "../x"}),
    ):
        assert manager.post(f"{LIST}/{kind}", data=asked).status_code == 422
    assert manager.post(f"{LIST}/nothing").status_code == 404


def test_a_broken_template_is_told_of_and_the_packaged_one_is_used_only_where_it_is_asked_for(
    place: Place, manager: FlaskClient, broken: str
):
    failed = place.make(manager, "monthly", month="2023-08")
    assert failed.state is JobState.FAILED and f"模板 {broken}：打不开" in (failed.problem or "")
    assert "使用系统自带模板，不使用本单位模板" in text_of(manager.get(LIST))
    made = place.make(manager, "monthly", month="2023-08", template="packaged")
    assert (made.state, made.problem) == (JobState.DONE, None)
    refused = manager.get("/tlf/2023-08/report.docx")
    assert refused.status_code == 422 and f"模板 {broken}：打不开" in refused.text
    assert "系统自带模板" in text_of(manager.get("/tlf/2023-08/report"))
    assert manager.get("/tlf/2023-08/report.docx?template=packaged").status_code == 200


def test_what_cannot_be_made_says_why_and_leaves_no_file(place: Place, manager: FlaskClient):
    answer = manager.post("/tlf/2019/exports/workbook", follow_redirects=True)
    page = text_of(answer)
    assert "未生成" in page and "没有2019年的指标数字" in page
    (job,) = place.listed(2019)
    assert job.state is JobState.FAILED and not job.path(place.settings.home).exists()
    assert place.trail()[-1][:2] == ("exported", "failed")


def test_an_evaluator_sees_the_files_of_her_year_alone(place: Place, manager: FlaskClient):
    job = place.make(manager, "workbook")
    evaluator = place.browser("evaluator")
    assert evaluator.get(f"{LIST}/{job.key}").status_code == 200
    assert evaluator.get("/tlf/2022/exports").status_code == 403
    assert manager.get(f"/tlf/2022/exports/{job.key}").status_code == 302  # it is not of that year
    assert place.browser("clerk").get(f"{LIST}/{job.key}").status_code == 403


def running(place: Place, **values: object) -> Job:
    """A workbook that a worker is making."""
    asked = Job(
        key=make_key(NOW), kind="workbook", title="指标工作簿", created_at=NOW, center_id="tlf", year=2023,
        login="manager", person="王经理", file_name="指标工作簿.xlsx",
    )  # fmt: skip
    with place.database.engine.begin() as connection:
        queue.put(connection, replace(asked, state=JobState.RUNNING, attempt=1, worker="other-1", **values))
    return asked


def settle(place: Place) -> None:
    with place.database.engine.begin() as connection:
        queue.settle(connection, NOW)


def test_a_restart_in_the_middle_is_made_good(place: Place, manager: FlaskClient):
    left = running(place, beat_at=NOW - timedelta(days=9999))
    half = left.folder(place.settings.home).with_name(f".{left.key}-1")
    half.mkdir()
    settle(place)
    working.work_off(get_instance_of(place.app))
    assert manager.get(f"{LIST}/{left.key}").status_code == 200


def test_a_second_restart_is_told_and_the_file_can_be_made_again(place: Place, manager: FlaskClient):
    left = running(place, beat_at=NOW - timedelta(days=9999), taken_again=True)
    settle(place)
    page = text_of(manager.get(LIST))
    assert "中断，未生成" in page and "服务两次在生成中途停止" in page
    assert manager.get(f"{LIST}/{left.key}").status_code == 302
    assert place.make(manager, "workbook").state is JobState.DONE


def test_what_is_being_made_shows_and_loads_again(place: Place, manager: FlaskClient):
    job = running(place, beat_at=NOW + timedelta(days=9999))
    page = text_of(manager.get(LIST))
    assert "生成中" in page and re.search(r'http-equiv="refresh"', page)
    again = text_of(manager.post(f"{LIST}/workbook", follow_redirects=True))
    assert "正在生成，请稍候" in again
    with place.database.engine.begin() as connection:
        queue.end(connection, replace(job, attempt=1, state=JobState.FAILED, problem="停"))
        queue.release(connection, replace(job, attempt=1))


def test_a_worker_that_was_taken_for_gone_leaves_the_file_alone(place: Place, manager: FlaskClient):
    made = place.make(manager, "workbook")
    before = made.path(place.settings.home).read_bytes()
    with pytest.raises(queue.Overtaken):
        get_work("workbook")(get_instance_of(place.app), replace(made, attempt=0))
    assert made.path(place.settings.home).read_bytes() == before
    assert [path.name for path in made.folder(place.settings.home).parent.glob(".*-0")] == []


def test_a_file_of_long_ago_goes_and_its_line_stays(place: Place, manager: FlaskClient):
    old = place.make(manager, "workbook")
    with place.database.engine.begin() as connection:
        forget_old(connection, place.settings.home, "tlf", NOW + KEPT + timedelta(days=1))
    (left,) = (job for job in place.listed() if job.key == old.key)
    assert left.state is JobState.CLEARED and left.sha256 == old.sha256
    assert not old.path(place.settings.home).exists()


def test_a_file_that_somebody_deleted_is_not_offered(place: Place, manager: FlaskClient):
    made = place.make(manager, "workbook")
    made.path(place.settings.home).unlink()
    assert place.listed()[0].state is JobState.CLEARED
    assert manager.get(f"{LIST}/{made.key}").status_code == 302


def test_a_name_that_leads_elsewhere_leads_nowhere(place: Place):
    with place.database.engine.connect() as connection:
        for key in ("..", "../../keys", "."):
            assert find_made(connection, place.settings.home, "tlf", key) is None


def test_every_kind_says_what_it_is():
    for kind in KINDS.values():
        assert kind.title and kind.about.endswith("。") and kind.suffix.startswith(".")
