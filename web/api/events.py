"""Events by machines: CloudEvents one by one, in batches or a line each; each gets its verdict."""

import hashlib
from collections.abc import Callable, Mapping

from flask import Response, abort, request

from ingest.events.sent_event import (
    CloudEvent,
    EventsProblem,
    SentEvent,
    read_batch,
    read_lines,
    read_single,
)
from ingest.events.taking_in import TakenIn, VerdictName, take_in_events
from ingest.importing.import_file import renew_statistics_after
from web.access import Action, for_machines
from web.access.api_tokens import Scope
from web.access.machines import get_request_token, note_machine
from web.api.answers import answer, build_tables
from web.api.blueprint import api
from web.api.description import Operation, describe
from web.api.models import EventAnswer, EventsAnswer
from web.instance import get_instance, get_now, open_log_transaction

Readers = Mapping[str, Callable[[str], list[SentEvent]]]  # by media type

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
_READERS_OF_MANY = {BATCH: read_batch, LINES: read_lines}
_CODES = {  # of a request of one event
    VerdictName.ACCEPTED: 201,
    VerdictName.DUPLICATE: 200,
    VerdictName.HELD: 202,
    VerdictName.CONFLICT: 409,
    VerdictName.REFUSED: 422,
}


@api.post("/centers/<center:center>/events")
@for_machines(Scope.EVENTS)
@describe(
    Operation(
        summary="推送一条事件（CloudEvents 1.0）",
        body={SINGLE: CloudEvent},
        body_about="最多 2 MB。source 和 id 相同的事件只收一次。",
        answers={
            200: ("以前收过，这次不变", EventsAnswer),
            201: ("已采用", EventsAnswer),
            202: ("留存，等人回答", EventsAnswer),
            409: ("编号相同而内容不同，没有采用", EventsAnswer),
            422: ("没有采用", EventsAnswer),
        },
        problems=(400, 413, 415),
    )
)
def send_event(center: str) -> Response:
    """Takes in one event, answered by a code that says what became of it."""
    taken = _take_in(center, {SINGLE: read_single})
    return answer(_build_answer(center, taken), _CODES[taken.verdicts[0].verdict])


@api.post("/centers/<center:center>/events/batch")
@for_machines(Scope.EVENTS)
@describe(
    Operation(
        summary="推送一批事件（CloudEvents 1.0）：JSON 数组或每行一条；逐条给结论",
        body={BATCH: [CloudEvent], LINES: {"type": "string", "description": "每行一条事件"}},
        body_about="最多 2 MB、1,000 条。source 和 id 相同的事件只收一次。",
        answers={200: ("全部事件的结论，不论采用与否", EventsAnswer)},
        problems=(400, 413, 415),
    )
)
def send_events(center: str) -> Response:
    """Takes in what is new; nothing of a request that cannot be read."""
    return answer(_build_answer(center, _take_in(center, _READERS_OF_MANY)))


def _take_in(center: str, readers: Readers) -> TakenIn:
    body = request.get_data()
    events = _read_events(body, readers)
    now, instance, token = get_now(), get_instance(), get_request_token()
    with open_log_transaction() as connection:
        taken = take_in_events(
            connection, instance.home, center, events, now=now, vault=instance.vault, token=token.name
        )
        refused = taken.count(VerdictName.REFUSED) + taken.count(VerdictName.CONFLICT)
        details = {
            "events": len(events),
            "refused": refused,
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        result = "failed" if refused == len(events) else "done"
        note_machine(connection, Action.DELIVERED, f"{center}：接口推送事件", result=result, details=details)
    for report in taken.reports:
        renew_statistics_after(instance.database, report)
    return taken


def _read_events(body: bytes, readers: Readers) -> list[SentEvent]:
    """Answers 415 for another format, 400 for what cannot be read."""
    read = readers.get(request.mimetype)
    if read is None:
        abort(
            415,
            f"这个地址不收“{request.mimetype}”，只收 {'、'.join(readers)}；"
            "单条发到 events，批量和每行一条发到 events/batch。",
        )
    try:
        return read(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        abort(400, "请求体不是 UTF-8 编码；请改成 UTF-8 后整个重发。")
    except EventsProblem as problem:
        abort(400, str(problem))


def _build_answer(center: str, taken: TakenIn) -> EventsAnswer:
    counts = {name.value: taken.count(name) for name in VerdictName}
    return EventsAnswer(
        center=center,
        **counts,
        events=[
            EventAnswer(
                index=index,
                source=one.source,
                id=one.id,
                verdict=one.verdict,
                before=one.before,
                problems=list(one.problems),
                delivery=one.delivery,
                sha256=one.sha256,
                row=one.row,
            )
            for index, one in enumerate(taken.verdicts, 1)
        ],
        tables=build_tables(table for report in taken.reports for table in report.tables),
    )
