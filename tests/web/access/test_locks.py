"""Locks, two people for a reset, recovery codes, passwords that everybody tries, and who is who."""

import math
import re
import threading
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask.testing import FlaskClient

from tests.web.access.conftest import PASSWORD, Place
from tests.web.conftest import app_of, grant
from tracker.centers import RESERVED, CenterProblem, create_center
from tracker.database import Database
from tracker.signatures import format_signature, is_same_person
from web.access import cli, passwords
from web.access.known_passwords import is_known
from web.access.people import (
    Grant,
    PersonProblem,
    add_person,
    find_account,
    format_name,
    give,
    read_person,
    set_active,
)
from web.access.policy import TOTP_RIGHTS, Policy
from web.access.recovery_codes import is_recovery_code, make_recovery_codes
from web.access.rights import Role
from web.addresses import CenterCode

WRONG = "Falsch-1234"


def enrol(client: FlaskClient, place: Place) -> tuple[str, list[str]]:
    """Sets up the second factor: its secret, and the recovery codes."""
    found = re.search(r'<code class="hash">([A-Z2-7 ]+)</code>', client.get("/-/account/second-factor").text)
    assert found is not None
    secret = found[1].replace(" ", "")
    typed = {"code": pyotp.TOTP(secret).at(place.now), "password": PASSWORD}
    answer = client.post("/-/account/second-factor", data=typed)
    assert answer.status_code == 200
    return secret, re.findall(r"<code>([a-z2-9-]{29})</code>", answer.text)


def lock_of(place: Place, login: str = "wang") -> Any:
    with place.database.connect() as connection:
        account = find_account(connection, login)
    assert account is not None
    return account.locked_until


class Inside:
    """Somebody half signed in and somebody signed in, and what either tries."""

    def __init__(self, place: Place) -> None:
        place.add("wang", grant(Role.MANAGER))
        self.place, self.inside = place, place.signed_in("wang")
        self.secret, self.codes = enrol(self.inside, place)
        place.later(minutes=1)
        self.half_way = place.signed_in("wang")

    def sign_in(self, right: bool) -> int:
        return self.place.sign_in("wang", PASSWORD if right else WRONG)[1].status_code

    def change(self, right: bool) -> int:
        typed = {"present": PASSWORD if right else WRONG, "wanted": "Xk7#pq2mZ9", "again": "Xk7#pq2mZ9"}
        return self.inside.post("/-/account/password", data=typed).status_code

    def code(self, right: bool) -> int:
        code = pyotp.TOTP(self.secret).at(self.place.now) if right else "000000"
        return self.half_way.post("/-/sign-in/code", data={"code": code}).status_code

    def recovery(self, right: bool) -> int:
        code = self.codes[0] if right else "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"
        return self.half_way.post("/-/sign-in/code", data={"code": code}).status_code


@pytest.mark.parametrize("secret", ["sign_in", "change", "code", "recovery"])
def test_whatever_is_tried_on_a_locked_account_leaves_its_lock_as_it_is(place: Place, secret: str):
    someone = Inside(place)
    for _ in range(5):
        place.sign_in("wang", WRONG)
    locked_until = lock_of(place)
    assert locked_until is not None
    place.later(minutes=5)
    for right in (False, True, False):
        assert getattr(someone, secret)(right) in (401, 422)
        assert lock_of(place) == locked_until


@pytest.mark.parametrize("secret", ["sign_in", "change", "code", "recovery"])
def test_five_wrong_tries_of_any_secret_lock_the_account(place: Place, secret: str):
    someone = Inside(place)
    for number in range(1, 6):
        assert lock_of(place) is None, number
        getattr(someone, secret)(False)
    assert lock_of(place) is not None
    place.later(minutes=31)
    assert place.sign_in("wang")[1].status_code == 302


def test_codes_cannot_be_guessed_on_by_signing_in_anew(place: Place):
    someone = Inside(place)
    for _ in range(12):  # each with the right password before it
        client, answer = place.sign_in("wang")
        if answer.status_code == 302:
            someone.half_way = client
            someone.code(False)
    assert [row for row in place.trail("about") if row == "动态口令不正确"] == ["动态口令不正确"] * 5


def test_a_change_of_password_on_a_locked_account_computes_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    someone = Inside(place)
    for _ in range(5):
        place.sign_in("wang", WRONG)
    monkeypatch.setattr("web.access.passwords.is_password_of", lambda *_: pytest.fail("looked at"))
    assert someone.change(True) == 422


class CountingHasher(PasswordHasher):
    """Counts what it computes."""

    computed = 0

    def hash(self, *arguments: Any, **options: Any) -> str:
        self.computed += 1
        return super().hash(*arguments, **options)

    def verify(self, *arguments: Any) -> Any:
        self.computed += 1
        return super().verify(*arguments)


def test_known_unknown_closed_and_locked_names_cost_the_same(place: Place, monkeypatch: pytest.MonkeyPatch):
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    for login in ("wang", "closed", "locked"):
        place.add(login)
    with place.database.connect() as connection:
        set_active(connection, "closed", False)
    for _ in range(5):
        place.sign_in("locked", WRONG)
    place.sign_in("nobody", WRONG)  # the first one makes the hash that unknown names are held against
    costs = {}
    for login in ("wang", "nobody", "nobody.else", "closed", "locked"):
        before = hasher.computed
        place.sign_in(login, WRONG)
        costs[login] = hasher.computed - before
    assert set(costs.values()) == {1}, costs


# a reset of somebody else's password or second factor


def admins(place: Place, *logins: str) -> list[FlaskClient]:
    for login in logins:
        place.add(login, grant(Role.SECURITY_ADMIN))
    return [place.signed_in(login) for login in logins]


@pytest.mark.parametrize("what", ["password", "second_factor"])
def test_a_reset_takes_two_administrators(place: Place, what: str):
    place.add("shen", grant(Role.AUDIT_ADMIN))
    enrol(place.signed_in("shen"), place)
    zhou, qian = admins(place, "zhou", "qian")
    asked = zhou.post("/-/people/shen/resets", data={"what": what}, follow_redirects=True).text
    assert "待批准" in asked and "once-word" not in asked
    assert place.sign_in("shen")[1].status_code == 302
    confirm = "/-/people/shen/resets/1/confirmation"
    assert zhou.post(confirm).status_code == 422
    assert place.sign_in("shen")[1].status_code == 302
    answer = qian.post(confirm, follow_redirects=True)
    assert answer.status_code == 200
    assert ("once-word" in answer.text) is (what == "password")
    assert place.sign_in("shen")[1].status_code == (401 if what == "password" else 302)
    assert qian.post(confirm).status_code == 422
    last = "password_reset" if what == "password" else "second_factor_removed"
    assert {"reset_asked", last} <= set(place.trail("action"))


def test_an_administrator_confirms_no_reset_of_her_own_account_and_a_request_ends(place: Place):
    zhou, qian = admins(place, "zhou", "qian")
    admins(place, "third")
    zhou.post("/-/people/qian/resets", data={"what": "password"})
    assert qian.post("/-/people/qian/resets/1/confirmation").status_code == 422
    place.later(hours=73)
    assert place.signed_in("third").post("/-/people/qian/resets/1/confirmation").status_code == 422
    assert place.sign_in("qian")[1].status_code == 302


def test_with_one_administrator_the_command_at_the_machine_does_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    place.add("wang", grant(Role.MANAGER))
    enrol(place.signed_in("wang"), place)
    (zhou,) = admins(place, "zhou")
    answer = zhou.post("/-/people/wang/resets", data={"what": "second_factor"})
    assert answer.status_code == 422
    assert "hotline people forget-second-factor wang" in answer.text
    monkeypatch.setattr(cli, "open_database", lambda _: place.database)
    monkeypatch.setattr(cli, "_get_now", lambda: place.now)
    result = CliRunner().invoke(cli.people, ["forget-second-factor", "wang"])
    assert result.exit_code == 0, result.output
    assert place.trail("action")[-1] == "second_factor_removed"
    assert place.signed_in("wang").get("/tlf/2024/").status_code == 200


def test_a_one_time_password_that_was_never_replaced_is_renewed_by_one(place: Place):
    (zhou,) = admins(place, "zhou")
    zhou.post("/-/people/", data={"login": "li.si", "name": "李四"})
    assert "once-word" in zhou.post("/-/people/li.si/resets", data={"what": "password"}).text


# recovery codes, and who needs a second factor


def test_a_recovery_code_lets_in_once(place: Place):
    place.add("wang", grant(Role.MANAGER))
    _, codes = enrol(place.signed_in("wang"), place)
    assert len(set(codes)) == 8
    for expected in (302, 401):
        client = place.signed_in("wang")
        typed = {"code": codes[3].upper().replace("-", " ")}
        assert client.post("/-/sign-in/code", data=typed).status_code == expected
    with place.database.connect() as connection:
        account = find_account(connection, "wang")
    assert account is not None
    assert len(account.recovery_codes) == 7
    assert codes[0] not in str(account.recovery_codes)


def renew(client: FlaskClient, password: str, code: str) -> tuple[int, list[str]]:
    """Asks for new recovery codes: the status, and the codes that are shown."""
    answer = client.post("/-/account/recovery-codes", data={"password": password, "code": code})
    return answer.status_code, re.findall(r"<code>([a-z2-9-]{29})</code>", answer.text)


def test_recovery_codes_are_renewed_alone_by_password_and_code(place: Place):
    place.add("wang", grant(Role.MANAGER))
    client = place.signed_in("wang")
    secret, former = enrol(client, place)
    place.later(minutes=1)
    code = pyotp.TOTP(secret).at(place.now)
    assert renew(client, WRONG, code) == (422, [])
    assert renew(client, PASSWORD, "000000") == (422, [])
    assert renew(client, PASSWORD, former[0])[0] == 422
    status, codes = renew(client, PASSWORD, code)
    assert (status, len(set(codes)), set(codes) & set(former)) == (200, 8, set())
    assert renew(client, PASSWORD, code)[0] == 422  # a code holds once
    half_way = place.signed_in("wang")
    assert half_way.post("/-/sign-in/code", data={"code": former[1]}).status_code == 401
    assert half_way.post("/-/sign-in/code", data={"code": codes[1]}).status_code == 302
    assert place.trail("action").count("recovery_codes_renewed") == 1


def test_a_recovery_code_has_at_least_112_bits_and_is_written_as_the_page_shows_it():
    signs = {sign for _ in range(100) for code in make_recovery_codes() for sign in code if sign != "-"}
    lengths = {len(code.replace("-", "")) for code in make_recovery_codes()}
    assert len(lengths) == 1
    assert min(lengths) * math.log2(len(signs)) >= 112
    assert all(is_recovery_code(code) for code in make_recovery_codes())


def test_codes_are_not_guessed_on_by_renewing_with_the_right_password(place: Place):
    place.add("wang", grant(Role.MANAGER))
    client = place.signed_in("wang")
    enrol(client, place)
    for _ in range(5):
        assert lock_of(place) is None
        assert renew(client, PASSWORD, "000000") == (422, [])
    assert lock_of(place) is not None
    assert "/-/sign-in" in client.get("/-/account/").location


@pytest.mark.parametrize("password", ["", WRONG])
def test_a_second_factor_is_not_set_up_without_the_password(place: Place, password: str):
    place.add("wang", grant(Role.MANAGER))
    client, elsewhere = place.signed_in("wang"), place.signed_in("wang")
    text = client.get("/-/account/second-factor").text
    found = re.search(r'<code class="hash">([A-Z2-7 ]+)</code>', text)
    assert found is not None
    code = pyotp.TOTP(found[1].replace(" ", "")).at(place.now)
    typed = {"code": code, "password": password}
    answer = client.post("/-/account/second-factor", data=typed)
    assert "恢复码" not in answer.text
    with place.database.connect() as connection:
        account = find_account(connection, "wang")
    assert account is not None
    assert account.totp is None
    assert account.failed == (1 if password else 0)
    assert elsewhere.get("/-/account/").status_code == 200
    typed["password"] = PASSWORD
    assert client.post("/-/account/second-factor", data=typed).status_code == 200
    assert "/-/sign-in" in elsewhere.get("/-/account/").location


def test_whoever_approves_administers_or_exports_sets_up_a_second_factor_within_a_week(place: Place):
    asked = {role for role in Role if role.rights & TOTP_RIGHTS or role.administers}
    assert Policy().totp_roles == asked == set(Role) - {Role.CLERK}
    for login, role in (("wang", Role.MANAGER), ("luru", Role.CLERK)):
        place.add(login, grant(role))
    with place.database.connect() as connection:
        connection.execute("DELETE FROM security_settings")  # as delivered
    assert "前启用" in place.signed_in("wang").get("/-/account/").text
    place.later(days=6)
    assert place.signed_in("wang").get("/tlf/2024/").status_code == 200
    place.later(days=1)
    assert place.signed_in("wang").get("/tlf/2024/").location == "/-/account/second-factor"
    assert place.signed_in("luru").get("/tlf/2024/").status_code == 200


def test_the_demo_says_that_it_asks_for_no_second_factor(database: Database):
    from tests.web.conftest import NOW
    from web.access.demo_people import add_demo_people

    with database.connect() as connection:
        create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        add_demo_people(connection, "tlf", NOW)
    app = app_of(database, demo=True, clock=lambda: NOW + timedelta(days=60))
    client = app.test_client()
    assert "也不要求动态口令" in client.get("/-/sign-in").text
    client.post("/-/sign-in/as/guanli")
    assert client.get("/tlf/2024/").status_code == 200


def test_an_administrator_sees_and_ends_somebodys_sessions(place: Place):
    place.add("wang", grant(Role.MANAGER))
    wang = place.signed_in("wang")
    (zhou,) = admins(place, "zhou")
    assert "未结束" in zhou.get("/-/people/wang").text
    zhou.post("/-/people/wang/sign_out")
    assert "未结束" not in zhou.get("/-/people/wang").text
    assert "/-/sign-in" in wang.get("/tlf/2024/").location


def test_an_administrator_ends_one_session_and_the_others_go_on(place: Place):
    for login in ("wang", "li.si"):
        place.add(login, grant(Role.MANAGER))
    lost, kept, other = (place.signed_in(login) for login in ("wang", "wang", "li.si"))
    (zhou,) = admins(place, "zhou")
    lost.get("/tlf/2024/")
    ends = re.findall(r'action="(/-/people/wang/sessions/\w+/end)"', zhou.get("/-/people/wang").text)
    assert len(ends) == 2
    with place.database.connect() as connection:
        row = connection.execute(
            "SELECT session FROM sessions WHERE login = 'wang' ORDER BY created_at, session LIMIT 1"
        ).fetchone()
    assert row is not None
    stranger = f"/-/people/li.si/sessions/{row[0]}/end"
    assert "不是这个账号的" in zhou.post(stranger, follow_redirects=True).text
    assert zhou.post(f"/-/people/wang/sessions/{row[0]}/end").status_code == 302
    states = [client.get("/tlf/2024/").status_code for client in (lost, kept)]
    assert sorted(states) == [200, 302]
    assert other.get("/tlf/2024/").status_code == 200
    assert place.trail("action").count("session_closed") == 1
    assert len(re.findall(r"/sessions/\w+/end", zhou.get("/-/people/wang").text)) == 1


# what is turned away leaves a row, and a flood leaves one a minute


def test_a_flood_of_sign_ins_leaves_one_row_an_address_and_minute(place: Place):
    def flood(address: str) -> None:
        client = place.browser()
        client.environ_base["REMOTE_ADDR"] = address
        answers = [client.post("/-/sign-in", data={"login": "nobody", "password": "x"}) for _ in range(33)]
        assert answers[-1].status_code == 429

    flood("10.0.0.1")
    flood("10.0.0.2")
    rows = [
        row for row in place.trail("action", "address", "about", "result") if row[0] == "too_many_attempts"
    ]
    assert rows == [
        ("too_many_attempts", address, "/-/sign-in", "refused") for address in ("10.0.0.1", "10.0.0.2")
    ]
    place.later(seconds=61)
    flood("10.0.0.1")
    assert place.trail("action").count("too_many_attempts") == 3


def test_refused_form_tokens_leave_one_row_a_minute(place: Place):
    place.add("wang", grant(Role.MANAGER))
    client = place.signed_in("wang")
    place.app.config["WTF_CSRF_ENABLED"] = True
    for _ in range(5):
        assert client.post("/-/account/password", data={"csrf_token": "forged"}).status_code == 400
    rows = [row for row in place.trail("action", "login", "about") if row[0] == "form_token_refused"]
    assert rows == [("form_token_refused", "wang", "/-/account/password")]
    place.later(seconds=61)
    client.post("/-/account/password")
    assert place.trail("action").count("form_token_refused") == 2


# passwords that everybody tries first


@pytest.mark.parametrize(
    "password",
    [
        "Abc12345!", "Passw0rd!", "P@ssword2024", "Qwer1234!", "1qaz@WSX", "Admin@123", "Hotline12345!",
        "Tlf@2024", "Aa123456!", "Rexian@2023", "Tulufan@123", "Wangfang1!", "zxcvbnm,.1Q", "Aaaa1111!",
        "5201314Ab", "19890604Aa", "12345Rexian!",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_no_password(password: str):
    assert is_known(password, ("wangfang", "tlf", "tulufan"))


@pytest.mark.parametrize("password", ["Sonne-4711-mond", "Xk7#pq2mZ", "Erste-4711-wache", "jiA8yue!tu3q"])
def test_other_passwords_are_taken(password: str):
    assert not is_known(password, ("wangfang", "tlf", "tulufan"))


def test_one_time_passwords_are_not_among_them():
    assert not any(is_known(passwords.make_one_time_password()) for _ in range(200))


def test_the_page_says_why_a_password_is_not_taken(place: Place):
    place.add("wang", grant(Role.MANAGER))
    typed = {"present": PASSWORD, "wanted": "Tlf@2024", "again": "Tlf@2024"}
    answer = place.signed_in("wang").post("/-/account/password", data=typed)
    assert answer.status_code == 422
    assert "太容易猜到" in answer.text


# who is who


def test_people_are_told_apart_by_their_accounts():
    one, other = format_signature("王芳", "wangfang"), format_signature("王芳", "wangfang2")
    assert not is_same_person(one, other)
    assert is_same_person(one, format_signature("王 芳", "wangfang"))
    assert is_same_person(one, "王 芳")  # at the machine, where nobody says by which account
    assert not is_same_person(one, "李四")
    assert not is_same_person(format_signature("王芳（wangfang）", "zhang"), one)


def test_a_name_of_somebody_whose_account_is_in_use_is_not_given_again(place: Place):
    (zhou,) = admins(place, "zhou")
    add = {"login": "wang.fang", "name": "王芳"}
    assert zhou.post("/-/people/", data=add).status_code == 200
    for name in ("王芳", " 王 芳", "王·芳", "王\u200b芳"):
        answer = zhou.post("/-/people/", data={"login": "wang.fang2", "name": name})
        assert answer.status_code == 422, name
        assert "已有在用的账号 wang.fang 也叫“" in answer.text
    assert zhou.post("/-/people/", data={"login": "wang.fang2", "name": "王芳·质检科"}).status_code == 200


def test_a_name_of_somebody_who_left_is_free_until_she_comes_back(place: Place):
    (zhou,) = admins(place, "zhou")
    for login in ("wang.fang", "wang.fang2"):
        assert zhou.post("/-/people/", data={"login": login, "name": "王芳"}).status_code == 200
        if login == "wang.fang":
            zhou.post("/-/people/wang.fang/close")
    answer = zhou.post("/-/people/wang.fang/reopen")
    assert answer.status_code == 422
    assert "已有在用的账号 wang.fang2" in answer.text
    zhou.post("/-/people/wang.fang2/close")
    assert zhou.post("/-/people/wang.fang/reopen").status_code == 302


@pytest.mark.parametrize("name", ["王芳（wangfang）", "王芳(wangfang)", "", "\u200b", "名" * 33])
def test_no_name_passes_for_somebodys_signature(place: Place, name: str):
    with place.database.connect() as connection, pytest.raises(PersonProblem):
        add_person(connection, "zhang", name, by="test", now=place.now)


def test_two_at_once_do_not_both_take_a_name(place: Place):
    begun, ended = threading.Event(), list[str]()

    def second() -> None:
        with place.database.connect() as connection:
            begun.set()
            try:
                add_person(connection, "wang.two", "王芳", by="test", now=place.now)
            except PersonProblem as problem:
                ended.append(str(problem))

    other = threading.Thread(target=second)
    with place.database.connect() as connection:
        add_person(connection, "wang.one", "王芳", by="test", now=place.now)
        other.start()
        begun.wait()
    other.join()
    assert "wang.one 也叫“王芳”" in ended[0]


def test_namesakes_of_an_earlier_version_are_shown_with_their_accounts(place: Place):
    for login in ("wang", "wang2", "li.si"):
        place.add(login, grant(Role.MANAGER))
    with place.database.connect() as connection:
        connection.execute("UPDATE accounts SET name = '王芳' WHERE login LIKE 'wang%'")
        shown = [
            format_name(connection, read_person(connection, login, place.now.date()))
            for login in ("wang", "wang2", "li.si")
        ]
    assert shown == ["王芳（wang）", "王芳（wang2）", "li.si某"]
    (zhou,) = admins(place, "zhou")
    assert zhou.get("/-/people/").text.count(">重名<") == 2


def test_an_evaluators_visit_is_bounded(database: Database):
    from tests.web.conftest import NOW, add

    with database.connect() as connection:
        create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    add(database, "chen")
    first = NOW.date()
    endless = Grant(Role.EVALUATOR, "tlf", frozenset({2023}), first, first.replace(year=first.year + 3))
    with database.connect() as connection, pytest.raises(PersonProblem, match="最长 366 天"):
        give(connection, "chen", endless, by="test", now=NOW, today=first)


# small ones


def test_no_centre_takes_the_name_of_an_address(place: Place):
    first = {rule.rule.split("/")[1] for rule in place.app.url_map.iter_rules()}
    taken = {name for name in first if re.fullmatch(CenterCode.regex, name)}
    assert taken == set(RESERVED)
    with place.database.connect() as connection:
        for name in RESERVED:
            with pytest.raises(CenterProblem, match="系统自用"):
                create_center(connection, name, "某市", now=place.now)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2024-02-30", "x"])
def test_no_day_breaks_the_page_of_the_trail(place: Place, day: str):
    place.add("shen", grant(Role.AUDIT_ADMIN))
    client = place.signed_in("shen")
    for name in ("until", "since"):
        assert client.get(f"/-/audit/?{name}={day}").status_code == 200
        assert client.get(f"/-/audit/trail.csv?{name}={day}").status_code == 200
