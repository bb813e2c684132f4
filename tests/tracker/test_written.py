"""An event as it is hashed is its canonical form, whatever stands in it."""

from datetime import date, datetime

import pytest

from tracker import chain
from tracker.events.payments import PaymentRecorded
from tracker.events.times import BEIJING
from tracker.log.prepared_events import PreparedEvents, format_time, prepare_event
from tracker.log.serializer import EventSerializer

AT = datetime(2023, 5, 2, 9, 30, tzinfo=BEIJING)
SHA256 = chain.get_digest("sha256")


@pytest.mark.parametrize("center", ["tlf", "5%d%%中心"])
@pytest.mark.parametrize("delivery", [None, "a%b", 'tab\tquote"backslash\\'])
@pytest.mark.parametrize("row", [None, 17])
def test_what_is_chained_is_the_canonical_form(center: str, delivery: str | None, row: int | None):
    event = PaymentRecorded(
        payment_id='100%s"甲"\\', item="话务\t费", for_period=None, payee=None,
        due_on=date(2023, 5, 1), paid_on=None, amount_fen=100,
    )  # fmt: skip
    hashes: list[bytes] = []
    written = EventSerializer(center, delivery, AT, AT)
    [line] = written.lines(PreparedEvents.of([prepare_event(event, row)]), 6, bytes(32), SHA256, hashes)
    envelope = {
        "as_of": format_time(AT), "center": center, "delivery": delivery,
        "occurred_at": "2023-05-01T00:00:00+08:00", "recorded_at": format_time(AT), "row": row, "seq": 7,
        "slot": "", "source": "payments", "subject": event.subject, "type": "payment.recorded",
    }  # fmt: skip
    assert hashes == [SHA256(bytes(32) + chain.canonicalize(envelope, event.text()))]
    assert hashes[0].hex().encode() in line
