"""Indicators of telephone calls."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import count, lowest, percent, ratio, total
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast, AtMost, Horizon
from kpi.figures.measures.call_windows import FEWEST, NORM
from kpi.figures.measures.repeat_calls import HOURS as REPEAT_HOURS

GROUP = "电话"

_MONTH = "按来电进入系统的北京时间日期归月；跨月的通话归进入系统的那个月。"
_GB = "GB/T 33358-2016 政府热线服务规范"
_MS = Fraction(1, 1000)  # 毫秒 → 秒
_MINUTES = Fraction(1, 60_000)  # 毫秒 → 分钟
_OUTBOUND = "外呼；语音导航中结束、没有到达人工队列的电话；黑名单和并发限制拦截、没有进入人工队列的电话。"
_BLOCKED = (
    "外呼；呼叫结果写明被黑名单或并发限制拦截、没有进入人工队列的电话。没有进入人工队列又没有呼叫结果的，"
    "看不出是不是被拦截，不计入，列出最差和最好的可能。"
)
_WAIT = (
    "等待从进入人工队列起算，到座席应答为止。接听了而没有进入队列时间的，看不出等了多久，分子、分母都不计，"
    "列出最差和最好的可能。"
)
_UNSEEN = (
    "没有看到回拨，而来电结束当天或次日的话单未报送的，看不出有没有回拨，分子、分母都不计，"
    "列出最差和最好的可能。"
)
_IN_QUEUE = (
    "座席接听了而没有进入队列时间的，也算到达过人工队列；呼叫结果写明机器人或语音导航应答的，不算座席接听。"
)

INDICATORS = (
    Indicator(
        key="call_answer_rate", title="热线电话接通率", unit="%", scale=2,
        formula=percent("calls_answered", "calls_offered"),
        direction=Direction.HIGHER, target=AtLeast(Decimal("95"), Horizon.ANY),
        source=f"{_GB}（任意连续24小时呼叫接通率不低于95%）",
        card=Card(
            why="打得通是热线的第一要求；评价中没有后台记录的接通率按无法核实处理。",
            numerator="进入人工队列并由座席接听的呼入电话（通）。",
            denominator="进入人工队列的呼入电话（通）。",
            includes=f"排队中挂断、振铃未接、溢出、留言、预约回拨都在分母里；转接过的算一通。{_IN_QUEUE}",
            excludes=_OUTBOUND,
            month=_MONTH,
            example=Example("38817", "39481", "98.32", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_answer_rate_lowest_24h", title="任意24小时接通率（最低）", unit="%", scale=2,
        formula=lowest(
            percent("calls_answered", "calls_offered"), above="window_answered", below="window_offered"
        ),
        direction=Direction.HIGHER, target=AtLeast(Decimal(NORM), Horizon.ANY),
        source=f"{_GB}（任意连续24小时呼叫接通率不低于{NORM}%）",
        card=Card(
            why="国家标准要求任意连续24小时的接通率，月度、年度的接通率达标不等于每24小时都达标。",
            numerator="本期接通率最低的连续24小时里由座席接听的呼入电话（通）。",
            denominator="同一个24小时里进入人工队列的呼入电话（通）。",
            includes="以本期每一通进入人工队列的电话进入系统的时刻为终点，往前24小时（不含起点、含终点）作一个窗口，"
            f"逐个算接通率取最低；相同的取最早的。窗口可以从上一期开始。不少于{FEWEST}通的窗口才比较。",
            excludes=f"不足{FEWEST}通的窗口；外呼；没有到达人工队列的电话；看不出是否接听的电话。前一天的话单未报送的，"
            "当天的窗口都看不全，不比较；缺的是本期前一天的，只算部分可核实。缺数据的日子里可能有更低的，无从估计。",
            month="按窗口终点（该通电话进入系统）的北京时间日期归月。",
            example=Example("96", "107", "89.72", "样例中心2023年，截至12月10日8时41分"),
        ),
    ),
    Indicator(
        key="call_answer_days_below_norm", title=f"接通率低于{NORM}%的天数", unit="天", scale=0,
        formula=count("days_answered_below_norm"), direction=Direction.LOWER,
        target=AtMost(Decimal(0), Horizon.ANY),
        source=f"{_GB}（任意连续24小时呼叫接通率不低于{NORM}%）",
        card=Card(
            why="一天是一个24小时：有一天不达标，国家标准就没有做到；哪些天不达标也在明细里。",
            numerator=f"当天（零时至24时）接通率低于{NORM}%的天数。",
            includes="当天进入人工队列的电话再少也算一天；接通率按当天的分子、分母精确比较，不四舍五入。",
            excludes="没有电话进入人工队列的日子；外呼。有的电话看不出到没到过人工队列、有没有接听的日子，"
            f"不论怎样都低于{NORM}%才算，其余列为不明。",
            month=_MONTH,
            example=Example("10", None, "10", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_answer_of_inbound_rate", title="呼入接听率（全部呼入）", unit="%", scale=2,
        formula=percent("calls_answered", "calls_inbound"), direction=Direction.HIGHER,
        source="部分平台的“呼入成功÷呼入”口径，与接通率对照",
        card=Card(
            why="有的考核以全部呼入为分母；两种口径并列，便于对照。",
            numerator="由座席接听的呼入电话（通）。",
            denominator="全部呼入电话（通），含语音导航中结束的。",
            includes="语音导航中结束的电话在分母里。",
            excludes=_BLOCKED,
            month=_MONTH,
            example=Example("38817", "40681", "95.42", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_answer_within_15s_rate", title="15秒接通率（占进入队列）", unit="%", scale=2,
        formula=percent("calls_answered_within_15s", "calls_offered"), direction=Direction.HIGHER,
        source=f"{_GB}（电话应在15秒内接听）；电信10000号15秒接通率口径",
        card=Card(
            why="国家标准要求15秒内接听；以全部请求为分母，没有接的电话也算没有做到。",
            numerator="进入人工队列后15秒内（含15秒）由座席接听的电话（通）。",
            denominator="进入人工队列的呼入电话（通）。",
            includes=_WAIT,
            excludes=_OUTBOUND,
            month=_MONTH,
            example=Example("28342", "39481", "71.79", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_answer_within_15s_of_answered_rate", title="15秒接通率（占已接听）", unit="%", scale=2,
        formula=percent("calls_answered_within_15s", "calls_answered"), direction=Direction.HIGHER,
        source="呼叫中心平台厂商通行的人工应答及时率口径",
        card=Card(
            why="不少平台报表以已接听的电话为分母，比占进入队列的口径高；两者不可混用。",
            numerator="进入人工队列后15秒内（含15秒）由座席接听的电话（通）。",
            denominator="由座席接听的呼入电话（通）。",
            includes=_WAIT,
            excludes="没有接听的电话；外呼。",
            month=_MONTH,
            example=Example("28342", "38817", "73.01", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_abandon_rate", title="放弃率", unit="%", scale=2,
        formula=percent("calls_abandoned", "calls_offered"), direction=Direction.LOWER,
        source="呼叫中心通行口径：放弃÷人工请求",
        card=Card(
            why="来电人等不及而挂断，说明人手或排班不足。",
            numerator="进入人工队列后、接听前由来电人挂断的电话（通）。",
            denominator="进入人工队列的呼入电话（通）。",
            includes="不设短时挂断的门槛，很快挂断的也算。",
            excludes="振铃未接、溢出、留言等不是来电人挂断的不算放弃；语音导航中挂断的不在分母里。没有接听而看不出原因的，"
            "分子、分母都不计，列出最差和最好的可能。",
            month=_MONTH,
            example=Example("530", "39481", "1.34", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_average_wait", title="平均等待时长", unit="秒", scale=2,
        formula=ratio(total("calls_wait_ms", times=_MS), "calls_answered"), direction=Direction.LOWER,
        source="呼叫中心通行口径：已接听电话的排队时长÷已接听",
        card=Card(
            why="来电人从选择人工到有人应答要等多久。",
            numerator="已接听电话从进入人工队列到座席应答的时长之和（秒）。",
            denominator="由座席接听、看得出等了多久的呼入电话（通）。",
            includes="只算已接听的电话；转接过的等到第一次应答为止；时长按毫秒累计。",
            excludes="语音导航的时间；没有接听的电话的等待；没有进入队列时间、看不出等了多久的电话。",
            month=_MONTH,
            example=Example("484632", "38817", "12.49", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_average_talk", title="平均通话时长", unit="秒", scale=2,
        formula=ratio(total("calls_talk_ms", times=_MS), "calls_answered"), direction=Direction.NEITHER,
        source="呼叫中心通行口径：通话时长÷已接听",
        card=Card(
            why="通话时长与人手测算有关，本身不分好坏。",
            numerator="由座席接听的呼入电话的通话时长之和（秒），以话单所载为准。",
            denominator="由座席接听、话单载有通话时长的呼入电话（通）。",
            includes="转接过的电话，座席接听的各段通话相加；有一段没有通话时长的，整通不计，列为不明。",
            excludes="外呼；话后整理时间。",
            month=_MONTH,
            example=Example("6233628", "38817", "160.59", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="calls_inbound", title="呼入量", unit="通", scale=0, formula=count("calls_inbound"),
        direction=Direction.NEITHER, source="话单逐通计数",
        card=Card(
            why="热线的业务量。",
            numerator="打进热线号码的电话（通）。",
            includes="语音导航中结束的电话；转接过的算一通。",
            excludes=_BLOCKED,
            month=_MONTH,
            example=Example("40681", None, "40681", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="calls_offered", title="人工请求量", unit="通", scale=0, formula=count("calls_offered"),
        direction=Direction.NEITHER, source="话单逐通计数",
        card=Card(
            why="需要人工服务的业务量，接通率的分母。",
            numerator="进入人工队列的呼入电话（通）。",
            includes=f"排队中挂断、振铃未接、溢出、留言、预约回拨的电话。{_IN_QUEUE}",
            excludes=_OUTBOUND,
            month=_MONTH,
            example=Example("39481", None, "39481", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="calls_answered", title="人工接听量", unit="通", scale=0, formula=count("calls_answered"),
        direction=Direction.NEITHER, source="话单逐通计数",
        card=Card(
            why="座席实际服务的来电数，接通率的分子。",
            numerator="进入人工队列并由座席接听的呼入电话（通）。",
            includes=f"不论等了多久；转接过的算一通。{_IN_QUEUE}",
            excludes=_OUTBOUND,
            month=_MONTH,
            example=Example("38817", None, "38817", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="hotline_service_days", title="热线服务天数", unit="天", scale=0, formula=count("service_days"),
        direction=Direction.HIGHER, source="2023年12345云呼叫中心平台技术服务运维费项目绩效目标表（=365天）",
        card=Card(
            why="热线应当全年每天有人接听。",
            numerator="当天至少有一通来电由座席接听的天数。",
            includes="节假日和周末。与期间的日历天数对照：全年365天，闰年366天；当天接了一通就算一天，不说明全天都有人接，"
            "另见“有来电而无人接听的小时数”。",
            excludes="只有零报告的日子：零报告证明当天没有来电，不证明有人值守。",
            month=_MONTH,
            example=Example("365", None, "365", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="hotline_unanswered_hours", title="有来电而无人接听的小时数", unit="小时", scale=0,
        formula=count("hours_unanswered"), direction=Direction.LOWER,
        source=f"{_GB}（人工服务7×24小时）；话单逐小时计数",
        card=Card(
            why="热线天天有人接，不等于时时有人接：夜间的一小时没有人接，接通率和服务天数都看不出。",
            numerator="有电话进入人工队列、座席一通也没有接的整点小时数（如2时至3时）。",
            includes="全天24小时，节假日和周末；只来一通而没有接的也算。",
            excludes="没有电话进入人工队列的小时：看不出有没有人值守。",
            month=_MONTH,
            example=Example("13", None, "13", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_repeat_rate", title="重复来电率", unit="%", scale=2,
        formula=percent("calls_again", "calls_numbered"), direction=Direction.LOWER,
        source="呼叫平台通行的重复来电率（同一号码24小时内再次来电÷来电）",
        card=Card(
            why="一次没有办好，来电人还会再打；重复来电多，首次办理要查。",
            numerator=f"同一号码在此前{REPEAT_HOURS}小时内（含，从进入系统到进入系统）打进来过的呼入电话（通）。",
            denominator="看得见来电号码的呼入电话（通）。",
            includes="在语音导航里结束的、没有接听的和拦截的都算；连打三通的，后两通是重复来电；上月末打过、本月初再打的算在"
            "本月。几个人共用的号码看不出是谁。",
            excludes="外呼；隐藏号码、脱敏而认不出号码的来电：不知是不是同一人，分子、分母都不计。",
            month=_MONTH,
            example=Example("12", "100", "12.00", "来电100通、其中12通24小时内打过时"),
        ),
    ),
    Indicator(
        key="missed_call_callback_rate", title="漏接回拨率", unit="%", scale=2,
        formula=percent("calls_missed_called_back", "calls_missed"), direction=Direction.HIGHER,
        source="国办函〔2025〕66号：及时回拨漏接来电",
        card=Card(
            why="没有接到的电话要打回去；只看接通率，看不出后来有没有人管。",
            numerator="漏接的电话中，来电结束后24小时内外呼过同一号码的（通）。",
            denominator="进入人工队列而座席没有接听、看得见来电号码的呼入电话（通）。",
            includes="拨出去就算回拨，不论对方接没接；同一号码几通漏接、回拨一次的，几通都算回拨过。"
            "外呼的号码看话单的被叫号码，没有这一列的看主叫号码一列。",
            excludes="隐藏号码的来电；来电人自己又打进来的不算回拨；不在话单里的外呼看不见。"
            f"{_UNSEEN}本期话单里一通回拨也对不上的，看不出来源是否写明外呼号码，不可算。",
            month=_MONTH,
            example=Example("60", "80", "75.00", "分子60、分母80时"),
        ),
    ),
    Indicator(
        key="missed_call_callback_time", title="漏接回拨平均用时", unit="分钟", scale=2,
        formula=ratio(total("callback_ms", times=_MINUTES), "calls_missed_called_back"),
        direction=Direction.LOWER, source="国办函〔2025〕66号：及时回拨漏接来电",
        card=Card(
            why="回拨要及时；隔了一夜的回拨与几分钟的不是一回事。",
            numerator="回拨过的漏接电话，从来电结束到第一次外呼同一号码的时长之和（分钟）。",
            denominator="漏接的电话中，来电结束后24小时内外呼过同一号码的（通）。",
            includes="没有结束时间的从进入系统起算。",
            excludes=f"24小时以后才回拨的和没有回拨的。{_UNSEEN}",
            month=_MONTH,
            example=Example("900", "60", "15.00", "分子900、分母60时"),
        ),
    ),
    Indicator(
        key="call_outbound_answer_rate", title="外呼接通率", unit="%", scale=2,
        formula=percent("calls_outbound_answered", "calls_outbound"), direction=Direction.HIGHER,
        source="呼叫中心通行口径：接通的外呼÷外呼",
        card=Card(
            why="回访、回拨能不能找到人；与来电的接通率分开算。",
            numerator="座席打出去、对方接听了的电话（通）。",
            denominator="座席打出去的电话（通）。",
            includes="回访、回拨、联系承办单位等全部外呼；同一号码打几次算几通。",
            excludes="呼入电话；一通呼入电话里转接出去的通话段。",
            month=_MONTH,
            example=Example("1599", "1967", "81.29", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_rating_participation_rate", title="话后参评率", unit="%", scale=2,
        formula=percent("calls_rated", "calls_answered"), direction=Direction.NEITHER,
        source="呼叫中心通行口径：参加按键评价的电话÷人工接听的电话",
        card=Card(
            why="参评的人少，话后满意率就代表不了全部来电人。",
            numerator="由座席接听、通话后来电人按键评价过的呼入电话（通）。",
            denominator="由座席接听的呼入电话（通）。",
            includes="按的是哪个键都算；转接过的电话有一段评价过就算；没有请来电人评价的电话也在分母里。",
            excludes="外呼；没有接听的电话。话单没有满意度按键一列的，看不出谁参评，不算没有人参评。",
            month=_MONTH,
            example=Example("15561", "38817", "40.09", "样例中心2023年"),
        ),
    ),
    Indicator(
        key="call_rating_satisfaction_rate", title="话后满意率", unit="%", scale=2,
        formula=percent("ratings_satisfied", "ratings"), direction=Direction.HIGHER,
        source="呼叫中心通行口径：满意的按键评价÷全部按键评价",
        card=Card(
            why="来电人对接听的当场评价；与办结以后的回访满意率不是一回事。",
            numerator="按键评价中算满意的（次）。",
            denominator="人工接听的呼入电话的按键评价（次），一通电话算一次。",
            includes="写明非常满意、满意、比较满意、基本满意的算满意，一般、不满意的不算；"
            "数字等看不出意思的，按中心在统计设定里说明的算。转接过的电话几段都有评价的，以最后一段的为准。",
            excludes="没有评价的电话；统计设定没有说明的按键既不算满意也不算不满意，列出最差和最好的可能。",
            month=_MONTH,
            example=Example("13255", "15561", "85.18", "样例中心2023年，按键1算满意时"),
        ),
    ),
    Indicator(
        key="call_inspection_rate", title="质检抽检率", unit="%", scale=2,
        formula=percent("calls_inspected", "calls_answered"), direction=Direction.NEITHER,
        source="呼叫中心通行口径：抽检的电话÷人工接听的电话",
        card=Card(
            why="抽检得太少，质检合格率说明不了服务质量。",
            numerator="由座席接听、质检抽到过的呼入电话（通）。",
            denominator="由座席接听的呼入电话（通）。",
            includes="一通抽检几次的算一通；按来电日期归月，不按质检日期。以后才抽检的，数字会随新报送的质检变动。",
            excludes="外呼；手中没有话单的抽检。只算话务质检已报送的月份。",
            month=_MONTH,
            example=Example("720", "38817", "1.85", "样例中心2023年"),
        ),
    ),
)  # fmt: skip
