"""Indicators of staff, qualification and training."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import Over, Part, Term, ever, monthly_mean, percent, ratio
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtMost
from kpi.figures.measures.staffing import PASS_MARK

_SAMPLE = "样例中心2023年"
_SEED = "2023年政务服务运行维护费项目绩效评价指标"
_MONTH_END = "按月末日期归月；没有花名册佐证的月份不计入。"
_LEFT = "按离职日期（不在岗第一天）归月：1月1日离职的人，12月31日仍在岗，算1月离职。"
_EVER = "按期间算：期初在岗的人加期内入职的人，一人只算一次，所以各月人数不能相加成全年。"

_HALF = Fraction(1, 2)
_MEAN_HEADCOUNT = Part(
    (Term("staff_at_month_start", _HALF, Over.FIRST), Term("staff_at_month_end", _HALF, Over.LAST))
)

INDICATORS = (
    Indicator(
        key="staffing_in_post_rate", title="人员到位率", unit="%", scale=2,
        formula=percent("staff_at_month_end", "posts_at_month_end"), direction=Direction.HIGHER,
        source=f"{_SEED}：聘用人员到位率（十二个月末在岗人数的平均数÷核定人数）",
        card=Card(
            why="按核定岗位花钱，人有没有到位。",
            numerator="各月末在岗人数之和（人），一人一月计一次。",
            denominator="各月末核定人数之和（人）。",
            includes="月末当天在岗的人；全年是十二个月末之和相除，等于月末平均人数÷核定人数。",
            excludes="月末当天或以前已离职的人。",
            month=_MONTH_END,
            example=Example("400", "420", "95.24", f"{_SAMPLE}，十二个月末"),
        ),
    ),
    Indicator(
        key="staffing_in_post_person_days_rate", title="人员到位率（按人日）", unit="%", scale=2,
        formula=percent("staff_person_days", "post_days"), direction=Direction.HIGHER,
        source="在岗人日÷核定人日，与月末口径对照",
        card=Card(
            why="月末口径看不到月中空岗，人日口径每一天都算。",
            numerator="在岗人日：每人在岗的日历天数之和。",
            denominator="核定人日：每天有效的核定人数之和。",
            includes="节假日；请假的人仍算在岗。",
            excludes="离职日期当天（不在岗第一天）。",
            month="按天计算，记在所在月的月末；没有花名册佐证的月份不计入。",
            example=Example("12200", "12775", "95.50", _SAMPLE),
        ),
    ),
    Indicator(
        key="staff_turnover_rate", title="人员流动率", unit="%", scale=2,
        formula=ratio("staff_left", monthly_mean("posts_at_month_end"), 100),
        direction=Direction.LOWER, target=AtMost(Decimal("10")),
        source=f"{_SEED}：人员流动率（离职人数÷核定人数，≤10%）",
        card=Card(
            why="人走得多，服务质量难以保持，培训也白做。",
            numerator="本期离职的人数（人）。",
            denominator="核定人数（人）：各月末核定人数的平均数。",
            includes="不论离职原因。",
            excludes="入职；岗位调整而没有离职的。",
            month=f"{_LEFT}未满一年的期间不折算成年。",
            example=Example("5", "35", "14.29", _SAMPLE),
        ),
    ),
    Indicator(
        key="staff_turnover_on_mean_rate", title="人员流动率（按平均在岗人数）", unit="%", scale=2,
        formula=ratio("staff_left", _MEAN_HEADCOUNT, 100), direction=Direction.LOWER,
        source="英国NHS数据词典：离职人数÷期初期末平均人数",
        card=Card(
            why="与国际通行口径对照；实际在岗人数少于核定人数时，这个口径更高。",
            numerator="本期离职的人数（人）。",
            denominator="期初与期末在岗人数的平均数（人）。",
            includes="期初是本期开始前一天在岗的人，期末是本期最后一天在岗的人。",
            excludes="期中入职又离职的人不在分母里，离职时仍在分子里。",
            month=f"{_LEFT}未满一年的期间不折算成年。",
            example=Example("5", "33.5", "14.93", f"{_SAMPLE}，期初34人、期末33人"),
        ),
    ),
    Indicator(
        key="qualification_verified_rate", title="资质核验率", unit="%", scale=2,
        formula=ratio(
            ever("staff_at_month_start_verified", "staff_joined_verified"),
            ever("staff_at_month_start", "staff_joined"),
            100,
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：人员资质（每缺一人学历验证扣分）",
        card=Card(
            why="聘用条件要求的学历是否逐人验证。",
            numerator="本期在岗过、有学历验证编号的人（人）。",
            denominator="本期在岗过的人（人）。",
            includes="期初在岗的和期内入职的，期内离职的也算。",
            excludes="本期开始前已离职的人。",
            month=_EVER,
            example=Example("37", "38", "97.37", _SAMPLE),
        ),
    ),
    Indicator(
        key="pre_job_pass_rate", title="培训上岗率", unit="%", scale=2,
        formula=ratio(
            ever("staff_at_month_start_passed", "staff_joined_passed"),
            ever("staff_at_month_start", "staff_joined"),
            100,
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：培训上岗率（岗前考核合格后上岗）",
        card=Card(
            why="上岗前是否经过培训并考核合格。",
            numerator=f"本期在岗过、岗前考核成绩不低于{PASS_MARK}分的人（人）。",
            denominator="本期在岗过的人（人）。",
            includes="没有岗前考核成绩的人在分母里，不算合格。",
            excludes="本期开始前已离职的人。",
            month=_EVER,
            example=Example("34", "38", "89.47", _SAMPLE),
        ),
    ),
    Indicator(
        key="training_attendance_rate", title="培训到训率", unit="%", scale=2,
        formula=percent("training_attended", "training_due"), direction=Direction.HIGHER,
        source=f"{_SEED}：培训出勤",
        card=Card(
            why="培训办了，人有没有到。",
            numerator="各场培训实到人数之和（人次）。",
            denominator="各场培训应到人数之和（人次）。",
            includes="请假的在分母里。",
            excludes="本期没有培训的月份为不适用。",
            month="按培训日期归月。",
            example=Example("171", "200", "85.50", _SAMPLE),
        ),
    ),
)  # fmt: skip
