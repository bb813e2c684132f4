"""工单: one workbook a month with the orders opened in it and the older ones that changed since the last."""

from datetime import datetime, time
from pathlib import Path

from web.demo.sample.calls import ANSWERED, INBOUND, Call
from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import WrittenFile, write_workbook
from web.demo.sample.tallies import OrderTallies
from web.demo.sample.traps import Traps
from web.demo.sample.work_orders import WorkOrder, draw_order, draw_rates

HEADER = (
    "工单编号", "来电流水号", "受理时间", "诉求类型", "诉求分类", "承办单位", "派单时间", "签收时间",
    "办结时限", "办结时间", "回访时间", "是否解决", "满意度", "工单状态", "重办次数",
)  # fmt: skip


class OrderFiles:
    """Opens orders from calls and exports them month by month.

    Holds only orders that are not exported yet or that will still change."""

    def __init__(self, folder: Path, scenario: Scenario, traps: Traps) -> None:
        self._folder, self._scenario, self._traps = folder, scenario, traps
        self._rates = draw_rates(scenario)
        self._opened = 0
        self._rng = scenario.stream("orders", 1)
        self._waiting: list[WorkOrder] = []
        self._changing: list[WorkOrder] = []
        self.tallies = OrderTallies(scenario)
        self.written: list[WrittenFile] = []

    def start_month(self, month: int) -> None:
        self._rng = self._scenario.stream("orders", month)

    def consider(self, call: Call) -> None:
        """Opens an order for some of the answered inbound calls."""
        if call.direction != INBOUND or call.result != ANSWERED or self._rng.random() >= self._rates.opened:
            return
        self._opened += 1
        incident = self._traps.incidents.get(call.entered.date())
        self._waiting.append(draw_order(self._rng, self._rates, self._opened, call, incident))

    def export(self, month: int) -> None:
        """Writes the month's file; an order opened after midnight of the last day waits for the next one."""
        end = datetime.combine(self._scenario.end_of(month), time())
        moment = self._scenario.get_export_time(month)
        new = [order for order in self._waiting if order.opened < end]
        rows = [_make_row(order.as_of(moment)) for order in self._list_changed_before(month) + new]
        name = f"工单_{self._scenario.label(month)}.xlsx"
        created = self._scenario.get_creation_time(month)
        self.written.append(write_workbook(self._folder / name, "工单", HEADER, rows, created))
        self._waiting = [order for order in self._waiting if order.opened >= end]
        self._settle(self._changing + new, moment)

    def count_the_rest(self) -> None:
        """Counts the orders that had not come to rest, as last exported."""
        moment = self._scenario.get_export_time(self._scenario.through)
        for order in self._changing:
            self.tallies.add(order.as_of(moment))

    def _list_changed_before(self, month: int) -> list[WorkOrder]:
        if month == 1:
            return []
        last, moment = self._scenario.get_export_time(month - 1), self._scenario.get_export_time(month)
        return [order for order in self._changing if order.is_changed_between(last, moment)]

    def _settle(self, orders: list[WorkOrder], moment: datetime) -> None:
        self._changing = [order for order in orders if order.last_change >= moment]
        for order in orders:
            if order.last_change < moment:
                self.tallies.add(order)


def _make_row(order: WorkOrder) -> tuple[object, ...]:
    times = (order.dispatched, order.signed, order.deadline, order.closed, order.followed)
    return (
        order.number,
        order.call_serial,
        str(order.opened),
        order.kind,
        order.office.topic,
        order.office.name,
        *(str(moment) if moment else None for moment in times),
        order.outcome,
        order.satisfaction,
        order.status,
        order.redone,
    )
