"""The commands about people and the trail, and the first start."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click import Command, Context, Group
from click.testing import CliRunner

from tests.web.access.conftest import Place
from tests.web.conftest import NOW, app_of
from tracker.database import Database
from web.access import cli
from web.access.first_start import LOGIN, add_first_administrator
from web.access.people import PersonProblem, read_grants
from web.access.trail import Action, record, verify_trail
from web.cli import AUDITED, describe_command, hotline, main

Run = Callable[..., str]


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command over the instance and gives what it prints."""
    monkeypatch.setattr(cli, "open_database", lambda _: place.database)
    monkeypatch.setattr(cli, "_get_now", lambda: place.now)

    def run(command: Command, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    return run


def password_in(text: str) -> str:
    found = re.search(r"\S{4}-\S{4}-\S{4}-\S{4}", text)
    assert found is not None, text
    return found[0]


def test_a_person_is_added_granted_and_can_sign_in(place: Place, run: Run):
    password = password_in(run(cli.people, "add", "wang", "--name", "王某"))
    assert "已授权 wang：业务主管，tlf，2023年、2024年，2024-03-10 起长期。" in run(
        cli.people, "grant", "wang", "manager", "--center", "tlf", "--years", "2023,2024"
    )
    assert "/-/account/password" in place.signed_in("wang", password).get("/tlf/2024/").headers["Location"]
    listed = run(cli.people, "list")
    assert "wang\t王某" in listed
    assert "业务主管，tlf，2023年、2024年" in listed


def test_a_token_is_issued_rotated_and_revoked_at_the_machine(place: Place, run: Run):
    def asked(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return place.app.test_client().get("/api/centers/tlf/definitions", headers=headers).status_code

    def token_in(text: str) -> str:
        return text.partition("（")[0]

    assert "还没有签发过令牌" in run(cli.tokens, "list")
    scopes = ("--scope", "figures:read", "--scope", "rows:read")
    old = token_in(run(cli.tokens, "issue", "大屏", "--center", "tlf", *scopes, "--days", "30"))
    listed = run(cli.tokens, "list")
    assert "大屏\tfigures:read,rows:read\t2024-04-09 到期\t最近使用 从未\t有效" in listed
    number = listed.partition("\t")[0]
    new = token_in(run(cli.tokens, "rotate", number))
    assert (asked(old), asked(new)) == (200, 200)
    assert "不能再换新" in run(cli.tokens, "rotate", number, code=1)
    assert "已吊销“大屏”的令牌" in run(cli.tokens, "revoke", number)
    assert (asked(old), asked(new)) == (401, 200)
    assert "没有编号为“zz”的令牌" in run(cli.tokens, "revoke", "zz", code=1)
    acts = [action for action in place.trail("action") if action != "token_refused"]
    assert acts == ["token_issued", "token_rotated", "token_revoked"]


def test_a_password_is_reset(place: Place, run: Run):
    place.add("wang")
    client = place.signed_in("wang")
    password = password_in(run(cli.people, "reset-password", "wang"))
    assert place.sign_in("wang", password)[1].status_code == 302
    assert client.get("/-/account/").status_code == 302
    written = dict(place.trail("action", "login"))
    assert written["password_reset"].startswith("本机:")


def test_an_empty_instance_says_how_to_begin(run: Run):
    assert "还没有任何账号" in run(cli.people, "list")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "Wang", "--name", "王某"), "登录名“Wang”不能用"),
        (("grant", "nobody", "clerk"), "没有登录名为“nobody”的账号"),
        (("grant", "zhou", "evaluator", "--center", "tlf"), "评价人员的授权必须写明"),
        (("grant", "zhou", "manager", "--years", "二三年"), "看不懂"),
        (("reset-password", "nobody"), "没有登录名为“nobody”的账号"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    place: Place, run: Run, arguments: tuple[str, ...], sentence: str
):
    place.add("zhou")
    with pytest.raises(PersonProblem, match=sentence):
        run(cli.people, *arguments)


def test_the_trail_is_verified(place: Place, run: Run):
    place.sign_in("nobody", "x")
    assert "通过。1 条逐条相符" in run(cli.audit, "verify")
    with place.database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE audit DISABLE TRIGGER append_only")
        connection.execute("UPDATE audit SET about = 'x'")
    assert "不通过。第 1 条的内容与其哈希值不符" in run(cli.audit, "verify", code=1)


def test_the_first_start_makes_one_administrator_who_must_change_her_password(place: Place):
    told = add_first_administrator(place.database, NOW)
    assert told is not None
    client = place.signed_in(LOGIN, password_in(told))
    assert client.get("/-/people/").headers["Location"] == "/-/account/password"
    with place.database.connect() as connection:
        held = read_grants(connection)
    assert [grant.role.label for grant in held[LOGIN]] == ["安全管理员"]


def test_a_second_start_makes_nobody_and_prints_nothing(place: Place):
    add_first_administrator(place.database, NOW)
    assert add_first_administrator(place.database, NOW) is None


def test_two_starts_at_once_make_one_administrator(place: Place):
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: add_first_administrator(place.database, NOW), range(4)))
    assert len([one for one in told if one]) == 1


def test_writers_of_the_trail_do_not_fork_the_chain(database: Database):
    def write(number: int) -> None:
        with database.connect() as connection:
            record(connection, Action.SIGNED_IN, login=f"p{number}", address="", now=NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(30)))
    with database.connect() as connection:
        verdict = verify_trail(connection)
    assert (verdict.checked, verdict.problem) == (30, None)


def test_what_is_rolled_back_leaves_no_row(place: Place):
    with pytest.raises(ZeroDivisionError), place.database.connect() as connection:
        record(connection, Action.GRANTED, login="zhou", address="", now=NOW)
        raise ZeroDivisionError
    assert place.trail("seq") == []


def test_the_demo_lets_in_without_a_password(database: Database):
    from tracker import centers
    from web.access.demo_people import PEOPLE, add_demo_people

    with database.connect() as connection:
        centers.create_center(connection, "city", "示例市", now=NOW)
        for _ in range(2):
            add_demo_people(connection, "city", NOW)
    app = app_of(database, demo=True)
    text = app.test_client().get("/-/sign-in").text
    assert all(name in text for _, name, _, _ in PEOPLE)
    assert "<label" not in text  # there is nothing to type
    for login, *_ in PEOPLE:
        client = app.test_client()
        client.post(f"/-/sign-in/as/{login}")
        assert client.get("/", follow_redirects=True).status_code == 200


READING = frozenset(  # commands that change nothing and hand nothing over that was not on the screen before
    (
        "demo", "serve", "stop", "check", "jobs run", "jobs list",
        "profile new", "profile check", "profile list",
        "center list", "deliveries", "questions", "quarantine",
        "sample", "kpi", "catalogue", "definition show", "definition check", "definition diff",
        "definition impact", "definition history", "definition compare", "code", "verify", "verdicts",
        "sample-rows", "verifier", "log verify", "log show", "log head", "audit verify", "package key",
        "documents missing", "documents check", "evaluate", "rehearse", "schemes", "schemes check",
        "survey", "templates", "templates check", "templates copy", "claims",
    )
)  # fmt: skip
OWN_ROWS = frozenset(
    (
        "people add", "people list", "people grant", "people reset-password",
        "people forget-second-factor", "disclose", "vault erase", "vault abandon", "vault rotate",
        "tokens list", "tokens issue", "tokens rotate", "tokens revoke",
    )
)  # fmt: skip


def commands_of(group: Group, *above: str) -> Iterator[str]:
    context = Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, Group):
            yield from commands_of(command, *above, name)
        if not isinstance(command, Group) or command.invoke_without_command:
            yield " ".join((*above, name))


def test_of_every_command_somebody_has_decided_whether_it_is_audited():
    assert set(commands_of(hotline)) == AUDITED | READING | OWN_ROWS


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("month report 2023-05 out.docx --center tlf", "month report 2023-05 out.docx"),
        ("attest urumqi-2023 A102 是,是 --year 2023", "attest urumqi-2023 A102"),
        ("quarantine --delivery d1 --settle all --by 张三", "quarantine"),
        ("quarantine --delivery d1", None),
        ("ingest a.csv b.csv c.csv", "ingest a.csv b.csv"),
        ("export --year 2023 out.xlsx", "export"),
        ("ingest a.csv --dry-run", None),
        ("ingest --help", None),
        ("kpi 2023", None),
        ("month", None),
        ("", None),
    ],
)
def test_a_command_is_told_with_what_it_was_about_and_without_values(typed: str, told: str | None):
    assert describe_command(typed.split()) == told


def typed(*words: str) -> object:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ending:
        main(words)
    return ending.value.code


def test_a_command_at_the_machine_leaves_a_row(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", place.database.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", place.database.admin_url)
    assert typed("center", "add", "county", "--name", "示例县热线") == 0
    assert typed("center", "add", "county", "--name", "又一个") == 2
    assert typed("center", "list") == 0
    ((action, about, login),) = place.trail("action", "about", "login")
    assert (action, about) == ("commanded", "center add county")
    assert login.startswith("本机:")
