"""Paper questionnaires by hand: the same events as a file's, a number once, corrected by a new one."""

from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ingest.importing.import_file import import_file
from tests.ingest.tables import csv_file
from tests.web.conftest import NOW, SETTINGS, add, app_of, grant, signed_in_client
from tracker import centers, log
from tracker.database import Database
from web.access.rights import Role
from web.pages.answers import increment_number

THERE = "/tlf/days/2024-03-09/answers/hotline-2022"
PAPER = {
    "answer_id": "WJ001", "answered_on": "2024-03-08", "q1": "知道", "q2": "不会", "q3": "咨询",
    "q4": "当天", "q5": "", "q6": "满意",
}  # fmt: skip
HEADER = (
    "问卷编号,填写日期,您知道12345服务热线吗,您会使用12345热线平台解决问题吗,您一般拨打热线是为了,反映问题解决时限,"
    "您认为热线的特点在于,您对热线解决问题是否满意"
)
WAYS = """
title = "渠道问卷"
[questions.satisfied]
text = "您对热线是否满意"
options = ["满意", "一般", "不满意"]
[questions.ways]
text = "您用过哪些渠道"
options = ["电话", "网上", "短信"]
multiple = true
"""


@dataclass
class Desk:
    """A clerk's browser, and what is behind it."""

    client: FlaskClient
    database: Database
    home: Path

    def send(self, there: str = THERE, status: int = 302, **data: str | list[str]) -> str:
        """Where it leads, or the page that refuses."""
        answer = self.client.post(there, data={**PAPER, **data})
        assert answer.status_code == status, answer.text
        return answer.headers["Location"] if status == 302 else unescape(answer.text)

    def page(self, there: str) -> str:
        answer = self.client.get(there, follow_redirects=True)
        assert answer.status_code == 200
        return unescape(answer.text)

    def told(self, number: str) -> list[log.Recorded]:
        with self.database.connect() as connection:
            return log.read_timeline(connection, "tlf", f"survey_answer/{number}")


@pytest.fixture
def desk(database: Database, home: Path) -> Desk:
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    add(database, "clerk", grant(Role.CLERK), name="李录入")
    app = app_of(database, settings=replace(SETTINGS, home=home))
    return Desk(signed_in_client(app, "clerk"), database, home)


def test_a_paper_writes_the_event_that_a_file_of_it_writes(desk: Desk, tmp_path: Path):
    desk.send()
    with desk.database.connect() as connection:
        centers.create_center(connection, "c1", "另一中心", now=NOW)
    path = csv_file(tmp_path, HEADER, "WJ001,2024-03-08,知道,不会,咨询,当天,,满意", name="满意度问卷.csv")
    import_file(desk.database, desk.home, path, "c1", now=NOW)
    [by_hand] = desk.told("WJ001")
    with desk.database.connect() as connection:
        [by_file] = log.read_timeline(connection, "c1", "survey_answer/WJ001")
    assert (by_hand.type, by_hand.data) == (by_file.type, by_file.data)
    assert by_hand.data["satisfied"] is True and by_hand.data["can_use"] is False


def test_after_a_paper_the_next_one_is_asked_for(desk: Desk):
    there = desk.send()
    assert there.endswith("/answers/hotline-2022?answer_id=WJ002&answered_on=2024-03-08")
    page = desk.page(there)
    assert "已保存：问卷 WJ001。" in page and "2024年已有 1 份答卷" in page
    assert desk.send(answer_id="WJ002", then="day") == "/tlf/days/2024-03-09"


def test_a_number_that_is_known_is_a_sentence_and_nothing_is_written(desk: Desk):
    desk.send()
    page = desk.send(status=422, q6="不满意")
    assert "编号“WJ001”的问卷已经录过（填写日期 2024-03-08），没有再录" in page
    assert 'value="不满意" checked' in page  # what was filled in is still there
    assert [event.data["satisfied"] for event in desk.told("WJ001")] == [True]


def test_a_number_that_a_file_brought_is_known_too(desk: Desk, tmp_path: Path):
    path = csv_file(tmp_path, HEADER, "WJ001,2024-03-08,知道,不会,咨询,当天,,满意", name="满意度问卷.csv")
    import_file(desk.database, desk.home, path, "tlf", now=NOW)
    assert "已经录过" in desk.send(status=422)


def test_a_paper_is_corrected_by_a_new_event_under_its_own_number(desk: Desk):
    desk.send()
    day = desk.page("/tlf/days/2024-03-10")
    [event] = desk.told("WJ001")
    assert f"/answers?event={event.seq}" in day
    page = desk.page(f"/tlf/days/2024-03-10/answers?event={event.seq}")
    assert 'value="WJ001"' in page and "readonly" in page and 'value="不会" checked' in page
    desk.send(event=str(event.seq), answer_id="WJ999", q6="不满意")
    assert [event.data["satisfied"] for event in desk.told("WJ001")] == [True, False]
    assert desk.told("WJ999") == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"answer_id": ""}, "请填写问卷编号"),
        ({"answered_on": ""}, "请填写填写日期"),
        ({"answered_on": "2024-03-11"}, "填写日期在将来"),
        ({"answered_on": "上周"}, "不是时间"),
        ({f"q{n}": "" for n in range(1, 7)}, "一题都没有答"),
    ],
)
def test_what_is_wrong_is_said_beside_it(desk: Desk, given: dict[str, str], sentence: str):
    assert sentence in desk.send(status=422, **given)
    assert desk.told("WJ001") == []


def test_an_answer_that_the_questionnaire_does_not_offer_is_none(desk: Desk):
    desk.send(q6="随便")
    [event] = desk.told("WJ001")
    assert event.data["satisfied"] is None


def test_a_centres_own_questionnaire_is_offered_with_several_choices(desk: Desk):
    folder = desk.home / "questionnaires"
    folder.mkdir(parents=True)
    (folder / "ways.toml").write_text(WAYS, encoding="utf-8")
    assert "渠道问卷" in desk.page("/tlf/days/2024-03-09/answers")
    desk.send("/tlf/days/2024-03-09/answers/ways", q1="一般", q2=["电话", "短信"])
    [event] = desk.told("WJ001")
    assert event.data["answers"] == {"您对热线是否满意": "一般", "您用过哪些渠道": "电话；短信"}
    corrected = desk.page(f"/tlf/days/2024-03-09/answers?event={event.seq}")
    assert 'value="电话" checked' in corrected and 'value="网上" checked' not in corrected


def test_questions_of_which_a_files_answers_are_not_kept_are_not_asked(desk: Desk):
    folder = desk.home / "questionnaires"
    folder.mkdir(parents=True)
    own = '[questions.who]\ntext = "您的姓名"\noptions = ["甲", "乙"]\n'
    (folder / "own.toml").write_text(
        WAYS.replace("[questions.ways]", f"{own}[questions.ways]"), encoding="utf-8"
    )
    page = desk.page("/tlf/days/2024-03-09/answers/own")
    assert (
        "系统不保存，无需录入：您的姓名。" in page and 'name="q2"' not in page and "3. 您用过哪些渠道" in page
    )


def test_a_questionnaire_without_a_question_that_is_counted_says_so(desk: Desk):
    folder = desk.home / "questionnaires"
    folder.mkdir(parents=True)
    text = 'title = "其他"\n[questions.x]\ntext = "您是哪里人"\noptions = ["本地", "外地"]\n'
    (folder / "other.toml").write_text(text, encoding="utf-8")
    answer = desk.client.get("/tlf/days/2024-03-09/answers/other")
    assert answer.status_code == 422
    assert "这份问卷的题目系统不能采用" in unescape(answer.text)
    assert "other.toml" in desk.page("/tlf/days/2024-03-09/answers")


def test_a_questionnaire_that_cannot_be_read_is_told_of_and_hides_no_other(desk: Desk):
    folder = desk.home / "questionnaires"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text('title = "坏"\n', encoding="utf-8")
    page = desk.page("/tlf/days/2024-03-09/answers")
    assert "broken.toml" in page and "12345政府热线问题调查问卷" in page
    assert desk.client.get("/tlf/days/2024-03-09/answers/broken").status_code == 422
    assert desk.client.get("/tlf/days/2024-03-09/answers/..%2Fx").status_code == 404


@pytest.mark.parametrize(
    ("number", "following"), [("WJ009", "WJ010"), ("99", "100"), ("2024-A7", "2024-A8"), ("甲", "")]
)
def test_the_next_number_is_as_wide_as_the_last(number: str, following: str):
    assert increment_number(number) == following
