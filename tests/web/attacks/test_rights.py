"""Every address, asked for by everybody who may not: refused, and nothing is written or told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.web.attacks.addresses import FILES, FORMS, OBJECT_PARTS, Route, ask, list_routes
from tests.web.attacks.contents import CENTRE_WORD, YEAR_WORD, make_objects, make_proposal
from tests.web.attacks.site import Answer, Site
from tests.web.conftest import NOW
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.access.guard import Door
from web.access.rights import Role

pytestmark = pytest.mark.slow

ROUTES = list(list_routes())
LETTERS = dict(zip("CMAEYSU", Role, strict=True))
LOGINS = {role: role.value for role in Role} | {
    Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "auditor",
}  # fmt: skip

# Who may do what as README.md and SECURITY.md say it, written without a look at what the routes declare; the
# first line that fits an address counts. Letters as in tests/web/access/test_routes.py.
MANUAL = [
    (r"(GET|POST) /-/sign-in|GET /-/session/(state|stay).json|GET /api/openapi.json|GET /healthz", "*"),
    (r"POST /-/sign-in/as/.*", "*"),  # of the demo alone
    (r".* /-/(account/.*|sign-out|sign-in/code|session/back|help/)|GET /", "CMAEYSU"),
    (r".* /-/centers/.*", "YS"),  # "makes the centre"
    (r"POST /.*/(settings|setup)/.*", "M"),  # "the manager goes through 启用准备"
    (
        r".* /-/(people|new-people|tokens|erasures|security-settings)/.*",
        "S",
    ),  # "That administrator adds the others"
    (r".* /-/system/.*", "Y"),
    (r".* /-/audit/.*", "U"),  # "read by the audit administrator alone"
    (r"GET /-/search/", "CMAE"),
    (r".* /api/.*", "K"),
    (r"GET /<center:center>/wall", "W"),  # "a token for its page alone"
    (r"POST /<center:center>/wall", "*"),  # where it is given in
    (r".* /.*/vault/.*", "M"),  # "Only a manager looks up a whole name or number"
    (r"POST /.*/(approval|refusal|rejection|return|lock)", "A"),  # the second of two people
    (r"POST /.*/closing/(months/)?completion", "CM"),
    (r"POST /.*/closing/.*", "M"),
    (r".* /.*/proposal(/trial)?|POST /.*/proposals/.*/withdrawal|POST /.*/choice", "M"),
    (r"POST /.*/(void|withdrawal)", "M"),  # corrects
    (r".* /.*/marks|POST /.*/(samples/.*|review(/.*)?)", "E"),
    (r"GET /.*/(samples|review|evidence)(/.*)?", "MAE"),
    (r".* /.*/exports(/.*)?", "MAE"),
    (r"GET /.*/quarantine.csv|.* /.*/(imports|profiles|questions|declarations)/.*", "CM"),
    (r"GET /.*\.(csv|xlsx|docx)|GET /.*/documents/.*/file", "MAE"),  # "whoever may export"
    (r".* /.*/(days(/.*)?|today|attach|attestations)|POST /.*/controls", "CM"),
    (r"GET /<center.*", "CMAE"),  # administrators "see none" of the figures
]


def get_letters(route: Route) -> str:
    """Who may, by the manual."""
    line = f"{route.method} {route.rule.rule}"
    return next(letters for pattern, letters in MANUAL if re.fullmatch(pattern, line))


@pytest.fixture(scope="module")
def parts(site: Site) -> dict[str, str]:
    return make_objects(site)


@pytest.fixture(scope="module")
def forms(site: Site) -> Mapping[str, Mapping[str, Any]]:
    """Bodies, those too that depend on what a page shows."""
    manager = site.signed_in("manager")
    proposal = make_proposal(manager)
    code = re.search(r'name="code" value="([^"]+)"', site.signed_in("evaluator").get(_VERDICT).text)
    assert code is not None
    return {
        **FORMS,
        "proposing.send": proposal,
        "proposing.trial": {"text": proposal["text"]},
        "review.verdict": {**FORMS["review.verdict"], "code": code[1]},
    }


_VERDICT = "/tlf/2023-05/review/call_answer_rate"


def read_state(site: Site) -> dict[str, Any]:
    """Every row of every table, but for sessions, counts of attempts, refusals and downloads; every file."""
    left_out = "'audit', 'audit_head', 'attempt_counts', 'sessions'"
    tables = site.ask(f"SELECT relname FROM pg_stat_user_tables WHERE relname NOT IN ({left_out})")
    hashed = " UNION ALL ".join(
        f"SELECT '{name}', count(*), md5(string_agg(x::text, ';' ORDER BY x::text)) FROM \"{name}\" x"
        for name in [*tables]
    )
    acts = "SELECT 'audit', count(*), '' FROM audit WHERE result <> 'refused' AND action <> 'exported'"
    ended = "SELECT 'sessions', count(*), '' FROM sessions WHERE ended_at IS NOT NULL"
    rows = {
        name: (count, digest)
        for name, count, digest in site.ask(f"{hashed} UNION ALL {acts} UNION ALL {ended}")
    }
    files = {
        str(path.relative_to(site.home)): path.stat().st_size
        for path in site.home.rglob("*")
        if path.is_file()
        and not {"incoming", "deliveries"} & {*path.parts}  # by their hash: nothing names them
    }
    return {**rows, "files": files}


@dataclass
class Attempt:
    """Somebody who may not, at an address."""

    who: str
    route: Route
    answer: Answer

    def __str__(self) -> str:
        where = f"{self.route.method} {self.route.rule.rule}"
        return f"{self.who}: {where}: {self.answer.status} {self.answer.location}"


def find_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in after if after[name] != before.get(name)]


def holds_any(answer: Answer, *words: str) -> bool:
    """Whether words stand in an answer; a workbook or archive is none that may be given out at all."""
    return any(word in answer.text for word in words)


def test_the_declared_rights_are_those_of_the_manual():
    for route in ROUTES:
        letters, asks = get_letters(route), route.asks
        if isinstance(asks, Door):
            assert letters == {Door.OPEN: "*", Door.MACHINE: "K", Door.WALL: "W"}[asks], route
        else:
            declared = {letter for letter, role in LETTERS.items() if asks in role.rights}
            declared = set(LETTERS) if asks and asks.name == "OWN_ACCOUNT" else declared
            assert declared == set(letters), (route.method, route.rule.rule, asks)


def test_whoever_lacks_the_right_is_refused_and_nothing_is_written(site: Site, parts, forms):
    browsers = {letter: site.signed_in(LOGINS[role]) for letter, role in LETTERS.items()}
    stranger, wrong = site.browser(), []
    for route in ROUTES:
        letters, before = get_letters(route), read_state(site)
        attempts = [
            Attempt(letter, route, ask(browser, route, parts, forms))
            for letter, browser in browsers.items()
            if letter not in letters and "*" not in letters
        ]
        for one in attempts:
            expected = (401, 429) if route.takes_token else (403,)
            if one.answer.status not in expected or holds_any(one.answer, CENTRE_WORD, YEAR_WORD):
                wrong.append(str(one))
        if "*" not in letters:
            unknown = Attempt("nobody", route, ask(stranger, route, parts, forms))
            if not is_at_the_door(unknown):
                wrong.append(str(unknown))
        wrong += [
            f"{route.method} {route.rule.rule} changed {name}"
            for name in find_changes(before, read_state(site))
        ]
    assert not wrong, "\n".join(map(str, wrong))


def is_at_the_door(attempt: Attempt) -> bool:
    """Whether somebody who is not signed in was sent to the door."""
    if attempt.route.takes_token:
        return attempt.answer.status in (401, 429)
    return attempt.answer.status == 302 and attempt.answer.location.startswith("/-/sign-in")


def list_of_center() -> list[Route]:
    return [one for one in ROUTES if "center" in one.rule.arguments and not isinstance(one.asks, Door)]


def test_whoever_belongs_to_another_centre_finds_nothing_and_writes_nothing(site: Site, parts, forms):
    logins = ("clerk.small", "manager.small", "approver.small", "evaluator.small")
    browsers, wrong = {login: site.signed_in(login) for login in logins}, []
    for route in list_of_center():
        before = read_state(site)
        for login, browser in browsers.items():
            theirs = Attempt(login, route, ask(browser, route, parts, forms))
            if theirs.answer.status != 404 or holds_any(theirs.answer, CENTRE_WORD, YEAR_WORD):
                wrong.append(str(theirs))
            if set(OBJECT_PARTS) & route.rule.arguments:  # a thing of theirs, asked for at one's own centre
                own = Attempt(login, route, ask(browser, route, {**parts, "center": "small"}, forms))
                if own.answer.status not in (302, 403, 404, 422) or holds_any(
                    own.answer, CENTRE_WORD, YEAR_WORD
                ):
                    wrong.append(f"at small: {own}")
        wrong += [
            f"{route.method} {route.rule.rule} changed {name}"
            for name in find_changes(before, read_state(site))
        ]
    assert not wrong, "\n".join(map(str, wrong))


WITHOUT_YEAR = {  # what a person of some years may do, because nobody can know of which year it is
    "imports.upload", "profiles.bring", "profiles.copy", "profiles.remove",
}  # fmt: skip


def test_whoever_has_another_year_alone_reads_nothing_of_this_one_and_writes_nothing(
    site: Site, parts, forms
):
    logins = ("clerk.2022", "manager.2022", "approver.2022", "evaluator.2022")
    browsers, wrong = {login: site.signed_in(login) for login in logins}, []
    of_2022 = {**parts, "year": "2022", "period": "2022-05", "day": "2022-05-03"}
    for route in list_of_center():
        if route.endpoint in WITHOUT_YEAR:
            continue
        before, dated = read_state(site), {"year", "period", "day"} & route.rule.arguments
        for login, browser in browsers.items():
            attempt = Attempt(login, route, ask(browser, route, parts, forms))
            if holds_any(attempt.answer, YEAR_WORD) or (dated and attempt.answer.status != 403):
                wrong.append(str(attempt))
            if (dated and set(OBJECT_PARTS) & route.rule.arguments) or route.endpoint == "days.send":
                crossed = Attempt(login, route, ask(browser, route, of_2022, forms))
                if crossed.answer.status not in (302, 403, 404, 422) or holds_any(crossed.answer, YEAR_WORD):
                    wrong.append(f"through 2022: {crossed}")
        wrong += [
            f"{route.method} {route.rule.rule} changed {name}"
            for name in find_changes(before, read_state(site))
        ]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_machine_of_another_centre_or_without_the_scope_is_refused(site: Site, parts):
    with site.database.connect() as connection:
        foreign = api_tokens.issue(
            connection, "small", "别处", scopes=frozenset(Scope), by="security", now=NOW
        )
        tokens = {
            scope: api_tokens.issue(
                connection, "tlf", scope.value, scopes=frozenset({scope}), by="s", now=NOW
            )
            for scope in Scope
        }
    wrong = []
    for route in ROUTES:
        if not route.of_machines:
            continue
        needs, before = site.app.view_functions[route.endpoint].scope, read_state(site)
        for name, token in {
            "small": foreign,
            **{scope: one for scope, one in tokens.items() if scope != needs},
        }.items():
            expected = 401 if name == "small" else 403
            answer = ask(site.browser(), route, parts, Authorization=f"Bearer {token}")
            if answer.status != expected or holds_any(answer, CENTRE_WORD, YEAR_WORD):
                wrong.append((route.endpoint, name, answer.status))
        after = read_state(site)
        wrong += [(route.endpoint, name) for name in find_changes(before, after) if name != "api_tokens"]
    assert not wrong, "\n".join(map(str, wrong))


WITHOUT_FIELDS = {
    "sign_in.sign_out", "sign_in.as_demo", "own_account.end_session", "people.end_grant",
    "people.decide_reset", "people.end_session", "people.change", "erasures.decide",
    "tokens.rotate", "tokens.revoke", "imports.trial",
    "imports.drop", "profiles.remove",
    "days.complete", "proposals.approve", "proposals.withdraw", "evaluation.choose", "closing_acts.complete",
    "closing_acts.approve", "closing_acts.ask_lock", "closing_acts.lock", "closing_acts.open_exception",
    "closing_acts.refuse_exception", "closing_acts.end_exception", "closing_acts.approve_proposal",
    "samples.check", "year_end.make",
}  # fmt: skip


def test_every_form_has_a_body():
    posted = {one.endpoint for one in ROUTES if one.method == "POST" and not one.endpoint.startswith("api.")}
    known = FORMS.keys() | FILES.keys() | WITHOUT_FIELDS | {"sign_in.attempt", "proposing.send"}
    assert posted - known == set()


def test_whoever_may_is_let_in_with_the_same_bodies(site: Site, parts, forms):
    """So that a refusal is of the person, not of the form; what is decided by then gets a sentence (422).
    The last test of this file: it changes things."""
    browsers = {letter: site.signed_in(LOGINS[role]) for letter, role in LETTERS.items()}
    skipped = {"sign_in.sign_out", "sign_in.as_demo", "sign_in.attempt", "own_account.password"}
    skipped.add("profiles.copy")  # its body names a centre that is not theirs
    wrong, taken = [], 0
    for route in ROUTES:
        letters = get_letters(route)
        if route.method == "GET" or route.endpoint in skipped or letters in ("*", "K"):
            continue
        for letter in letters[:2]:
            answer = ask(browsers[letter], route, parts, forms)
            taken += answer.status in (200, 302)
            if answer.status not in (200, 302, 422):
                wrong.append(str(Attempt(letter, route, answer)))
    assert not wrong, "\n".join(map(str, wrong))
    assert taken > 40
