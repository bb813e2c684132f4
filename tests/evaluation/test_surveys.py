"""Surveys: distributions, reliability, samples, against numbers computed by hand."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpi.evaluation.surveys.answers import AnswersProblem, read_answers
from kpi.evaluation.surveys.questionnaire import (
    PACKAGED,
    QuestionnaireProblem,
    UnknownQuestionnaire,
    find_questionnaire,
    read_questionnaire,
)
from kpi.evaluation.surveys.reliability import compute_correlation
from kpi.evaluation.surveys.report import SurveyResult, evaluate_survey, format_share, format_survey
from kpi.evaluation.surveys.sample import compute_margin, compute_needed, list_warnings
from tests.conftest import DATA
from tests.evaluation.cases import written
from web.cli import hotline

SMALL = """
title = "三题问卷"
issued = 10

[questions.a]
text = "甲？"
options = ["好", "中", "差"]
scores = [2, 1, 0]

[questions.b]
text = "乙？"
options = ["好", "中", "差"]
scores = [2, 1, 0]

[questions.c]
text = "渠道"
options = ["电话", "网上"]
multiple = true
"""
ANSWERS = "编号,甲,乙？,渠道\n1,好,好,电话；网上\n2,B,中,电话\n3,差,中,\n4,差,C,网上\n"


def surveyed(folder: Path, answers: str = ANSWERS, questionnaire: str = SMALL) -> SurveyResult:
    found = read_questionnaire(written(folder, questionnaire, "问卷.toml"))
    return evaluate_survey(found, read_answers(written(folder, answers, "答卷.csv"), found))


PUBLISHED = {  # percentages of the published appendix, of 95 questionnaires
    "aware": ("98.95%", "1.05%"),
    "can_use": ("93.68%", "6.32%"),
    "purpose": ("53.68%", "32.63%", "6.32%", "7.37%"),
    "duration": ("33.68%", "55.79%", "3.16%", "7.37%"),
    "advantage": ("57.89%", "27.37%", "11.58%", "3.16%"),
    "satisfied": ("97.89%", "2.11%"),
}


def test_the_published_percentages_follow_from_counts():
    questionnaire = read_questionnaire(PACKAGED / "hotline-2022.toml")
    survey = evaluate_survey(questionnaire, read_answers(DATA / "满意度问卷.csv", questionnaire))
    assert survey.count == 95
    shares = {
        one.question.key: tuple(format_share(share.share) for share in one.shares)
        for one in survey.distributions
    }
    assert shares == PUBLISHED


def test_an_option_is_told_by_its_words_or_its_letter_and_an_empty_cell_is_no_answer(tmp_path: Path):
    first, second, ways = surveyed(tmp_path).distributions
    assert [share.count for share in first.shares] == [1, 1, 2]
    assert [share.count for share in second.shares] == [1, 2, 1]
    assert (ways.answered, [share.count for share in ways.shares]) == (3, [2, 2])
    assert ways.of("电话").share == Fraction(2, 3)


def test_alpha_as_computed_by_hand(tmp_path: Path):
    """a 2 1 0 0, b 2 1 1 0, total 4 2 1 0: deviations squared 2.75, 2, 8.75; α = 2 × (1 − 4.75 ÷ 8.75)."""
    found = surveyed(tmp_path).reliability
    assert found.alpha == 2 * (1 - Fraction(475, 875))
    assert found.complete == 4


def test_scores_in_tenths_give_the_very_same_alpha_and_correlations(tmp_path: Path):
    """Tenths are no binary fractions: a float on the way would show. Who left one empty counts for none."""
    tenths = SMALL.replace("scores = [2, 1, 0]", "scores = [0.3, 0.2, 0.1]")
    assert tenths.count("0.3") == 2
    found = surveyed(tmp_path, f"{ANSWERS}5,好,,\n", tenths).reliability
    whole = surveyed(tmp_path).reliability
    assert (found.alpha, found.complete) == (whole.alpha, 4)
    assert isinstance(found.alpha, Fraction)
    told = [[(one.with_total, one.with_rest) for one in each.items] for each in (found, whole)]
    assert told[0] == told[1]


def test_item_total_correlations_as_computed_by_hand(tmp_path: Path):
    """a with the total: Σxy 4.75, √(2.75 × 8.75); a with b: Σxy 2, √(2.75 × 2)."""
    found = surveyed(tmp_path).reliability.items[0]
    assert abs(found.with_total - Decimal("0.968329")) < Decimal("0.000001")
    assert abs(found.with_rest - Decimal("0.852803")) < Decimal("0.000001")


def test_a_correlation_may_be_negative_and_there_is_none_without_variation():
    one, two = [Fraction(1), Fraction(2)], [Fraction(5), Fraction(3)]
    assert compute_correlation(one, two) == -1
    assert compute_correlation(one, [Fraction(1), Fraction(1)]) is None


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("甲,乙,渠道\n好,好,\n好,好,\n", "总分都相同，没有差异，不能计算信度"),
        ("甲,乙,渠道\n好,好,\n好,,\n", "不足两份，不能计算信度"),
    ],
)
def test_without_variation_there_is_no_alpha_and_not_zero(answers: str, words: str, tmp_path: Path):
    found = surveyed(tmp_path, answers).reliability
    assert found.alpha is None
    assert words in found.reason


def test_the_sample_needed_for_five_points_at_ninety_five_per_cent():
    assert compute_needed(None) == 385
    assert compute_needed(600_000) == 384
    assert compute_needed(200) == 132
    assert round(compute_margin(95, None), 1) == 10.1
    assert compute_margin(200, 200) == 0


def test_small_samples_and_low_responses_are_warned_of():
    assert list_warnings(95, 100, None) == [
        "有效问卷95份，95%置信度、误差±5个百分点需要385份；现有样本的误差约±10.1个百分点"
    ]
    assert list_warnings(400, 1000, None) == ["回收率40%（400÷1000），低于50%，未回收的人可能有不同看法"]
    assert "多于发放的10份" in list_warnings(400, 10, None)[0]
    assert list_warnings(400, 500, None) == []


def test_a_survey_reads_as_a_table(tmp_path: Path):
    told = "\n".join(format_survey(surveyed(tmp_path)))
    assert "三题问卷：有效问卷4份，发放10份" in told
    assert "3. 渠道（多选，3人作答）" in told
    assert "信度（Cronbach α）：0.914，不低于0.7（4份答卷，2题）" in told
    assert "回收率40%（4÷10）" in told


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("甲,乙,渠道\n好,特好,\n", "答卷.csv 第2行“乙？”：没有选项“特好”；可以是 好、中、差，或字母"),
        ("甲,乙\n好,好\n", "没有找到题目；表头应写各题的题干，如 甲？、乙？、渠道"),
        ("甲,乙,渠道\n", "没有一份答卷"),
    ],
)
def test_answers_that_do_not_fit_say_where(answers: str, words: str, tmp_path: Path):
    with pytest.raises(AnswersProblem) as problem:
        surveyed(tmp_path, answers)
    assert words in str(problem.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('text = "甲？"', "", "“questions.a”缺少 text"),
        ('["电话", "网上"]', '["电话"]', "“questions.c.options”至少要有两个不同的选项"),
        ("multiple = true", "multiple = true\nscores = [1, 0]", "只能用于单选题"),
        ("issued = 10", "issued = 0", "第3行：“issued”应为1或更大的整数"),
        ("issued = 10", "isued = 10", "第3行：“isued”不认识"),
    ],
)
def test_a_questionnaire_that_is_wrong_says_where(old: str, new: str, words: str, tmp_path: Path):
    assert SMALL.count(old) == 1
    with pytest.raises(QuestionnaireProblem) as problem:
        read_questionnaire(written(tmp_path, SMALL.replace(old, new), "问卷.toml"))
    assert words in str(problem.value)


def test_scores_must_match_the_options(tmp_path: Path):
    text = SMALL.replace("scores = [2, 1, 0]", "scores = [1, 0]", 1)
    with pytest.raises(QuestionnaireProblem, match="有2个，选项有3个，应一一对应"):
        read_questionnaire(written(tmp_path, text, "问卷.toml"))


def test_an_unknown_questionnaire_names_those_there_are(tmp_path: Path):
    with pytest.raises(UnknownQuestionnaire, match="没有问卷“x”；可用的有 hotline-2022"):
        find_questionnaire("x", tmp_path)


def test_the_command_prints_the_survey(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    told = CliRunner().invoke(
        hotline, ["survey", "hotline-2022", str(DATA / "满意度问卷.csv"), "--issued", "100"]
    )
    assert "A  知道    94  98.95%" in told.output
    assert "有效问卷95份，发放100份" in told.output
