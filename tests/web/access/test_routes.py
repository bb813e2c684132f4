"""Every route and every role: who is let in, and who is turned away."""

import pytest
from flask import Flask

from tests.web.conftest import ROLES, app_of, signed_in_client
from tracker.database import Database
from web.access.guard import Door, get_declared_access
from web.access.rights import Role

# C 录入员 M 业务主管 A 审批人 E 评价人员 Y 系统管理员 S 安全管理员 U 审计管理员, * whoever, K a machine,
# W a wall screen
TABLE = """
GET  /                                                     C M A E Y S U
GET  /-/sign-in                                            *
POST /-/sign-in                                            *
POST /-/sign-in/as/<login>                                 *
GET  /-/session/state.json                                 *
GET  /-/session/stay.json                                  *
GET  /-/session/back                                       C M A E Y S U
GET  /-/sign-in/code                                       C M A E Y S U
POST /-/sign-in/code                                       C M A E Y S U
POST /-/sign-out                                           C M A E Y S U
GET  /-/account/                                           C M A E Y S U
GET  /-/account/password                                   C M A E Y S U
POST /-/account/password                                   C M A E Y S U
GET  /-/account/second-factor                              C M A E Y S U
POST /-/account/second-factor                              C M A E Y S U
GET  /-/account/recovery-codes                             C M A E Y S U
POST /-/account/recovery-codes                             C M A E Y S U
POST /-/account/sessions/<other>/end                       C M A E Y S U
GET  /-/people/                                            S
POST /-/people/                                            S
GET  /-/people/<login>                                     S
POST /-/people/<login>/grants                              S
POST /-/people/<login>/grants/<int:grant_id>/end           S
POST /-/people/<login>/resets                              S
POST /-/people/<login>/resets/<int:number>/<decision>      S
POST /-/people/<login>/sessions/<session>/end              S
POST /-/people/<login>/<change>                            S
GET  /-/new-people/                                        S
POST /-/new-people/                                        S
GET  /-/centers/                                           Y S
POST /-/centers/                                           Y S
GET  /-/tokens/                                            S
POST /-/tokens/                                            S
POST /-/tokens/<of>/<token>/revoke                         S
POST /-/tokens/<of>/<token>/rotation                       S
GET  /-/erasures/                                          S
POST /-/erasures/                                          S
POST /-/erasures/<int:number>/<decision>                   S
GET  /-/system/                                            Y
GET  /-/security-settings/                                 S
POST /-/security-settings/                                 S
GET  /-/audit/                                             U
GET  /-/audit/trail.csv                                    U
GET  /-/audit/verification                                 U
GET  /-/help/                                              C M A E Y S U
GET  /-/search/                                            C M A E
GET  /<center>/                                            C M A E
GET  /<center>/wall                                        W
POST /<center>/wall                                        *
GET  /<center>/<year>/                                     C M A E
GET  /<center>/<year>/<key>                                C M A E
GET  /<center>/<period>/<key>                              C M A E
GET  /<center>/<year>/coverage                             C M A E
GET  /<center>/<year>/documents                            C M A E
GET  /<center>/<year>/documents/missing                    C M A E
GET  /<center>/<year>/documents/attach                     C M
POST /<center>/<year>/documents/attach                     C M
GET  /<center>/documents/<document>                        C M A E
GET  /<center>/documents/<document>/file                   M A E
POST /<center>/documents/<document>/withdrawal             M
GET  /<center>/<year>/controls                             C M A E
POST /<center>/<year>/controls                             C M
GET  /<center>/<year>/controls/matrix                      C M A E
GET  /<center>/<period>/controls/<cell>                    C M A E
GET  /<center>/<year>/evaluation/                          C M A E
GET  /<center>/<year>/evaluation/<scheme>/                 C M A E
POST /<center>/<year>/evaluation/<scheme>/choice           M
GET  /<center>/<year>/evaluation/<scheme>/published        C M A E
GET  /<center>/<year>/evaluation/<scheme>/rehearsal        C M A E
GET  /<center>/<year>/evaluation/<scheme>/attestations     C M
POST /<center>/<year>/evaluation/<scheme>/attestations     C M
GET  /<center>/<year>/evaluation/<scheme>/marks            E
POST /<center>/<year>/evaluation/<scheme>/marks            E
GET  /<center>/<year>/closing                              C M A E
GET  /<center>/tasks                                       C M A E
GET  /<center>/<year>/closing/months                       C M A E
POST /<center>/<year>/closing/months/approval              A
POST /<center>/<year>/closing/months/submission            M
POST /<center>/<year>/closing/months/completion            C M
GET  /<center>/<period>/closing                            C M A E
GET  /<center>/<period>/closing/late                       C M A E
GET  /<center>/<period>/closing/history                    C M A E
GET  /<center>/<period>/closing/rules/<rule>               C M A E
POST /<center>/<period>/closing/completion                 C M
POST /<center>/<period>/closing/submission                 M
POST /<center>/<period>/closing/approval                   A
POST /<center>/<period>/closing/return                     A
POST /<center>/<period>/closing/lock-request               M
POST /<center>/<period>/closing/lock                       A
POST /<center>/<period>/closing/exceptions                 M
POST /<center>/<period>/closing/exceptions/<int:number>/approval A
POST /<center>/<period>/closing/exceptions/<int:number>/refusal A
POST /<center>/<period>/closing/exceptions/<int:number>/end M
POST /<center>/<period>/closing/corrections                M
POST /<center>/<period>/closing/corrections/approval       A
GET  /<center>/<year>/workbook.xlsx                        M A E
GET  /<center>/<year>/public.csv                           M A E
GET  /<center>/<year>/exports                              M A E
GET  /<center>/<year>/exports/year-end                     M A E
POST /<center>/<year>/exports/year-end                     M A E
POST /<center>/<year>/exports/<kind>                       M A E
GET  /<center>/<year>/exports/<made>                       M A E
GET  /<center>/<year>/evidence                             M A E
GET  /<center>/<year>/samples/<made>                       M A E
POST /<center>/<year>/samples/<made>                       E
GET  /<center>/<year>/review                               M A E
GET  /<center>/<period>/review                             M A E
POST /<center>/<year>/review                               E
POST /<center>/<period>/review                             E
GET  /<center>/<period>/review/<key>                       M A E
POST /<center>/<period>/review/<key>                       E
GET  /<center>/<period>/                                   C M A E
GET  /<center>/<period>/report                             C M A E
GET  /<center>/<period>/report.docx                        M A E
GET  /<center>/<period>/<key>/figure                       C M A E
GET  /<center>/<period>/<key>/compare                      C M A E
GET  /<center>/<year>/<key>/compare/<name>                 C M A E
GET  /<center>/<period>/<key>/parts                        C M A E
GET  /<center>/<period>/<key>/change                       C M A E
GET  /<center>/<period>/<key>/net                          C M A E
GET  /<center>/<period>/<key>/net.csv                      M A E
GET  /<center>/<period>/<key>/<side>                       C M A E
GET  /<center>/<period>/<key>/<side>.csv                   M A E
GET  /<center>/<period>/analysis/calls                     C M A E
GET  /<center>/<period>/analysis/orders                    C M A E
GET  /<center>/<period>/analysis/orders/open               C M A E
GET  /<center>/<period>/analysis/orders/held               C M A E
GET  /<center>/<period>/analysis/staff                     C M A E
GET  /<center>/<period>/analysis/payments                  C M A E
GET  /<center>/<period>/analysis/surveys                   C M A E
GET  /<center>/<period>/analysis/arrivals                  C M A E
GET  /<center>/setup                                       C M A E
POST /<center>/setup/<what>                                M
GET  /<center>/settings/                                   C M A E
POST /<center>/settings/name                               M
POST /<center>/settings/schemes                            M
POST /<center>/settings/hours                              M
GET  /<center>/definitions/                                C M A E
GET  /<center>/definitions/<key>                           C M A E
GET  /<center>/definitions/proposals                       C M A E
GET  /<center>/definitions/<key>/proposal                  M
POST /<center>/definitions/<key>/proposal                  M
POST /<center>/definitions/<key>/proposal/trial            M
GET  /<center>/definitions/<key>/proposals/<int:number>    C M A E
POST /<center>/definitions/<key>/proposals/<int:number>/approval A
POST /<center>/definitions/<key>/proposals/<int:number>/rejection A
POST /<center>/definitions/<key>/proposals/<int:number>/withdrawal M
GET  /<center>/today                                       C M
GET  /<center>/days/<day>                                  C M
GET  /<center>/days/                                       C M
POST /<center>/days/<day>/numbers                          C M
GET  /<center>/<month>/days                                C M
POST /<center>/<month>/days                                C M
POST /<center>/days/<day>/complete                         C M
GET  /<center>/days/<day>/<form>                           C M
POST /<center>/days/<day>/<form>                           C M
GET  /<center>/days/<day>/zero-report                      C M
POST /<center>/days/<day>/zero-report                      C M
GET  /<center>/deliveries/                                 C M A E
GET  /<center>/deliveries/<delivery>                       C M A E
POST /<center>/deliveries/<delivery>/void                  M
GET  /<center>/days/<day>/answers                          C M
GET  /<center>/days/<day>/answers/<questionnaire>          C M
POST /<center>/days/<day>/answers/<questionnaire>          C M
GET  /<center>/imports/                                    C M
POST /<center>/imports/                                    C M
GET  /<center>/imports/<upload>                            C M
GET  /<center>/imports/<upload>/mapping                    C M
POST /<center>/imports/<upload>/mapping                    C M
POST /<center>/imports/<upload>/encoding                   C M
POST /<center>/imports/<upload>/trial                      C M
POST /<center>/imports/<upload>/commit                     C M
POST /<center>/imports/<upload>/drop                       C M
GET  /<center>/imports/<upload>/rejects/<int:number>.xlsx  C M
GET  /<center>/profiles/                                   C M
POST /<center>/profiles/                                   C M
GET  /<center>/profiles/<profile>.toml                     C M
POST /<center>/profiles/<profile>/copy                     C M
POST /<center>/profiles/<profile>/removal                  C M
GET  /<center>/declarations/                               C M
POST /<center>/declarations/                               C M
GET  /<center>/questions/                                  C M
POST /<center>/questions/<int:number>                      C M
POST /<center>/questions/people                            C M
GET  /<center>/quarantine/                                 C M A E
GET  /<center>/quarantine.csv                              C M
GET  /<center>/things/<path:subject>                       C M A E
GET  /<center>/events/<int:seq>                            C M A E
GET  /<center>/events/<int:seq>/source                     C M A E
GET  /<center>/vault/<token>                               M
POST /<center>/vault/<token>                               M
GET  /api/openapi.json                                     *
GET  /healthz                                              *
POST /api/centers/<center>/deliveries                      K
POST /api/centers/<center>/files                           K
GET  /api/centers/<center>/files/<file>                    K
POST /api/centers/<center>/events                          K
POST /api/centers/<center>/events/batch                    K
GET  /api/centers/<center>/figures/<period>                K
GET  /api/centers/<center>/figures/<period>/<key>/<side>   K
GET  /api/centers/<center>/coverage/<year>                 K
GET  /api/centers/<center>/definitions                     K
GET  /api/centers/<center>/codes/<code>                    K
GET  /api/centers/<center>/scores/<year>                   K
GET  /api/centers/<center>/scores/<year>/<scheme>          K
"""

LETTERS = dict(zip("CMAEYSU", Role, strict=True))
FILLED = {
    "<center>": "small", "<year>": "2024", "<period>": "2024-02", "<month>": "2024-02",
    "<key>": "cases_handled",
    "<side>": "numerator", "<delivery>": "d1", "<path:subject>": "day/2024-02-01", "<int:seq>": "1",
    "<int:grant_id>": "0", "<upload>": "none", "<day>": "2024-02-01", "<form>": "order", "<int:number>": "1",
    "<document>": "0123456789abcdef", "<scheme>": "turpan-2022", "<name>": "all_inbound",
    "<cell>": "calls_inbound", "<rule>": "calls_order", "<kind>": "none", "<made>": "none",
    "<questionnaire>": "hotline-2022", "<what>": "targets",
    "<file>": "none", "<code>": "none",
    "<login>": "nobody", "<change>": "unlock", "<decision>": "refusal",
    "<token>": "phone-0", "<of>": "small", "<other>": "0", "<session>": "0",
}  # fmt: skip


def table() -> list[tuple[str, str, str]]:
    """Method, address and letters of each line."""
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [(method, address, "".join(letters)) for method, address, *letters in lines]


CASES = [
    pytest.param(method, address, letters, role, id=f"{method} {address} {role.value}")
    for method, address, letters in table()
    for role in Role
]


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


def shape(rule: str) -> str:
    """A rule as the table writes it: converters of ours without their names."""
    for converter in ("center", "year", "period", "month", "day"):
        rule = rule.replace(f"<{converter}:{converter}>", f"<{converter}>")
    rule = rule.replace("<any(numerator, denominator):side>", "<side>")
    rule = rule.replace("<any(confirmation, refusal):decision>", "<decision>")
    return rule.replace("<any(unlock, close, reopen, sign_out):what>", "<change>")


def test_the_table_lists_every_route(app: Flask):
    there = {
        (method, shape(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if not rule.endpoint.endswith("static")
    }
    listed = {(method, address) for method, address, _ in table()}
    for method, address in sorted(there - listed):
        pytest.fail(f"{method} {address} is new: add a line to TABLE that says which roles it lets in")
    for method, address in sorted(listed - there):
        pytest.fail(f"{method} {address} is in TABLE, but no such route is left: take its line out")


def test_every_route_declares_what_it_asks_for(app: Flask):
    for rule in app.url_map.iter_rules():
        if get_declared_access(app, rule.endpoint) is None:
            pytest.fail(
                f"{rule.rule} declares no right, so nobody is let in: write @allowed(Right.…) below the"
                f" route's decorator of {rule.endpoint} (web/access/__init__.py tells how)"
            )


def test_a_route_that_declares_nothing_is_refused_for_everybody(peopled: Database):
    app = app_of(peopled)

    @app.get("/-/forgotten")
    def forgotten() -> str:
        return "open"

    for role in Role:
        assert signed_in_client(app, ROLES[role]).get("/-/forgotten").status_code == 403
    assert app.test_client().get("/-/forgotten").status_code == 403


def refused(app: Flask, method: str, address: str, login: str | None) -> bool:
    """Whether a person (or nobody) is turned away from an address."""
    for part, value in FILLED.items():
        address = address.replace(part, value)
    client = signed_in_client(app, login) if login else app.test_client()
    answer = client.open(address, method=method)
    assert answer.status_code < 500 or address == "/healthz"  # which tells that no jobs run here
    if login is None and answer.status_code == 302:
        return answer.headers["Location"].startswith("/-/sign-in")
    return answer.status_code in (401, 403, 429)  # the last: turned away too often


@pytest.mark.parametrize(("method", "address", "letters", "role"), CASES)
def test_a_role_is_let_in_where_the_table_says(
    app: Flask, method: str, address: str, letters: str, role: Role
):
    let_in = "*" in letters or role in {LETTERS[letter] for letter in letters if letter in LETTERS}
    assert refused(app, method, address, ROLES[role]) is not let_in


@pytest.mark.parametrize(("method", "address", "letters"), table())
def test_whoever_is_not_signed_in_sees_the_door_alone(app: Flask, method: str, address: str, letters: str):
    assert refused(app, method, address, None) is ("*" not in letters)


def test_what_asks_for_nobody_is_little(app: Flask):
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if get_declared_access(app, rule.endpoint) is Door.OPEN
    }
    assert open_to_all == {
        "static", "bootstrap.static", "sign_in.form", "sign_in.attempt", "sign_in.as_demo",
        "presence.state", "presence.stay", "openapi.description", "health.state", "wall.enter",
    }  # fmt: skip


def test_business_data_is_hidden_from_administrators(app: Flask):
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        answer = signed_in_client(app, ROLES[role]).get("/tlf/2023/")
        assert answer.status_code == 403
        assert "系统管理类账号不能查看业务数据" in answer.text
