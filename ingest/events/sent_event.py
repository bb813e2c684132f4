"""A CloudEvent as it was sent: its own text, what it says, or a sentence on why it is none."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isinf
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tracker.periods import YEARS
from tracker.personal_text import replace_in_code

MOST_EVENTS = 1_000  # of a request
_LONGEST = 256  # characters of an attribute


def _check_time(text: str) -> str:
    """Raises: ValueError for what is no time with an offset, or of a year of which nothing can be told."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None or time.year not in YEARS:
        raise ValueError(text)
    return text


def _check_impersonal(text: str) -> str:
    """Raises: ValueError for what holds a mobile number or an identity card's, which would be kept."""
    if replace_in_code(text, lambda kind, _: kind) != text:
        raise ValueError(text)
    return text


Time = Annotated[str, AfterValidator(_check_time), Field(json_schema_extra={"format": "date-time"})]
Name = Annotated[str, Field(min_length=1, max_length=_LONGEST, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[Name, AfterValidator(_check_impersonal)]


class CloudEvent(BaseModel):
    """一条 CloudEvents 1.0 事件；其余的扩展属性照收，一并留存。"""

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"] = Field(description="CloudEvents 的版本")
    id: Identifier = Field(description="事件编号；与 source 合起来只能指一条事件")
    source: Identifier = Field(description="哪个系统的哪个部分发出，例如 /platform/calls")
    type: Name = Field(description="hotline. 加表的种类，例如 hotline.calls")
    time: Time | None = Field(None, description="事件说的是哪一刻的情况，带时区；不写则按收到的时刻")
    subject: str | None = Field(None, max_length=_LONGEST, description="留存，不据此计数")
    datacontenttype: str | None = Field(
        None, pattern=r"^application/json", description="只收 application/json"
    )
    data: dict[str, Any] = Field(min_length=1, description="表的一行：列名 → 值")


_RULES = {
    "specversion": '必须是 "1.0"',
    "id": f"必须有，是 1 至 {_LONGEST} 个字的文字，不含控制字符，不是手机号或身份证号",
    "source": f"必须有，是 1 至 {_LONGEST} 个字的文字，不含控制字符，不是手机号或身份证号",
    "type": "必须有，例如 hotline.calls",
    "time": f"必须带时区，年份在 {YEARS[0]} 至 {YEARS[-1]}，例如 2024-03-10T09:30:00+08:00；没有就不写",
    "subject": f"必须是文字，最长 {_LONGEST} 个字；没有就不写",
    "datacontenttype": "只能是 application/json；没有就不写",
    "data": "必须有，是一个非空的对象：列名和值",
}


class EventsProblem(ValueError):
    """整个请求读不了，一条也没有采用。"""


@dataclass(frozen=True)
class SentEvent:
    """One event of a request."""

    text: str  # as it came
    event: CloudEvent | None  # None: it is none
    problem: str = ""  # why it is none: where, what, what to do
    source: str | None = None  # as far as it can be read
    id: str | None = None
    digest: str = ""  # SHA-256 of what it says, whatever its blanks and the order of its names


def read_single(text: str) -> list[SentEvent]:
    """The one event of a request. Raises: EventsProblem."""
    value, end = _decode(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise EventsProblem("请求体在第一个 JSON 对象之后还有内容；多条事件请用批量或 NDJSON 格式。")
    return [_read(text.strip(), value)]


def read_batch(text: str) -> list[SentEvent]:
    """The events of a JSON array. Raises: EventsProblem."""
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        raise EventsProblem("批量格式的请求体必须是 JSON 数组：[{事件}, {事件}]。")
    return _check_count([_read(raw, value) for raw, value in _split_array(text, at + 1)])


def read_lines(text: str) -> list[SentEvent]:
    """The events of NDJSON, one a line; a line that is no JSON is an event that is none.

    Raises: EventsProblem."""
    return _check_count([_read_line(line.strip()) for line in text.split("\n") if line.strip()])


def _read_line(line: str) -> SentEvent:
    try:
        value, end = _decode(line, 0)
    except EventsProblem:
        end, value = 0, None
    if end != len(line):
        return SentEvent(line, None, "这一行不是完整的 JSON 对象；请每行写一条事件，事件之内不换行。")
    return _read(line, value)


def _read(text: str, value: object) -> SentEvent:
    if not isinstance(value, dict):
        return SentEvent(text, None, "这一条不是 JSON 对象；请按 CloudEvents 1.0 写成对象。")
    source, id_ = (_find_name(value.get(name)) for name in ("source", "id"))
    try:
        event = CloudEvent.model_validate(value)
    except ValidationError as problem:
        wrong = dict.fromkeys(str(one["loc"][0]) for one in problem.errors() if one["loc"]) or ["列名"]
        sentence = "；".join(f"“{name}”{_RULES.get(name, '写法不对')}" for name in wrong)
        return SentEvent(text, None, f"{sentence}。请改正后重发。", source, id_)
    try:
        return SentEvent(text, event, "", source, id_, _compute_digest(value))
    except RecursionError:
        return SentEvent(text, None, "里面套得太深；请改成一层的列名和值。", source, id_)


def _find_name(value: object) -> str | None:
    """A name as far as an answer can repeat it: text, with a mark for each half of a character."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _compute_digest(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _split_array(text: str, at: int) -> Iterator[tuple[str, object]]:
    """Each element of an array with its own text. Raises: EventsProblem."""
    at = _skip(text, at)
    while text[at : at + 1] != "]":
        value, end = _decode(text, at)
        yield text[at:end], value
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise EventsProblem("JSON 数组没有写完，多半没有传完；请整个重发。")
    if _skip(text, at + 1) != len(text):
        raise EventsProblem("JSON 数组之后还有内容；请整个重发。")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _read_float(text: str) -> float:
    """Raises: ValueError for a number that is larger than any."""
    number = float(text)
    if isinf(number):
        raise ValueError(text)
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float)
_BLANKS = re.compile(r"[ \t\r\n]*")


def _decode(text: str, at: int) -> tuple[object, int]:
    """Raises: EventsProblem."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as problem:
        raise EventsProblem(
            f"请求体第 {problem.lineno} 行第 {problem.colno} 个字符起不是完整的 JSON；请改正后整个重发。"
        ) from problem
    except (RecursionError, ValueError) as problem:
        raise EventsProblem("请求体里有套得太深的内容，或长得不合理的数；请改正后整个重发。") from problem


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _check_count(events: list[SentEvent]) -> list[SentEvent]:
    """Raises: EventsProblem."""
    if not events:
        raise EventsProblem("请求体里没有事件。")
    if len(events) > MOST_EVENTS:
        raise EventsProblem(f"一次最多 {MOST_EVENTS:,} 条事件，这里有 {len(events):,} 条；请分几次发。")
    return events
