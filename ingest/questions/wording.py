"""Questions that a delivery asks, in words for whoever answers them."""

from collections.abc import Iterator, Sequence

from ingest.changes.full_lists import MissingPerson
from ingest.changes.repeated_numbers import (
    ALIKE,
    DROPPED,
    EMPTIED,
    GONE,
    LINE,
    MOVED,
    OUTDATED,
    OVERLAP,
    PART,
    RENUMBERED,
    REPLACED,
    SPELLING,
    TURNED,
    TWIN,
    WHO,
    DeliveryQuestion,
    ProposedChange,
    QuestionAnswer,
)
from ingest.identity.numbers import SCOPES
from ingest.kinds import KIND_NAMED
from tracker.events import WORDS

_COUNTED = {
    MOVED: "{n} 个会换到另一天",
    WHO: "{n} 个会变成另一个人或另一件事",
    LINE: "{n} 张凭证上会多出一行，原有的一行不见了",
    ALIKE: "{n} 笔没有编号，与以前导入的只差一处，而以前那一笔这份文件里没有了",
    SPELLING: "{n} 个编号只是写法不同（大小写、前导的 0、连接号）",
    DROPPED: "{n} 个原来核定的岗位没有列出",
    TWIN: "{n} 人没有工号，而姓名、入职日期都相同的有几行",
    GONE: "以前导入过的{what}里有 {n} {unit}没有列出",
    OVERLAP: "{n} 张表的金额与同一文件里别的表相等：多半是它的明细或汇总，两边都计就重复了",
    RENUMBERED: "{n} {unit}和编号不同的另一{unit}时间、号码或内容相同：多半是同一{unit}编了两个号"
    "（两个系统各导了一份，或转接时另编了号），都计就重复了",
    PART: "只有一部分：文件（或工作表）的名称这样写，里面的每一行也都是这样，没有别的",
    TURNED: "{n} 个原已导入的结果会改掉（是否接听、是否按期、当天的数等）",
    EMPTIED: "{n} 个原来填了的内容会变空",
    OUTDATED: "{n} 个与数据截至时间更晚的文件说法不同",
    REPLACED: "{n} 个原来的内容会被改掉",
}
_ASKED = {
    MOVED: "编号重新起用，还是更正？",
    WHO: "编号重新起用，还是更正？",
    LINE: "凭证上多了一笔，还是更正原来那一笔？",
    ALIKE: "是更正以前那一笔，还是另外一笔？",
    SPELLING: "是同一个编号，还是两个？",
    DROPPED: "岗位撤销了，还是没有列出？",
    TWIN: "是几个人，还是同一个人写了几行？",
    GONE: "已经取消，还是仍然有效、只是没有列出？",
    OVERLAP: "是不同的款吗？不是的，请只留一处再导入。",
    RENUMBERED: "确实是不同的吗？不是的，请放弃这份文件，同一件事只留一行再导入。",
    PART: "其余的呢？应当在同一份文件里的，请放弃这份文件，重新导出全部。",
    TURNED: "是更正，还是拿错了文件？拿错了的，请放弃这份文件；应当与以前那份合计的，请合成一份再导入。",
    EMPTIED: "确实要清空（更正），还是文件导得不全？",
    OUTDATED: "是更正，还是过期的？",
    REPLACED: "是更正，还是拿错了文件？拿错了的，请放弃这份文件；应当与以前那份合计的，请合成一份再导入。",
}
_SAME = {
    SPELLING: "是同一个编号，以后也不分写法",
    LINE: "是更正原来那一笔",
    ALIKE: "是更正以前那一笔",
    DROPPED: "已经撤销，自这次生效起核定为 0",
    TWIN: "是同一个人，只算一人",
    GONE: "已经取消，不再计入；其余以这份文件为准",
}
_NEW = {
    SPELLING: "是两个编号",
    LINE: "是另一笔",
    ALIKE: "是另一笔",
    DROPPED: "没有撤销，仍按原来的核定",
    TWIN: "是几个人，一行算一人",
    GONE: "仍然有效，照旧计入；其余以这份文件为准",
}
_BOTH = {
    OVERLAP: "是不同的款，都要计入",
    RENUMBERED: "是不同的，都要计入",
    PART: "其余的另有文件报送，或确实没有",
}
_UNITS = {
    "calls": "个来电",
    "work_orders": "张工单",
    "training": "次培训",
    "probes": "次巡检",
    "survey_answers": "份",
    "survey_issues": "次",
    "daily_counts": "天",
    "inspections": "条",
    "recordings": "条",
    "agent_states": "条",
}
_NAMED = 10  # numbers in a sentence
_FOLLOWING = {"part_solved": "部分解决"}  # fields that follow from a column of another name
_PERSONAL = {"caller": "（号码）", "callee": "（号码）", "name": "（姓名）"}


def word_question(question: DeliveryQuestion) -> str:
    """What was found, and what is asked."""
    what, unit = KIND_NAMED[question.kind].title, _UNITS.get(question.kind, "笔")
    counted = "，".join(
        _COUNTED[sort].format(n=f"{n:,}", what=what, unit=unit) for sort, n in question.counts.items()
    )
    numbers = "天" if unit == "天" else "个编号"
    clause = f"这份{what}里有 {question.things:,} {numbers}以前导入过；" if question.things else ""
    return f"{clause}照这份文件，{counted}。{_ASKED[question.code]}"


def word_examples(question: DeliveryQuestion) -> Iterator[str]:
    """A line for each example."""
    for change in question.examples:
        row = f"第 {change.row} 行 " if change.row else ""
        number = change.subject.partition("/")[2]
        if change.sort == SPELLING:
            yield f"{row}{_format_number(change.before)} 和 {_format_number(change.after)}"
        elif change.sort == TWIN:
            first = f"第 {change.before} 行" if change.before else "前面的一行"
            yield f"{row}和{first}：姓名相同，入职日期都是 {change.after}"
        elif change.sort == GONE:
            yield f"{number}（{change.before}）：这份文件里没有"
        elif change.sort == RENUMBERED:
            yield f"{_format_number(change.subject)} 和 {_format_number(change.before)}"
        elif change.sort == PART:
            yield f"“{number}”：名称里写着“{change.before}”"
        elif change.sort == OVERLAP:
            amount = _format_value(change, change.after)
            yield f"工作表“{number}”合计 {amount}，与“{change.before}”里的相等"
        else:
            title = _find_title(question.kind, change)
            before, after = _format_value(change, change.before), _format_value(change, change.after)
            yield f"{row}{number}：{title}原为 {before}，现为 {after}"


def list_answers(question: DeliveryQuestion) -> list[tuple[str, QuestionAnswer]]:
    """The answers there are, the words for each first."""
    same = (_SAME.get(question.code, "是更正，以这份文件为准"), QuestionAnswer(same=True))
    outdated = "是过期的，以数据截至时间更晚的为准", QuestionAnswer(outdated=True)
    if question.code in _BOTH:
        return [(_BOTH[question.code], QuestionAnswer(new=True))]
    if question.code in (TURNED, EMPTIED, OUTDATED, REPLACED):
        return [same, outdated] if OUTDATED in question.counts else [same]
    within = question.within if _is_scoped(question) else None
    scope = f"（{SCOPES[within]}）" if within else ""
    words = _NEW.get(question.code, f"编号重新起用了{scope}，是另外的{_word_thing(question)}")
    return [same, (words, QuestionAnswer(new=True, within=within))]


def format_options(answer: QuestionAnswer) -> str:
    """An answer as options of the command."""
    if answer.outdated:
        return "--outdated"
    if answer.same:
        return "--same"
    return f"--new --within {answer.within}" if answer.within else "--new"


def word_missing(people: Sequence[MissingPerson]) -> str:
    """Who is missing from the newest full list."""
    numbers = "、".join(one.staff_no for one in people[:_NAMED])
    more = " 等" if len(people) > _NAMED else ""
    return f"名单里少了 {len(people)} 人：离职了，还是没有导出？（工号 {numbers}{more}）"


def _is_scoped(question: DeliveryQuestion) -> bool:
    return KIND_NAMED[question.kind].marks is not None


def _word_thing(question: DeliveryQuestion) -> str:
    return {"calls": "电话", "work_orders": "工单", "roster": "人", "survey_answers": "问卷"}.get(
        question.kind, "事"
    )


def _find_title(kind: str, change: ProposedChange) -> str:
    found = KIND_NAMED[kind].by_key.get(change.field)
    marks = KIND_NAMED[kind].marks
    if found is None and marks is not None and change.field == marks.day:
        found = KIND_NAMED[kind].by_key[KIND_NAMED[kind].dated_by]
    return found.title if found else _FOLLOWING.get(change.field, change.field)


def _format_number(value: object) -> str:
    return str(value).rpartition("/")[2]


def _format_value(change: ProposedChange, value: object) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if change.field in _PERSONAL:
        return _PERSONAL[change.field]
    if change.field.endswith("_fen"):
        return f"{int(str(value)) / 100:,.2f} 元"
    return WORDS.get(change.field, {}).get(str(value), str(value)).replace("T", " ").removesuffix("+08:00")
