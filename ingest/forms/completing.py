"""录完确认: a person says that all of a day's work orders were entered by hand.

One order entered by hand backs no day; this statement does. Its file lists the orders it speaks of.
"""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from ingest.changes.as_of import FORM
from ingest.importing import deliveries
from ingest.importing.import_table import lock_head
from tracker import log
from tracker.blob_store import StoredFile
from tracker.events.ledger import DeliveryImported
from tracker.events.times import get_day_start
from tracker.facts.fact import SlotState
from tracker.file_writing import WorkingFolder
from tracker.log.statements import fold_statements, read_statements
from tracker.vault import CenterVault, open_vault_of

TITLE = "录完确认"


class CompletenessProblem(ValueError):
    """还不能确认录完，原因见说明。"""


def confirm_day(
    connection: psycopg.Connection[Any], home: Path, center: str, day: date, *, by: str, now: datetime
) -> int:
    """Backs a day with the work orders that are known of it; gives their number.

    Raises: CompletenessProblem, OSError."""
    if now < get_day_start(day + timedelta(days=1)):
        raise CompletenessProblem("当天还没有过完，过后才能确认录完。")
    lock_head(connection, center)
    rows = connection.execute(
        "SELECT subject FROM work_orders WHERE center_id = %s AND accepted_on = %s ORDER BY subject",
        (center, day),
    ).fetchall()
    if not rows:
        raise CompletenessProblem("这一天没有登记过工单；当天确实没有的，请签零报告。")
    orders = [
        _find_acceptance(fold_statements(slots))
        for slots in read_statements(connection, center, [one for (one,) in rows]).values()
    ]
    vault = open_vault_of(connection, home).of(connection, center)
    file = _keep(connection, home, orders, vault)
    base = deliveries.make_base_id(file.sha256, 1)
    earlier = deliveries.list_earlier(connection, center, base)
    if any(not one.voided for one in earlier):
        raise CompletenessProblem("这一天已经确认过录完，其后没有新登记的工单。")
    confirmed = DeliveryImported(
        delivery=deliveries.make_next_id(base, earlier),
        of="work_orders",
        file_name=f"表单_{TITLE}_{day}.csv",
        sha256=file.sha256,
        size=file.size,
        profile="form",
        as_of=now,
        as_of_basis=FORM,
        imported_at=now,
        rows=len(orders),
        new=0,
        changed=0,
        same=len(orders),
        stale=0,
        quarantined=0,
        days={day.isoformat(): len(orders)},
        entered_by=by,
        form=TITLE,
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(confirmed, None)])
    return len(orders)


def _find_acceptance(slots: dict[str, SlotState]) -> tuple[str, str]:
    data = next(part.data for slot, part in sorted(slots.items()) if slot.startswith("accepted"))
    return str(data["order_id"]), str(data["at"])


def _keep(
    connection: psycopg.Connection[Any], home: Path, orders: list[tuple[str, str]], vault: CenterVault
) -> StoredFile:
    with WorkingFolder(home / "incoming") as own:
        path = own / "form.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("工单编号", "受理时间"), *sorted(orders)])
        return deliveries.keep_delivery(connection, home, path, vault)
