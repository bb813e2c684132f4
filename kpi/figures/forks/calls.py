"""Questions on which answer rates and waits differ, and how calls are counted under each answer."""

from dataclasses import replace
from fractions import Fraction

from kpi.figures.forks.fork import Fork, build_fork, build_fork_like
from kpi.figures.indicators import INDICATORS, Card, Example
from kpi.figures.indicators.formula import Formula, percent, ratio, total
from kpi.figures.measures.call_forks import ANSWER_SECONDS, SHORT_SECONDS
from kpi.figures.measures.repeat_calls import OTHER_HOURS, format_hours

_RATE = INDICATORS["call_answer_rate"]
_WAIT = INDICATORS["call_average_wait"]
_AGAIN = INDICATORS["call_repeat_rate"]
_MS = Fraction(1, 1000)  # 毫秒 → 秒
_GENESYS = "Genesys Cloud、RingCentral 等平台可设的短时放弃门槛"


def _to_card(above: str, below: str, includes: str, **changed: str) -> Card:
    """The indicator's card with other parts; the example is the sentence of the parts with 95 of 100."""
    card = replace(_RATE.card, numerator=above, denominator=below, includes=includes, **changed)  # type: ignore[arg-type]
    return replace(card, example=Example("95", "100", "95.00", "分子95、分母100时"))


def _build_wait_card(above: str, below: str, includes: str, excludes: str) -> Card:
    card = replace(_WAIT.card, numerator=above, denominator=below, includes=includes, excludes=excludes)
    return replace(card, example=Example("1200", "100", "12.00", "分子1200、分母100时"))


_ANSWERED, _OFFERED = "进入人工队列并由座席接听的呼入电话（通）。", "进入人工队列的呼入电话（通）。"


def _build_within_forks(limit: int) -> tuple[Fork, ...]:
    """Answered within some seconds: of what, with the limit itself or not, with short calls or not."""
    share = f"calls_answered_within_{limit}s"
    answered = f"进入人工队列后{limit}秒内（含{limit}秒）由座席接听的电话（通）。"
    wait = INDICATORS["call_answer_within_15s_rate"].card.includes

    def one(name: str, question: str, title: str, used_by: str, formula: Formula, card: Card) -> Fork:
        return build_fork(_RATE, f"{name}_{limit}s", question, title, used_by, formula, card)

    return (
        one(
            "within", "多少秒内接听", f"{limit}秒内接听÷人工请求", "电信10000号；Cisco“negative”",
            percent(share, "calls_offered"), _to_card(answered, _OFFERED, wait),
        ),
        one(
            "under", "多少秒内接听", f"不到{limit}秒接听÷人工请求", "环信（小于，不含界限）",
            percent(f"calls_answered_under_{limit}s", "calls_offered"),
            _to_card(f"进入人工队列后不到{limit}秒（不含{limit}秒）由座席接听的电话（通）。", _OFFERED, wait),
        ),
        one(
            "within_of_answered", "多少秒内接听", f"{limit}秒内接听÷人工接听",
            "华为、icsoc 等平台的人工应答及时率",
            percent(share, "calls_answered"), _to_card(answered, "由座席接听的呼入电话（通）。", wait),
        ),
        one(
            "service_level", "很快挂断的", f"（{limit}秒内接听＋{limit}秒内挂断）÷人工请求",
            "Amazon Connect 的服务水平；Cisco“positive”",
            percent(total(share, f"calls_abandoned_within_{limit}s"), "calls_offered"),
            _to_card(f"{limit}秒内（含{limit}秒）接听的和来电人自己挂断的电话（通）。", _OFFERED, wait),
        ),
        one(
            "within_less_abandoned", "很快挂断的", f"{limit}秒内接听÷（人工请求－{limit}秒内挂断）",
            "Cisco“ignore”",
            percent(share, f"calls_offered_less_abandoned_within_{limit}s"),
            _to_card(answered, f"进入人工队列的电话，除去{limit}秒内来电人自己挂断的（通）。", wait),
        ),
    )  # fmt: skip


def _build_less_short_fork(limit: int) -> Fork:
    return build_fork(
        _RATE, f"less_short_{limit}s", "很快挂断的", f"人工接听÷（人工请求－不到{limit}秒挂断）", _GENESYS,
        percent("calls_answered", f"calls_offered_less_short_{limit}s"),
        _to_card(
            _ANSWERED, f"进入人工队列的电话，除去不到{limit}秒来电人就自己挂断的（通）。",
            "没有结束时间的放弃电话算不出等了多久，留在分母里。",
        ),
    )  # fmt: skip


_AGAIN_USED_BY = ("10086热线", "7moor等呼叫平台", "按周看重复诉求的口径")


def _build_again_within_fork(hours: int, used_by: str) -> Fork:
    span = format_hours(hours)
    card = replace(
        _AGAIN.card,
        numerator=f"同一号码在此前{span}内（含，从进入系统到进入系统）打进来过的呼入电话（通）。",
        example=Example("12", "100", "12.00", f"来电100通、其中12通{span}内打过时"),
    )
    formula = percent(f"calls_again_within_{hours}h", f"calls_numbered_within_{hours}h")
    return build_fork(
        _AGAIN, f"within_{hours}h", "隔多久算重复", f"{span}内再次来电÷来电", used_by, formula, card
    )


FORKS = (
    build_fork_like(
        _RATE, "all_inbound", "分母是谁", "人工接听÷全部呼入",
        "部分平台的“呼入成功÷呼入”；按中继计的交换机报表",
        INDICATORS["call_answer_of_inbound_rate"],
    ),
    build_fork(
        _RATE, "with_blocked", "被拦截的", "人工接听÷（全部呼入＋拦截）",
        "按中继计、拦截也算请求的交换机报表",
        percent("calls_answered", total("calls_inbound", "calls_blocked")),
        _to_card(
            _ANSWERED, "打进热线号码的全部电话，被黑名单或并发限制拦截的也在内（通）。",
            "在语音导航中结束的、话单结果写明拦截的都在分母里；话单不记拦截的，不可算。",
            excludes="外呼。",
        ),
    ),
    build_fork(
        _RATE, "ivr_counts", "语音导航里结束的", "（人工接听＋导航中结束）÷全部呼入",
        "把自助服务完成也算接通的口径",
        percent(total("calls_answered", "calls_ivr_abandoned"), "calls_inbound"),
        _to_card(
            "由座席接听的和在语音导航中结束的呼入电话（通）。", "全部呼入电话（通）。",
            "话单分不出自助办成的和导航里挂断的，一律算接通。",
            excludes="外呼；黑名单和并发限制拦截的电话。",
        ),
    ),
    *(_build_less_short_fork(limit) for limit in SHORT_SECONDS),
    *(one for limit in ANSWER_SECONDS for one in _build_within_forks(limit)),
    build_fork(
        _RATE, "less_exits", "没接上的出口", "人工接听÷（人工请求－溢出、留言、预约回拨）",
        "把转出算作流出而不算未接的口径",
        percent("calls_answered", "calls_offered_less_exits"),
        _to_card(
            _ANSWERED, "进入人工队列的电话，除去没有接听而溢出、转留言或预约回拨的（通）。",
            "排队中挂断、振铃未接在分母里；话单结果里没有溢出、留言、预约回拨的，不可算。",
        ),
    ),
    build_fork(
        _RATE, "callback_counts", "没接上的出口", "（人工接听＋预约回拨）÷人工请求",
        "Amazon Connect：预约回拨算达到服务水平",
        percent(total("calls_answered", "calls_callback_requested"), "calls_offered"),
        _to_card(
            "由座席接听的和预约了回拨的电话（通）。", _OFFERED,
            "不论后来有没有回拨成功；话单结果里没有预约回拨的，不可算。",
        ),
    ),
    build_fork(
        _RATE, "legs", "转接的各段", "人工接听÷人工请求的各段", "QueueMetrics 默认方式：转接一次多一通未接",
        percent("calls_answered", "calls_offered_legs"),
        _to_card(
            _ANSWERED, "进入人工队列的电话的各段（通），一段算一通，语音导航的段和转出去的段也算。",
            "话单按通话段记录的才算得出：本期没有一通分段记录的，不可算。",
        ),
    ),
    build_fork(
        _RATE, "by_queue_day", "按哪个时刻归月", "按进入队列的日期归月", "Google CCAI 按进入队列计",
        percent("calls_answered_by_queue", "calls_offered_by_queue"),
        _to_card(_ANSWERED, _OFFERED, _RATE.card.includes, month="按进入人工队列的北京日期归月。"),
    ),
    build_fork(
        _RATE, "by_end_day", "按哪个时刻归月", "按结束的日期归月", "Amazon Connect 按断开时刻计",
        percent("calls_answered_by_end", "calls_offered_by_end"),
        _to_card(
            _ANSWERED, _OFFERED, "没有结束时间的电话不计入。", month="按通话结束的北京日期归月。",
        ),
    ),
    build_fork(
        _RATE, "by_caller", "重复来电", "接通过的号码÷来电号码，一天一计", "按人计的重复来电报表",
        percent("caller_days_answered", "caller_days"),
        _to_card(
            "当天至少有一通由座席接听的号码（个）。", "当天进入过人工队列的号码（个），一个号码一天算一个。",
            "隐藏号码的来电，每通算一个；话单没有主叫号码一列的，不可算。",
        ),
    ),
    build_fork(
        _WAIT, "of_all", "等的人算谁", "全部人工请求的等待÷人工请求",
        "icsoc：排队时长÷呼入；Yeastar 两种都列",
        ratio(total("calls_wait_all_ms", times=_MS), "calls_waited"),
        _build_wait_card(
            "进入人工队列的电话的等待时长之和（秒）：接听的到座席应答，没有接听的到结束。",
            "进入人工队列、看得出等了多久的呼入电话（通）。",
            "没有接听的等到结束为止。", "语音导航的时间；没有接听也没有结束时间、看不出等了多久的。",
        ),
    ),
    build_fork(
        _WAIT, "with_ivr", "从何时算起", "进入系统到应答÷人工接听", "12328：含导航语音提示时间",
        ratio(total("calls_wait_with_ivr_ms", times=_MS), "calls_answered"),
        _build_wait_card(
            "已接听电话从进入系统到座席应答的时长之和（秒）。", "由座席接听的呼入电话（通）。",
            "语音导航的时间在内。", "没有接听的电话。",
        ),
    ),
    *(
        _build_again_within_fork(hours, used_by)
        for hours, used_by in zip(OTHER_HOURS, _AGAIN_USED_BY, strict=True)
    ),
)  # fmt: skip
