"""Indicators of staff, qualification and training."""

from decimal import Decimal

from kpi.figures.indicators.formula import (
    Formula,
    Over,
    Part,
    Quantity,
    Term,
    ever,
    monthly_mean,
    percent,
    ratio,
)
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtMost
from kpi.figures.measures.staffing import PASS_MARKS

GROUP = "人员"

_SAMPLE = "样例中心2023年"
_SEED = "2023年政务服务运行维护费项目绩效评价指标"
_MONTH_END = "按月末日期归月；没有花名册佐证的月份不计入。"
_LEFT = "按离职日期（不在岗第一天）归月：1月1日离职的人，12月31日仍在岗，算1月离职。"
_EVER = (
    "按期间算：本期第一天在岗的人加期内入职的人，所以各月人数不能相加成全年。一人只算一次；"
    "期内离职又入职的，每次入职另算一次。"
)
_EVER_THERE = "本期至少有一天在岗的人（人）。"
_NEVER_THERE = "本期第一天或以前已离职的人（离职日期当天已不在岗）；来了当天又走的人。"

INDICATORS = (
    Indicator(
        key="staffing_in_post_rate", title="人员到位率", unit="%", scale=2,
        formula=percent("staff_at_month_end", "posts_at_month_end"), direction=Direction.HIGHER,
        source=f"{_SEED}：聘用人员到位率（十二个月末在岗人数的平均数÷核定人数）",
        card=Card(
            why="反映核定岗位的人员到位情况。",
            numerator="各月末在岗人数之和（人），一人一月计一次。",
            denominator="各月末核定人数之和（人）。",
            includes="月末当天在岗的人，不论在哪个岗位；全年是十二个月末之和相除，等于月末平均人数÷核定人数。"
            "超编时可以超过100%；各岗位的缺员、超员看按岗位的构成，逐岗核对用其他口径。",
            excludes="月末当天或以前已离职的人；没有生效的岗位核定的月份，分子、分母都不计。",
            month=_MONTH_END,
            example=Example("400", "420", "95.24", f"{_SAMPLE}，十二个月末"),
        ),
    ),
    Indicator(
        key="staff_in_post", title="聘用人员数量", unit="人", scale=0,
        formula=Formula(Part((Term("staff_at_month_end", over=Over.LAST),)), None, 1, Quantity.COUNT),
        direction=Direction.NEITHER, source="2022年12345热线服务费项目绩效目标表：聘用人员数量（≥9人）",
        card=Card(
            why="按合同应当配备的人数有没有配足。",
            numerator="期末（最后一个月的月末）在岗的人（人）。",
            includes="月末当天在岗的人，请假的也算。",
            excludes="月末当天或以前已离职的人。",
            month=f"{_MONTH_END}季度和全年取最后一个月的月末。",
            example=Example("33", None, "33", _SAMPLE),
        ),
    ),
    Indicator(
        key="staff_turnover_rate", title="人员流动率", unit="%", scale=2,
        formula=ratio("staff_left", monthly_mean("posts_at_month_end"), 100),
        direction=Direction.LOWER, target=AtMost(Decimal("10")),
        source=f"{_SEED}：人员流动率（离职人数÷核定人数，≤10%）",
        card=Card(
            why="反映队伍稳定性，流动过高影响服务质量和培训成效。",
            numerator="本期离职的人数（人）：离职的人不论在哪个月走，都算。",
            denominator="核定人数（人）：有岗位核定的各月末核定人数的平均数。",
            includes="不论离职原因；离职后又入职、再离职的，每次各算一次。",
            excludes="入职；岗位调整而没有离职的；来了当天又走、一天也没有在岗的人。",
            month=f"{_LEFT}未满一年的期间不折算成年。",
            example=Example("5", "35", "14.29", _SAMPLE),
        ),
    ),
    Indicator(
        key="qualification_verified_rate", title="学历核验率", unit="%", scale=2,
        formula=percent(
            ever("staff_on_first_day_verified", "staff_joined_verified"),
            ever("staff_on_first_day", "staff_joined"),
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：人员资质（每缺一人学历核验扣分）",
        card=Card(
            why="聘用条件要求的学历是否逐人验证。",
            numerator="本期至少有一天在岗、有学历核验编号的人（人）。",
            denominator=_EVER_THERE,
            includes="第一天在岗的和期内入职的，期内离职的也算。",
            excludes=_NEVER_THERE,
            month=_EVER,
            example=Example("37", "38", "97.37", _SAMPLE),
        ),
    ),
    Indicator(
        key="education_college_rate", title="学历达标率（大专以上）", unit="%", scale=2,
        formula=percent(
            ever("staff_on_first_day_college", "staff_joined_college"),
            ever("staff_on_first_day", "staff_joined"),
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：人员资质（学历不应低于大专，每有一人低于大专扣分）",
        card=Card(
            why="聘用条件要求大专以上学历，与学历有没有验证是两回事。",
            numerator="本期至少有一天在岗、花名册所载学历为大专以上的人（人）。",
            denominator=_EVER_THERE,
            includes="大专、高职、本科、硕士、博士等；以花名册所载为准，真伪看学历核验率。",
            excludes=f"学历空着、肄业、结业、在读、写“大专以下”或看不懂的是不明，分子、分母都不计，列出最差和最好的可能。{_NEVER_THERE}",
            month=_EVER,
            example=Example("38", "38", "100.00", _SAMPLE),
        ),
    ),
    Indicator(
        key="pre_job_pass_rate", title="培训上岗率", unit="%", scale=2,
        formula=percent(
            ever(f"staff_on_first_day_passed_{PASS_MARKS[0]}", f"staff_joined_passed_{PASS_MARKS[0]}"),
            ever("staff_on_first_day", "staff_joined"),
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：培训上岗率（岗前考核合格后上岗）",
        card=Card(
            why="上岗前是否经过培训并考核合格。",
            numerator=f"本期至少有一天在岗、岗前考核成绩不低于{PASS_MARKS[0]}分的人（人）。",
            denominator=_EVER_THERE,
            includes="没有岗前考核成绩的人在分母里，不算合格；合格线另有约定的，可选用70分、80分的其他口径。",
            excludes=_NEVER_THERE,
            month=_EVER,
            example=Example("34", "38", "89.47", _SAMPLE),
        ),
    ),
    Indicator(
        key="training_attendance_rate", title="培训参训率", unit="%", scale=2,
        formula=percent("training_attended", "training_due"), direction=Direction.HIGHER,
        source=f"{_SEED}：培训出勤",
        card=Card(
            why="反映培训参训情况。",
            numerator="各场培训实到人数之和（人次）。",
            denominator="各场培训应到人数之和（人次）。",
            includes="请假的在分母里。",
            excludes="本期没有培训的月份为不适用。",
            month="按培训日期归月。",
            example=Example("171", "200", "85.50", _SAMPLE),
        ),
    ),
)  # fmt: skip
