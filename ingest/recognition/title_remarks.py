"""What a title's brackets, or the group printed above it, say besides.

A unit, a hint on how to fill the column in, or something that changes what the column means."""

import re

from ingest.cells import MEASURES, Vocabulary, find_full_marks, find_unit_family, read_quantity
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import HeaderLabel, parse_label

_APART = re.compile(r"[,、;/+|&]|(?<=.)和(?=.)")
_LEADING = re.compile(r"^(?:格式|单位|计量单位|即|又称|也称|注|说明)[:为是]?")
_AROUND = ":.。!?*_- "
_ORDINAL = re.compile(r"[一二三四五六七八九十\d]{1,3}[.)]?|第.{1,3}[部分栏项]+")
_FORMAT = re.compile(
    r"格式.*|(?:如|例|例如|示例|样例)[:为]?.*\d.*"  # 如2024-01-01
    r"|[ymdhis年月日时分秒:/\-.\s]{2,}"  # yyyy-mm-dd hh:mm:ss, 年/月/日
    r"|(?:12|24)小时(?:制|格式)?|精确[到至].{1,3}|[毫微]?秒?级?(?:unix)?时间戳|unix.{0,10}"
    r"|(?:北京|beijing|本地|当地|东八区|utc\+?0?8(?::?00)?|gmt\+?0?8(?::?00)?|cst)(?:时间|标准时间|time)?"
)
_PERIOD = re.compile(
    r"(?:20\d\d年?度?)?第?(?:\d{1,2}月份?|[一二三四1-4]季度)?|20\d\d[-./]\d{1,2}(?:[-./]\d{1,2})?"
)
_LEFT_EMPTY = re.compile(r".{0,8}(?:不填|免填|可空|留空|为空|空着)|盖章|签字|公章")  # 在职不填
_PASSED = re.compile(r"60分(?:以上)?为?(?:合格|及格)线?|(?:合格|及格)线?[:为]?60分?")
_ENGLISH = re.compile(  # the column's name in a database; none that plans, expects, sums or is a system's
    r"(?:time|date|at|on|id|no|num|number|name|type|status|state|code|call|queue|agent|caller|callee|order"
    r"|answer|hangup|end|accept|create|close|finish|complete|dispatch|sign|visit|amount|money|pay|paid|d|ed)+"
)
_CHOICE = re.compile(
    r"(?:是|否|有|无|y|n|yes|no|0|1)(?:[:=或/\-]?(?:是|否|有|无|y|n|yes|no|0|1))*"  # 是或否, 1=是0=否
)
_BETWEEN_WORDS = re.compile(r"[\d,、;/+|&:=.\-]+|或")
_SATISFACTION = frozenset(
    {"非常满意", "很满意", "满意", "比较满意", "基本满意", "一般", "不满意", "非常不满意", "未评价"}
)
_POINTS = re.compile(r"[01][-~至到](?:5|10)分?|打分|评分")  # of a question's answers
_FILLING_WORDS = """
必填 必填项 必须 必录 必答 选填 选填项 选答 非必填 非必填项 可空 可为空 可不填 不可为空 不能为空
没有不填 没有可不填 无则不填 下拉 下拉框 下拉选择 下拉选项 下拉菜单 单选 单选题 多选 多选题 可多选
限选一项 请选择 请填写 请勾选 填空 填空题 量表题 自动 自动生成 系统生成 系统自动生成 自动带出 自动编号
自动计算 公式计算 唯一 唯一标识 主键 只读 不可修改 不可改 手工填写 手填 文本 文本格式 文本型 文字 字符
字符串 数字 数值 数字格式 整数 纯数字 日期 日期格式 日期型 时间格式 日期时间 时间 时刻 点击选择 text
string varchar char number int integer float double decimal date datetime timestamp time bool boolean
required optional 全称 简称 名称 编号 编码 代码 号码 脱敏 已脱敏 加密 掩码 隐藏中间四位 含区号 12位 15位
18位 人民币 含税 不含税 大写 小写 保留两位小数 保留2位小数 两位小数 请勿修改 勿改 同上 统一填写 明细
"""
_FILLING = frozenset(_FILLING_WORDS.split())  # of how a column is filled in
_HINTS = (_FORMAT, _PERIOD, _ORDINAL, _CHOICE, _LEFT_EMPTY, _PASSED)
_GENERAL = re.compile(
    r"基本|基础|主要|详细|相关|有关|信息|情况|数据|内容|明细|资料|记录|要素|环节|阶段|节点|过程|时间|日期|[的类项]"
)


def find_doubt(label: HeaderLabel, field: Field, words: str = "", *, unit_given: bool = False) -> str | None:
    """What of the remark on a column's title may make it another column than `field`'s; None: nothing does.

    `words`, blanks between them, are those that remarks on titles of the kind may be made of. A remark that
    could be a unit is left to whoever reads the unit, unless that is `unit_given` already."""
    if not label.remark or _is_hint(label.remark, field):
        return None
    if _is_word_list(label.remark, field):
        return None
    parts = [_LEADING.sub("", part).strip(_AROUND) for part in _APART.split(label.remark)]
    found = [
        part
        for part in parts
        if part
        and not (_is_hint(part, field) or _is_unit(part, field, unit_given) or _is_own(part, field, words))
    ]
    return "，".join(found) or None


def list_whole_labels(label: HeaderLabel) -> tuple[str, ...]:
    """The titles that a remarked one is without its brackets: 满意度（回访） is 满意度回访, or 回访满意度."""
    remark = parse_label(label.remark).base if label.remark and not _APART.search(label.remark) else ""
    return (label.base + remark, remark + label.base) if remark else ()


def _is_hint(remark: str, field: Field) -> bool:
    """Whether it says how the column is filled in, or of what time the table is."""
    if remark in _FILLING or any(each.fullmatch(remark) for each in _HINTS):
        return True
    return not field.scaled and _POINTS.fullmatch(remark) is not None


def _is_word_list(remark: str, field: Field) -> bool:
    """Whether it lists what the cells of a column of words may say: 正常/异常, 1满意2一般3不满意."""
    words = [word for word in _BETWEEN_WORDS.split(remark) if word]
    vocabulary = {*_SATISFACTION, *(field.read.known if isinstance(field.read, Vocabulary) else ())}
    return len(words) > 1 and vocabulary.issuperset(words)


def _is_unit(part: str, field: Field, unit_given: bool) -> bool:
    """Whether the numbers of a field may count in it, known or not; of a moment or a word nothing can."""
    if field.scaled:
        return part == "分" or find_full_marks(part) is not None
    measure = find_unit_family(field.read)
    if measure is None:
        return field.read is read_quantity and any(one.match_unit(part) for one in MEASURES)
    return bool(measure.match_unit(part) or (not unit_given and measure.hint.search(part)))


def _is_own(part: str, field: Field, words: str) -> bool:
    """Whether it says no more than a title of the field does: 实际 of 实际支付日, 办理情况 of 办结时间."""
    part = parse_label(part).base
    if part.isascii():
        return part in field.labels or _ENGLISH.fullmatch(part) is not None
    if len(part) > 1 and any(part in label for label in field.labels):
        return True
    own_remarks = field.remarks if field.remarks is not None else words
    for word in sorted((*own_remarks.split(), *field.labels), key=len, reverse=True):
        part = part.replace(word, "")
    left = _GENERAL.sub("", re.sub(r"\d", "", part))
    return not left or (len(left) > 1 and any(left in label for label in field.labels))
