"""Tables of one kind in one file of which one is the detail, or the summary, of others: both would count."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from ingest.changes.repeated_numbers import EXAMPLES, OVERLAP, DeliveryQuestion, ProposedChange
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.log import PreparedEvents


@dataclass
class TableSums:
    """What the rows of a table of sums come to, by movement of a budget; a payment has none."""

    kind: str  # name
    sheet: str
    totals: Counter[str] = field(default_factory=Counter)  # 分
    rows: dict[str, list[int]] = field(default_factory=dict)
    months: set[str] = field(default_factory=set)  # of its days
    texts: set[bytes] = field(default_factory=set)

    def look_through(self, batch: PreparedEvents) -> None:
        """Adds the sums of a batch."""
        for type_, text in zip(batch.types, batch.texts, strict=True):
            if type_ not in (PaymentRecorded.type, BudgetMoved.type):
                continue
            data = orjson.loads(text)
            movement, amount = data.get("movement", ""), data["amount_fen"]
            self.totals[movement] += amount
            self.rows.setdefault(movement, []).append(amount)
            self.months.add(data["due_on" if type_ == PaymentRecorded.type else "moved_on"][:7])
            self.texts.add(text)


def ask_about_overlap(tables: Sequence[TableSums]) -> DeliveryQuestion | None:
    """What to ask where tables come to the sum of others of their kind and days; None: nothing."""
    found = [
        (one, others, movement)
        for one in tables
        for others, movement in _find_equal(one, [table for table in tables if table is not one])
    ]
    if not found:
        return None
    examples = [
        ProposedChange(
            sort=OVERLAP,
            row=None,
            subject=f"table/{one.sheet}",
            field="amount_fen",
            before="、".join(other.sheet for other in others),
            after=one.totals[movement],
        )
        for one, others, movement in found
    ]
    return DeliveryQuestion(
        kind=found[0][0].kind,
        things=0,
        counts={OVERLAP: len({one.sheet for one, _, _ in found})},
        examples=tuple(examples[:EXAMPLES]),
        within=None,
    )


def _find_equal(one: TableSums, tables: Sequence[TableSums]) -> Iterator[tuple[list[TableSums], str]]:
    """The tables that say what a table says, taken together or in one row, each with the movement."""
    others = [other for other in tables if other.kind == one.kind and other.texts != one.texts]
    near = [other for other in others if other.months & one.months]
    for movement, total in one.totals.items():
        of_it = [other for other in others if movement in other.rows]
        if near and len(of_it) > 1 and total == sum(other.totals[movement] for other in of_it):
            yield of_it, movement
            continue
        for other in near:
            in_one_row = len(one.rows[movement]) > 1 and total in other.rows.get(movement, ())
            if movement in other.rows and (total == other.totals[movement] or in_one_row):
                yield [other], movement
                break
