"""Is what does not follow from the log what the log's last event bound?"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package import layout
from kpi.handover.package.binding import (
    Binding,
    batches,
    digest_batches,
    digest_calendars,
    digest_commitments,
    read_binding,
)
from kpi.handover.package.commitments import commitments, list_tokens
from kpi.handover.verify.findings import (
    CheckStep,
    StepOutcome,
    make_judged_step,
    make_note_step,
    make_passed_step,
)
from kpi.offline import Replay
from tracker.calendar_files import PACKAGED
from tracker.events.times import get_day_start
from tracker.periods import Year

TITLE, MOMENT = "打包登记", "统计时点"


def check_binding(replay: Replay, bag: Path, about: Mapping[str, Any]) -> CheckStep:
    """The log ends with the event that bound commitments, batches, calendars, name, key and moment.

    Makes the tables of batches and commitments from their files."""
    replay.duck.read_parquet(batches, bag / layout.BATCHES)
    replay.duck.read_parquet(commitments, bag / layout.COMMITMENTS)
    binding = read_binding(replay.duck)
    if binding is None:
        sentence = "日志的最后一条不是打包登记，包里的承诺、日历、中心名称没有约束。请向中心索取重新打的包。"
        return CheckStep(TITLE, StepOutcome.FAILED, sentence)
    problems = [*_find_problems(replay, bag, about, binding), *_find_unbound(replay, bag, binding)]
    right = f"第 {binding.seq:,} 号事件登记的承诺、批次、日历、中心名称、公钥和统计时点，与包内的逐项相同。"
    if not problems and (foreign := list_foreign_calendars(bag)):
        named = "、".join(foreign)
        sentence = f"{right}其中 {named} 与核验程序自带的日历不同，请与国务院办公厅的通知核对。"
        return make_note_step(TITLE, sentence)
    return make_judged_step(TITLE, problems, right, "与日志末尾的打包登记不符：")


def check_moment(binding: Binding) -> CheckStep:
    """The moment of the figures decides which days have ended."""
    year, moment = binding.prepared.year, binding.moment.isoformat()
    if binding.moment < get_day_start(Year(year).end_day):
        sentence = f"{year}年在统计时点 {moment} 尚未结束，带*的数字所在期间未结束。"
        return CheckStep(MOMENT, StepOutcome.NOTED, sentence)
    return make_passed_step(MOMENT, f"{year}年已结束，统计时点 {moment}。")


def list_foreign_calendars(bag: Path) -> list[str]:
    """The calendars that say something else than those that this verifier brings, or that it has not."""
    return [
        path.name
        for path in sorted((bag / layout.CALENDARS).glob("*.toml"))
        if not (own := PACKAGED / path.name).is_file() or own.read_bytes() != path.read_bytes()
    ]


def _find_problems(replay: Replay, bag: Path, about: Mapping[str, Any], binding: Binding) -> Iterator[str]:
    """What the package says of itself otherwise than the event."""
    prepared = binding.prepared
    last = replay.duck.sql("SELECT max(recorded_at) FROM log").scalar_one()
    for name, claimed, bound in (
        ("年度", about["year"], prepared.year),
        ("中心名称", about["center"]["name"], prepared.center_name),
        ("统计时点", about["moment"], binding.moment.isoformat()),
        ("登记时间", binding.moment.isoformat(), last),
        ("打包时间", prepared.prepared_at.isoformat(), last),
        ("公钥指纹", _read_fingerprint(bag), prepared.fingerprint),
    ):
        if claimed != bound:
            yield f"{name}：包内是 {claimed}，登记的是 {bound}"


def _find_unbound(replay: Replay, bag: Path, binding: Binding) -> Iterator[str]:
    """Members whose contents have another hash than the event says."""
    duck, prepared = replay.duck, binding.prepared
    tokens = [token for (token,) in duck.sql("SELECT token FROM commitments ORDER BY token")]
    if tokens != list_tokens(duck):
        yield f"{layout.COMMITMENTS}：所列的脱敏标识不是日志里的那些"
    if digest_commitments(duck) != prepared.commitments:
        yield f"{layout.COMMITMENTS}：不是打包登记时的承诺，内容被换过"
    if digest_batches(duck, binding.seq) != prepared.batches:
        yield f"{layout.BATCHES}：不是打包登记时的批次，内容被换过"
    there = digest_calendars(bag / layout.CALENDARS)
    for year in sorted(there.keys() | prepared.calendars.keys()):
        if there.get(year) != prepared.calendars.get(year):
            yield f"{layout.CALENDARS}/{year}.toml：不是打包登记时的日历，缺少、多出或被换过"


def _read_fingerprint(bag: Path) -> Any:
    return orjson.loads((bag / layout.SIGNATURE).read_bytes())["fingerprint"]
