"""How turnover and staffing are counted elsewhere.

Staffing in full-time equivalents is not here, because no table that centres deliver tells what it needs.
"""

from fractions import Fraction

from kpi.figures.forks.fork import Fork, build_fork, change_card
from kpi.figures.indicators import INDICATORS, Card
from kpi.figures.indicators.formula import (
    Formula,
    Over,
    Part,
    Term,
    ever,
    monthly_mean,
    percent,
    ratio,
)
from kpi.figures.measures.staffing import LEAVING_WORDS, PASS_MARKS, TRANSFER_WORDS

_TURNOVER = INDICATORS["staff_turnover_rate"]
_IN_POST = INDICATORS["staffing_in_post_rate"]
_PRE_JOB = INDICATORS["pre_job_pass_rate"]


def _build_turnover_fork(
    name: str, question: str, title: str, used_by: str, formula: Formula, card: Card
) -> Fork:
    return build_fork(_TURNOVER, name, question, title, used_by, formula, card)


_HALF = Fraction(1, 2)
_MEAN_OF_ENDS = Part(
    (Term("staff_at_month_start", _HALF, Over.FIRST), Term("staff_at_month_end", _HALF, Over.LAST))
)
_AT_START = Part((Term("staff_at_month_start", over=Over.FIRST),))

TURNOVER = (
    _build_turnover_fork(
        "on_mean_of_ends", "分母是谁", "离职÷期初期末平均在岗", "英国NHS数据词典：离职人数÷期初期末平均人数",
        ratio("staff_left", _MEAN_OF_ENDS, 100),
        change_card(
            _TURNOVER, below="期初与期末在岗人数的平均数（人）。",
            includes="不论离职原因；期初是本期开始前一天在岗的人，期末是本期最后一天在岗的人。",
            excludes="期中入职又离职的人不在分母里，离职时仍在分子里。",
        ),
    ),
    _build_turnover_fork(
        "on_start", "分母是谁", "离职÷期初在岗", "按年初在册人数考核的口径",
        ratio("staff_left", _AT_START, 100),
        change_card(
            _TURNOVER, below="期初在岗人数（人）：本期开始前一天在岗的人。", includes="不论离职原因。",
        ),
    ),
    _build_turnover_fork(
        "on_monthly_mean", "分母是谁", "离职÷各月末平均在岗", "人力资源统计通行的平均人数口径",
        ratio("staff_left", monthly_mean("staff_at_month_end"), 100),
        change_card(_TURNOVER, below="各月末在岗人数的平均数（人）。", includes="不论离职原因。"),
    ),
    _build_turnover_fork(
        "not_transferred", "哪些人算离职", "离职（不含调动）÷核定岗位", "把内部调动不算流失的口径",
        ratio("staff_left_not_transferred", monthly_mean("posts_at_month_end"), 100),
        change_card(
            _TURNOVER, "本期离职的人数（人），不含内部调动。",
            includes=f"没有写离职原因的算离职；原因里有{'、'.join(LEAVING_WORDS)}的，如“借调期满离职”，算离职。",
            excludes=f"离职原因写明{'、'.join(TRANSFER_WORDS)}的；入职。",
        ),
    ),
)  # fmt: skip

IN_POST = (
    build_fork(
        _IN_POST, "person_days", "按月末还是按天", "在岗人日÷核定人日", "日均口径：月中空岗也看得到",
        percent("staff_person_days", "post_days"),
        change_card(
            _IN_POST, "在岗人日：每人在岗的日历天数之和，只算有岗位核定的日子。",
            "核定人日：每天有效的核定人数之和。",
            includes="节假日；请假的人仍算在岗。岗位核定在月中生效的，从生效日算起。超编时可以超过100%。",
            excludes="离职日期当天（不在岗第一天）；首次岗位核定生效以前的日子。",
            month="按天计算，记在所在月的月末；没有花名册佐证的月份不计入。",
        ),
    ),
    build_fork(
        _IN_POST, "per_post", "岗位要不要对应", "各岗位在岗（最多计到核定）÷核定", "逐个岗位核对缺员的口径",
        percent("staff_at_month_end_in_posts", "posts_at_month_end"),
        change_card(
            _IN_POST, "各月末在岗人数之和（人），逐个岗位计，每个岗位最多计到核定人数。",
            includes="岗位以月末当天为准，改名、合并的按现在的名称对应；不会超过100%。",
            excludes="超出核定人数的人、没有核定的岗位上的人；花名册没有写明岗位的人另列为不明。",
        ),
    ),
    build_fork(
        _IN_POST, "answering", "哪些岗位", "接听岗位在岗÷接听岗位核定", "只看接听电话的岗位的口径",
        percent("staff_at_month_end_answering", "posts_at_month_end_answering"),
        change_card(
            _IN_POST, "各月末在接听岗位上的人数之和（人），一人一月计一次。",
            "各月末接听岗位的核定人数之和（人）。",
            includes="哪些岗位接听电话，以中心的统计设定为准；没有设定的岗位按不明处理。",
        ),
    ),
    build_fork(
        _IN_POST, "at_end", "按月末还是按天", "期末在岗÷期末核定", "只看期末一天的口径",
        percent(
            Part((Term("staff_at_month_end", over=Over.LAST),)),
            Part((Term("posts_at_month_end", over=Over.LAST),)),
        ),
        change_card(
            _IN_POST, "期末（最后一个月的月末）在岗人数（人）。", "期末核定人数（人）。",
            includes="期末当天在岗的人。",
        ),
    ),
    build_fork(
        _IN_POST, "at_start", "按月末还是按天", "各月初在岗÷各月末核定", "按月初花名册考核的口径",
        percent("staff_at_month_start", "posts_at_month_end"),
        change_card(
            _IN_POST, "各月初（上月最后一天）在岗人数之和（人）。", includes="当月离职的人仍算在当月之内。",
            excludes="当月入职的人。",
        ),
    ),
)  # fmt: skip

PRE_JOB = tuple(
    build_fork(
        _PRE_JOB, f"pass_mark_{mark}", "多少分合格", f"岗前考核满{mark}分÷本期在岗过",
        f"合格线定为{mark}分的合同或方案",
        percent(
            ever(f"staff_on_first_day_passed_{mark}", f"staff_joined_passed_{mark}"),
            ever("staff_on_first_day", "staff_joined"),
        ),
        change_card(
            _PRE_JOB, f"本期至少有一天在岗、岗前考核成绩不低于{mark}分的人（人）。",
            includes="没有岗前考核成绩的人在分母里，不算合格。",
        ),
    )
    for mark in PASS_MARKS[1:]
)  # fmt: skip

FORKS = (
    *TURNOVER,
    *IN_POST,
    *PRE_JOB,
)
