"""The same data by several definitions."""

from collections.abc import Callable

from flask.testing import FlaskClient

Page = Callable[[str], str]


def row(text: str, title: str) -> str:
    """The table row that begins with a title."""
    return text.partition(title)[2].partition("</tr>")[0]


def test_an_indicator_is_shown_by_every_way_of_counting(page: Page):
    text = page("/tlf/2023-08/call_answer_rate/compare")
    assert "98.38%" in row(text, "现行第 1 版")
    other = row(text, "人工接听÷全部呼入")
    assert "95.87%" in other
    assert "2,852 ÷ 2,975" in other
    assert "-2.51个百分点" in other


def test_another_way_of_counting_shows_its_differences_and_its_effect(page: Page):
    text = page("/tlf/2023/call_answer_rate/compare/all_inbound")
    assert "改为：" in text
    assert "95.87%" in row(text, "2023年8月")


def test_the_card_leads_to_the_comparison_where_there_is_one(page: Page):
    assert "口径对照" in page("/tlf/definitions/call_answer_rate").partition("<main")[2]
    assert "按其他口径计算的结果" not in page("/tlf/definitions/cases_handled")


def test_what_cannot_be_compared_says_what_can(client: FlaskClient):
    answer = client.get("/tlf/2023/cases_handled/compare")
    assert answer.status_code == 404
    assert "有其他口径的指标：热线电话接通率" in answer.text
    assert client.get("/tlf/2023/call_answer_rate/compare/nothing").status_code == 404


def test_an_empty_centre_has_nothing_to_compare(page: Page):
    assert "尚无数据" in page("/void/2025/call_answer_rate/compare/all_inbound")
