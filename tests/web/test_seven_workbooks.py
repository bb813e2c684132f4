"""A stranger's files: seven workbooks in layouts that no profile knows are all in, and right, by mouse and
keyboard alone."""

from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Locator

from kpi.figures import results
from kpi.figures.figure import Figure, Status
from tests.web.conftest import NOW
from tests.web.seven_workbooks import draw_month
from tests.web.test_entry_journeys import Desk, browser, desk
from tracker.periods import Month

__all__ = ["browser", "desk"]

pytestmark = pytest.mark.browser
JANUARY = Month(2024, 1)
IN_DOUBT = {"work_order_on_time_rate": "结转未知"}  # nobody has brought the orders of December
MINUTES = 10  # that a clerk may take for all seven
SECONDS_TO_CHOOSE = 4  # that a person takes to find a column's meaning in a list


@dataclass
class Answers:
    """What a person says of a workbook whose columns nobody knows."""

    columns: dict[str, str]  # title → what it is
    words: dict[str, str] = field(default_factory=dict)  # word of the file → what it means
    days: dict[str, str] = field(default_factory=dict)  # title of a clock → that of its day
    units: dict[str, str] = field(default_factory=dict)


ANSWERS = {
    "话务流水": Answers(
        {
            "来话号": "流水号", "话务属性": "呼叫类型", "来电钟点": "进入系统时间", "排队秒数": "排队时长",
            "振铃秒数": "座席振铃时长", "人工通话秒数": "通话时长", "处理结论": "呼叫结果",
            "接线员代号": "座席工号",
        },
        words={
            "市民打入": "呼入", "主动外拨": "呼出", "A1": "人工接听", "Q2": "队列放弃", "V3": "IVR放弃",
            "R4": "振铃未接",
        },
        days={"来电钟点": "来电日"}, units={"排队秒数": "秒", "振铃秒数": "秒", "人工通话秒数": "秒"},
    ),
    "诉求件总表": Answers(
        {
            "件号": "工单编号", "来件渠道": "受理渠道", "来件时刻": "受理时间", "派发时刻": "派单时间",
            "经办部门": "承办单位", "限办时刻": "办结时限", "办毕时刻": "办结时间", "回访评价": "满意度",
            "件的状况": "工单状态",
        },
        words={"很好": "非常满意", "还行": "满意", "不行": "不满意", "在册": "已受理", "已撤": "已作废"},
    ),
    "在册人员": Answers({"工牌号": "工号", "所在岗": "岗位", "到岗日": "入职日期", "离岗日": "离职日期"}),
    "岗位编制": Answers({"起算日": "生效日期", "岗": "岗位", "编制人数": "核定人数", "文件": "依据"}),
    "资金拨付台账": Answers(
        {
            "拨付单号": "凭证号", "款项": "费用项目", "应拨日": "约定支付日", "实拨日": "实际支付日",
            "拨付金额（万元）": "金额",
        }
    ),
    "平台点检": Answers(
        {"点检时刻": "巡检时间", "受检系统": "平台", "通断": "状态"}, words={"通": "正常", "断": "异常"}
    ),
    "逐日业务量": Answers(
        {"登记日": "日期", "外发短信条数": "发送短信数", "代办件数": "办件量", "来访人次数": "接待人次"}
    ),
}  # fmt: skip


class Clerk:
    """Somebody at the import pages, who counts what she chooses."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page, self.choices = desk, desk.page, 0

    def bring(self, name: str, path: Path, answers: Answers) -> None:
        page = self.page
        page.goto("/tlf/imports/")
        page.set_input_files("#file", path)
        page.get_by_role("button", name="上传").click()
        page.get_by_role("link", name="设置列对应关系").click()
        self._say_columns(answers)
        with page.expect_navigation():
            page.get_by_role("button", name="按当前选择重新查看").click()
        self._say_details(answers)
        page.get_by_label("导入方案名称").fill(name)
        self.desk.seen(f"seven-{name}")
        page.get_by_role("button", name="保存并回到核对").click()
        page.get_by_role("button", name="试导入").click()
        page.locator(".counts").wait_for()
        page.get_by_role("button", name="正式导入").click()
        page.get_by_text("已导入。").wait_for()

    def _say_columns(self, answers: Answers) -> None:
        for title, meaning in answers.columns.items():
            row = self._row(title)
            chosen = row.locator("select").first
            options = chosen.locator("option").all()
            labels = {
                str(one.text_content()).removesuffix(" *"): one.get_attribute("value") for one in options
            }
            if str(chosen.input_value()) != labels[meaning]:
                chosen.select_option(value=labels[meaning])
                self.choices += 1

    def _say_details(self, answers: Answers) -> None:
        for title, day in answers.days.items():
            self._choose(self._row(title).locator("select[name^=day-]"), day)
        for title, unit in answers.units.items():
            self._choose(self._row(title).locator("select[name^=unit-]"), unit)
        for label in self.page.locator(".word label").all():
            word = str(label.text_content()).strip("“”是")
            self._choose(self.page.locator(f"#{label.get_attribute('for')}"), answers.words[word])

    def _choose(self, select: Locator, label: str) -> None:
        select.select_option(label=label)
        self.choices += 1

    def _row(self, title: str) -> Locator:
        return self.page.locator("table.mapping tbody tr").filter(
            has=self.page.locator("label strong", has_text=title).filter(has_text=title)
        ).first  # fmt: skip


def test_seven_workbooks_of_a_centre_nobody_knows_are_in_and_right(desk: Desk, tmp_path: Path) -> None:
    month, clerk, begun = draw_month(tmp_path), Clerk(desk), monotonic()
    for name, path in month.paths.items():
        clerk.bring(name, path, ANSWERS[name])
    working = monotonic() - begun
    assert working + clerk.choices * SECONDS_TO_CHOOSE < MINUTES * 60, (working, clerk.choices)
    for key, (numerator, denominator) in month.truth.items():
        figure = find_figure(desk, key)
        assert (figure.numerator, figure.denominator or 1) == (numerator, denominator), key
        if key in IN_DOUBT:
            assert figure.status is Status.PARTLY and IN_DOUBT[key] in figure.reason
        else:
            assert figure.status is Status.VERIFIABLE, (key, figure.reason)


def find_figure(desk: Desk, key: str) -> Figure:
    with desk.database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        found = results.find_figure(connection, "tlf", key, JANUARY)
    assert found is not None, key
    return found
