"""平台巡检: one row a probe."""

from datetime import date, datetime

from ingest.cells import Vocabulary, make_moment_reader, memoize, text
from ingest.kinds.glance import Glance, count_if
from ingest.kinds.kind import Build, Reading, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.platform import PlatformProbed

STATES = {
    "up": "正常 在线 成功 可用 运行正常 畅通 ok success online 是 true 1 200",
    "down": "异常 离线 失败 不可用 故障 中断 超时 宕机 fail failed timeout offline error 否 false 0 500"
    " 502 503 504",
}  # fmt: skip

UNNAMED = "平台"

FIELDS = add_titles(
    (PlatformProbed,),
    Field(
        key="at", title="巡检时间", read=make_moment_reader(), required=True,
        names="探测时间 检测时间 检查时间 监测时间 采集时间 拨测时间 probetime checktime timestamp",
    ),
    Field(
        key="platform", read=memoize(text),
        names="平台名称 系统 系统名称 监测对象 巡检对象 目标 host target",
    ),
    Field(
        key="up", title="状态", read=Vocabulary(STATES), required=True,
        names="运行状态 巡检结果 检测结果 探测结果 平台状态 是否正常 结果 status",
    ),
)  # fmt: skip


def build_probe(reading: Reading) -> Build:
    """One event a probe; a probe log without a platform column speaks of one platform."""

    def events(at: datetime, platform: str | None, up: str) -> tuple[PlatformProbed]:
        return (PlatformProbed(platform=platform or UNNAMED, at=at, up=up == "up"),)

    return events


def _get_day(event: PlatformProbed) -> date:
    return event.at.date()


PROBES = TableKind(
    name="probes",
    called="巡检 点检 监测 监控",
    source="probes",
    fields=FIELDS,
    build=build_probe,
    remarks="巡检 平台 系统 监测 检测",
    has_state=True,
    mark="platform 巡检 探测 检测 监测 拨测 平台 运行",
    dated_by="at",
    day=_get_day,
    glance=Glance(
        table="probes", day="probed_on", at="at", thing="次巡检", daily=True, parts=(count_if("up", "正常"),)
    ),
)

KINDS = (PROBES,)
