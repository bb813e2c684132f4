"""人员花名册, 岗位核定, 培训记录."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from ingest.cells import (
    CellParser,
    CellProblem,
    Column,
    Vocabulary,
    add_empty_words,
    memoize,
    read_brief,
    read_count,
    read_day,
    read_id,
    read_score,
    text,
    to_plain,
)
from ingest.kinds.glance import Glance, add_up
from ingest.kinds.kind import (
    AmbiguousTitles,
    Build,
    FieldNames,
    Lookalike,
    Reading,
    RowProblem,
    TableKind,
    check_order,
    leave_out_alike,
)
from ingest.recognition.fields import Field, add_titles
from tracker.events import Event
from tracker.events.event import leave_out
from tracker.events.staffing import PersonRostered, PostsEstablished, TrainingHeld
from tracker.tabular import Cell

IN_POST = "在职 在岗 在册 在编 至今 今 未离职 长期 现在 目前"

_IN_POST_STATES = "在职在岗 正常 正常在岗 试用 试用期 转正 正式 已转正 实习 休假 产假 病假 事假 长期病假 借调"
_LEFT = (
    "离职 已离职 离岗 已离岗 不在职 不在岗 非在职 辞职 已辞职 辞退 已辞退 解聘 已解聘 退休 已退休 离退 开除"
    " 调离 调出 已调离"
)
_SESSION_STATES = {
    "held": "已举办 举办 已开展 开展 已完成 完成 已结束 结束 已培训 已实施 按期举办 按计划举办 正常"
    " 有效 是",
    "not_held": "取消 已取消 未举办 未开展 未实施 未完成 停办 作废 已作废 撤销 已撤销 无效 否"
    " 计划中 计划 待举办 待开展 未开始 筹备中 报名中 延期 已延期 推迟 已推迟 改期",
}  # fmt: skip
_CHECK_NO = re.compile(r"(?=.*\d)(?!(\d)\1*$)..+|[A-Za-z]{8,}")
_NOT_YET = re.compile(
    r"[待未暂尚补拟无没不]|申请|正在|办理|审核|审批|受理|进行|处理|提交|预约|稍后|以后|[查询证]中|pending|tbd|todo",
    re.IGNORECASE,
)
_NO_WORD = frozenset({"", "null", "none", "nan", "nil"})  # how systems write an empty cell


def _read_check_number(column: Column) -> CellParser:
    """The number of a check: a tick, or that it was done, proves none, nor does one that is still to come,
    or a digit over and over. A dash or 无 says that there is no number here, not that nothing was checked."""
    read = read_id(column)

    def parse(cell: Cell) -> str | None:
        number: str | None = read(cell)
        if number is None:
            written = to_plain(cell)
            if written.lower() in _NO_WORD or written in column.empties:
                return None
        elif _CHECK_NO.fullmatch(number) and not _NOT_YET.search(number):
            return number
        raise CellProblem("不像验证编号", "请填验证报告上的编号；没有验证的请空着，或写“未验证”")

    return parse


ROSTER_FIELDS = add_titles(
    (PersonRostered,),
    Field(
        key="staff_no", read=read_id,
        names="员工编号 人员编号 员工工号 职工号 职工编号 坐席工号 话务员工号 staffid employeeid",
    ),
    Field(key="name", read=text, names="员工姓名 人员姓名 职工姓名 name"),
    Field(key="post", read=memoize(text), names="岗位名称 职务 职位 所在岗位"),
    Field(
        key="education", read=memoize(text), names="最高学历 文化程度 学历层次",
        cost="学历达标率（大专以上）",
    ),
    Field(
        key="education_check_no",
        read=add_empty_words("未验证 未查 否 没有", _read_check_number),
        names="学历验证编号 学历验证码 学信网验证编号 学信网在线验证码 学历"
        "认证编号 学历备案编号 学历验证报告编号",
        cost="学历核验率",
    ),
    Field(
        key="joined_on", read=read_day, required=True,
        names="入职时间 到岗日期 到岗时间 上岗日期 上岗时间 入岗日期 来本单位时间 来本单位日期"
        " 进本单位时间 进本单位日期 到本单位时间 到本单位日期",
    ),
    Field(
        key="left_on", read=add_empty_words(IN_POST, read_day),
        names="离职时间 离岗日期 离岗时间 退出日期",
        cost="人员到位率、人员流动率、人均成本、人员档案完整率等", told_by=("last_day",),
    ),
    Field(
        key="last_day", title="最后工作日", read=add_empty_words(IN_POST, read_day),
        names="最后在岗日 最后上班日 最后工作日期 离职日期最后工作日 离职时间最后工作日 离岗日期最后工作日"
        " 离职日期最后在岗日 离岗日期最后在岗日 离职日期最后上班日",
    ),
    Field(
        key="leaving_reason", read=add_empty_words(IN_POST, read_brief), names="离岗原因 离职类型",
    ),
    Field(
        key="state", title="人员状态",
        read=Vocabulary({"in_post": f"{IN_POST} {_IN_POST_STATES} 是", "left": f"{_LEFT} 否"}),
        names="状态 在职状态 在岗状态 员工状态 用工状态 任职状态 在职情况 在岗情况 是否在职 是否在岗",
    ),
    Field(
        key="has_left", title="是否离职",
        read=Vocabulary({"in_post": f"{IN_POST} {_IN_POST_STATES} 否", "left": f"{_LEFT} 是"}),
        names="是否离岗 是否已离职 是否已离岗 离职状态 离职标志",
    ),
    Field(
        key="pre_job_score", read=add_empty_words("未考核 未参加 免考 缺考 未考", read_score),
        names="岗前培训成绩 上岗考核成绩 岗前考试成绩 岗前考核分数 岗前测试成绩",
        cost="培训上岗率", scaled=True,
    ),
)  # fmt: skip

POST_FIELDS = add_titles(
    (PostsEstablished,),
    Field(
        key="effective_on", read=read_day, required=True,
        names="生效时间 执行日期 核定日期 起始日期 启用日期",
    ),
    Field(key="post", read=text, required=True, names="岗位名称 岗位类别 职位"),
    Field(
        key="headcount", read=read_count, required=True, additive=True,
        names="编制数 核定编制 应到人数 岗位数 核定岗位数 计划人数 目标人数 定员",
    ),
    Field(key="basis", title="依据", read=text, names="文号 核定文件 依据文件 批复文号"),
)  # fmt: skip

TRAINING_FIELDS = add_titles(
    (TrainingHeld,),
    Field(
        key="held_on", read=read_day, required=True,
        names="培训时间 日期 开展日期 举办日期",
    ),
    Field(
        key="topic", read=text, required=True,
        names="培训主题 培训名称 培训项目 培训课程 课程名称",
    ),
    Field(
        key="due", read=read_count, required=True, additive=True,
        names="应参加人数 应训人数 应参训人数 计划人数",
    ),
    Field(
        key="attended", read=read_count, required=True, additive=True,
        names="实际参加人数 参训人数 实训人数 签到人数 参加人数",
    ),
    Field(key="on_leave", read=read_count, additive=True, names="请假 缺席请假人数"),
    Field(
        key="state", title="培训状态", read=Vocabulary(_SESSION_STATES), vital=True,
        names="状态 举办状态 举办情况 开展状态 开展情况 实施状态 实施情况 完成情况 是否举办 是否开展"
        " 是否完成",
    ),
)  # fmt: skip


def build_roster(reading: Reading) -> Build:
    """One event a person, known by name and day of joining where there is no number.

    离职日期 is the first day not in post, 最后工作日 the day before it."""
    tells_leaving = not reading.present.isdisjoint(("left_on", "last_day"))

    def events(
        staff_no: str | None,
        name: str | None,
        post: str | None,
        education: str | None,
        education_check_no: str | None,
        joined_on: date,
        left_on: date | None,
        last_day: date | None,
        leaving_reason: str | None,
        state: str | None,
        has_left: str | None,
        pre_job_score: Decimal | None,
    ) -> tuple[PersonRostered]:
        if left_on is None and last_day is not None:
            left_on = last_day + timedelta(days=1)
        check_order(joined_on, left_on, "left_on", ("入职日期", "离职日期"))
        if left_on is None and tells_leaving:
            _check_in_post(leaving_reason=leaving_reason, state=state, has_left=has_left)
        token = None if name is None else reading.token("name", name)
        if staff_no is None and token is None:
            raise RowProblem("staff_no", "和姓名均不能为空", "请补填工号；没有工号的，至少填姓名")
        person = PersonRostered(
            staff_no=staff_no or f"{token}/{joined_on}",
            name=token,
            post=post,
            education=education,
            education_check_no=education_check_no,
            joined_on=joined_on,
            left_on=left_on,
            leaving_reason=leaving_reason,
            pre_job_score=pre_job_score,
        )
        return (person,)

    return events


def _check_in_post(**values: str | None) -> None:
    """Raises: RowProblem when a row without a day of leaving says that somebody left."""
    for key, word in values.items():
        if word is not None and (key == "leaving_reason" or word == "left"):
            raise RowProblem(
                key,
                "说明已经离职，而离职日期是空的",
                "请补上离职日期；仍在职的，请改正这一格",
                doubtful=("left_on", key),
            )


def leave_out_of_roster(events: Sequence[Event], untold: FieldNames, unclear: FieldNames) -> Sequence[Event]:
    """Either of two columns tells when somebody left, 离职日期 or 最后工作日; a column of states, whether."""
    if unclear & {"last_day", "state", "has_left"}:
        unclear = unclear | {"left_on"}
    elif "last_day" not in untold:
        untold = untold - {"left_on"}
    return leave_out_alike(events, untold, unclear)


def build_posts(reading: Reading) -> Build:
    """One event a post and effective day."""

    def events(effective_on: date, post: str, headcount: int, basis: str | None) -> tuple[PostsEstablished]:
        return (PostsEstablished(effective_on=effective_on, post=post, headcount=headcount, basis=basis),)

    return events


def build_training(reading: Reading) -> Build:
    """One event a session; one that was cancelled, or is still to come, was not held."""

    def events(
        held_on: date, topic: str, due: int, attended: int, on_leave: int | None, state: str | None
    ) -> tuple[TrainingHeld]:
        if state == "not_held" and attended:
            raise RowProblem("attended", "不是 0，而培训状态说明没有举办", "请核对实到人数和培训状态")
        if attended + (on_leave or 0) > due:
            raise RowProblem("attended", "与请假人数之和超过应到人数", "请核对应到、实到和请假人数")
        session = TrainingHeld(
            held_on=held_on,
            topic=topic,
            due=due,
            attended=attended,
            on_leave=on_leave,
            took_place=state != "not_held",
        )
        if "state" not in reading.present:
            leave_out(session, ("took_place",))
        return (session,)

    return events


def _get_person_day(event: PersonRostered) -> date:
    return event.joined_on


def _get_posts_day(event: PostsEstablished) -> date:
    return event.effective_on


def _get_training_day(event: TrainingHeld) -> date:
    return event.held_on


ROSTER = TableKind(
    name="roster",
    called="花名册 名册 人员 名单 员工",
    thing="person",
    entire=True,
    source="roster",
    fields=ROSTER_FIELDS,
    build=build_roster,
    leave_out=leave_out_of_roster,
    remarks="人员 员工 职工 个人 岗位 任职 在职 入职 离职 考核 培训 教育 学历",
    has_state=True,
    mark="post education education_check_no left_on last_day leaving_reason pre_job_score",
    lookalikes=(
        Lookalike(
            title="座席话务或考勤报表",
            by="接听量 接听数 接通量 接通数 通话时长 通话数 话务量 签入 示忙 工时 出勤 考勤",
            unless="left_on last_day",
        ),
    ),
    ambiguous=(
        AmbiguousTitles(
            titles="参加工作日期 参加工作时间",
            fields=("joined_on",),
            or_else="初次参加工作的日期（早于到本单位）",
        ),
    ),
    dated_by="joined_on",
    day=_get_person_day,
    past=False,
    one_of=("staff_no", "name"),
    apart=("joined_on", "name"),
    snapshot=True,
    when_repeated="同一个人只能有一行，请删去不对的一行；确是两个人的，请填上各自的工号",
)
POSTS = TableKind(
    name="posts",
    called="编制 岗位 定编 定岗",
    source="posts",
    fields=POST_FIELDS,
    build=build_posts,
    remarks="岗位 编制 核定 人员",
    mark="核定 编制 定员 生效",
    dated_by="effective_on",
    day=_get_posts_day,
    past=False,
    glance=Glance(
        table="posts", day="effective_on", thing="个岗位", parts=(add_up("headcount", "核定", "人"),)
    ),
)
TRAINING = TableKind(
    name="training",
    called="培训",
    source="training",
    fields=TRAINING_FIELDS,
    build=build_training,
    remarks="培训 参训",
    mark="培训 应训 参训 课程",
    dated_by="held_on",
    day=_get_training_day,
    counted=True,
    glance=Glance(
        table="trainings",
        day="held_on",
        thing="场培训",
        parts=(add_up("due", "应到", "人次"), add_up("attended", "实到", "人次")),
    ),
)

KINDS = (ROSTER, POSTS, TRAINING)
