"""Every address with the things that it names, and for each form a body as its page would send it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from werkzeug.routing import Rule

from tests.web.attacks.contents import KEY, YEAR_WORD, make_calls
from tests.web.attacks.site import PASSWORD, Answer, Browser, File
from tests.web.routes import UNUSED
from web.access.guard import STATIC, Door, get_declared_access
from web.access.rights import Right

OBJECT_PARTS = ("subject", "seq", "delivery", "document", "token", "upload", "file", "made", "number", "code")
_ORDER = {"order_id": "G1", "accepted_at": "2023-05-09T08:00", "kind": "投诉", "channel": "电话"}
_TOTAL = {
    "kind": "telecom_calls",
    "first": "2023-05-01",
    "last": "2023-05-31",
    "value": "9",
    "issued_by": "电信",
}
_PAPER = {
    "answer_id": "WJ1",
    "answered_on": "2023-05-08",
    "q1": "知道",
    "q2": "不会",
    "q3": "咨询",
    "q6": "满意",
}
_PROOF = {"kind": "other", "thing": "call", "identity": "c2", "title": "又一份"}
_NEW_PASSWORD = {"present": PASSWORD, "wanted": "Regen-9182-wolke", "again": "Regen-9182-wolke"}
_GRANT = {"role": "manager", "center": "tlf", "years": "2023", "first_day": "2024-03-01", "last_day": ""}
_TOKEN = {"center": "tlf", "name": "偷来的", "scopes": ["rows:read"], "days": "30"}

FORMS: dict[str, Mapping[str, Any]] = {
    "sign_in.code": {"code": "123456"},
    "own_account.password": _NEW_PASSWORD,
    "own_account.second_factor_page": {"code": "123456", "password": "falsch"},
    "own_account.recovery_codes": {"code": "123456", "password": "falsch"},
    "people.add": {"login": "neu", "name": "新人"},
    "people.grant": _GRANT,
    "new_people.add": {
        "center": "tlf", "first_day": "2024-03-01", "last_day": "2025-03-01",
        "people": "neu2, 新人二, 审批人",
    },
    "center_list.add": {"code": "neu", "name": "新县12345热线", "digest": "sha256"},
    "setup.check": {},
    "settings.rename": {"name": "改名后的12345热线"},
    "settings.set_hours": {"hours": "09:00-12:00 14:00-18:00", "limits": "投诉 10个工作日", "otherwise": "5"},
    "people.ask_reset": {"what": "password"},
    "tokens.issue": _TOKEN,
    "wall.enter": {"token": "hotline_falsch"},
    "security_settings.change_settings": {
        "min_length": "9", "min_classes": "3", "password_days": "90", "former_refused": "5", "attempts": "5",
        "lock_minutes": "30", "idle_minutes": "15", "longest_hours": "12", "totp_grace_days": "7",
        "log_days": "365", "export_rows": "200000",
    },
    "documents.attach": _PROOF,
    "documents.withdraw": {"reason": "传错了"},
    "controls.state": _TOTAL,
    "evaluation.attest_value": {"code": "A102", "value": "是,是,是", "documents": ""},
    "evaluation.give_mark": {"code": "A101", "points": "1", "remark": "可以"},
    "closing_acts.submit": {"said": "没有其他数据"},
    "closing_months.approve": {"month": "2023-05"},
    "closing_months.submit": {"month": "2023-05", "said-2023-05": "没有其他数据"},
    "closing_months.complete": {"month": "2023-05"},
    "closing_acts.return_": {"said": "请核对"},
    "closing_acts.ask_exception": {"reason": "再补报", "last_day": "2024-03-25", "of": ""},
    "closing_acts.propose": {"why": "补报之后"},
    "export_list.make": {"month": "2023-05", "scheme": "turpan-2022"},
    "review.verdict": {"verdict": "rejected", "note": "不符"},
    "verdicts.judge_year": {"code-call_answer_rate": "0", "verdict-call_answer_rate": "accepted"},
    "verdicts.judge_period": {"code-call_answer_rate": "0", "verdict-call_answer_rate": "accepted"},
    "samples.check": {},
    "proposing.trial": {},
    "proposals.reject": {"reason": "不同意"},
    "days.send": _ORDER,
    "day_numbers.save": {"messages": "1", "cases": "2", "visits": "3"},
    "month_grid.save": {"2023-05-03.messages": "1"},
    "erasures.ask": {"center": "tlf", "number": "13800000001", "reason": "本人书面申请删除"},
    "days.sign_zero_report": {"source": "calls", "first": "2023-04-01", "last": "2023-04-02"},
    "deliveries.void": {"reason": "导错了月份"},
    "answers.send": _PAPER,
    "imports.save_columns": {"sheet": "1", "kind": "calls", "header": "1", "title": "甲平台"},
    "imports.read_as": {"encoding": "gb18030"},
    "imports.commit": {"without": "1"},
    "profiles.copy": {"to": "small"},
    "declarations.say": {"topic": "labour", "holds": "yes", "known_as": "坐席服务费"},
    "questions.answer": {"answer": "same"},
    "questions.answer_people": {"staff_no": "R2", "answer": "left", "left_on": "2023-06-11"},
    "vault.reveal": {"reason": "核实一条记录"},
}  # fmt: skip
FILES: dict[str, File] = {
    "documents.attach": ("b.txt", "又一份\n".encode()),
    "imports.upload": (f"话单_2023-08_{YEAR_WORD}.csv", make_calls("2023-08-03", 7)),
    "settings.bring_scheme": ("新方案.toml", b'title = "x"\n'),
    "profiles.bring": ("乙平台.toml", b'title = "x"\nkind = "calls"\n'),
    "api.deliver": ("话单_2023-09.csv", make_calls("2023-09-03", 8)),
    "api.send_file": ("话单_2023-09.csv", make_calls("2023-09-03", 8)),
}
FILE_PARTS = {"evaluation.attest_value": "files"}


@dataclass(frozen=True)
class Route:
    """An address with its method."""

    rule: Rule
    method: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def asks(self) -> Right | Door | None:
        return get_declared_access(UNUSED, self.endpoint)

    @property
    def of_machines(self) -> bool:
        return self.asks is Door.MACHINE

    @property
    def takes_token(self) -> bool:
        return self.asks in (Door.MACHINE, Door.WALL)

    def fill(self, parts: Mapping[str, str]) -> str:
        """The address of these things."""
        values = {
            "center": "tlf", "year": "2023", "period": "2023-05", "day": "2023-05-03", "key": KEY,
            "side": "numerator", "name": "all_inbound", "scheme": "turpan-2022", "cell": "order_without_call",
            "rule": "inspections_known", "form": "order", "questionnaire": "hotline-2022", "kind": "workbook",
            "what": "unlock", "change": "unlock", "decision": "refusal", "of": "tlf",
            "session": "0" * 16, "month": "2023-05",
        }  # fmt: skip
        values |= parts
        if self.endpoint.startswith("tokens."):
            values["token"] = parts["api_token"]
        if self.endpoint.startswith("samples."):
            values["made"] = parts["sample"]
        address = self.rule.rule
        for name in self.rule.arguments:
            start = address.index(_find_part(address, name))
            part = _find_part(address, name)
            address = address[:start] + quote(values[name], safe="/") + address[start + len(part) :]
        return address


def _find_part(address: str, name: str) -> str:
    """The part of a rule that names an argument: <center>, <int:number>, <any(unlock, close):what>."""
    end = address.index(f"{name}>") + len(name) + 1
    return address[address.rindex("<", 0, end) : end]


def list_routes() -> Iterator[Route]:
    """Every address that answers, with each method that it takes."""
    for rule in UNUSED.url_map.iter_rules():
        if rule.endpoint not in STATIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Route(rule, method)


def ask(
    browser: Browser, route: Route, parts: Mapping[str, str], forms: Mapping[str, Mapping[str, Any]] = FORMS,
    **headers: str,
) -> Answer:  # fmt: skip
    """Asks for a route as its page would: a form with its token and everything that it needs."""
    address = route.fill(parts)
    if route.method == "GET":
        return browser.get(address, **headers)
    file = FILES.get(route.endpoint)
    part = FILE_PARTS.get(route.endpoint, "file")
    return browser.post(address, forms.get(route.endpoint, {}), file=file, part=part, headers=headers)
