"""Whether a session still lives: what pages ask, and what is said to those who did not ask."""

import re
from html import unescape

from tests.web.access.conftest import Place
from tests.web.conftest import grant
from web.access.rights import Role


def test_asking_whether_the_session_lives_does_not_keep_it_alive(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    place.later(minutes=14)
    told = client.get("/-/session/state.json").json
    assert (told["login"], told["left_s"]) == ("wang", 60)
    place.later(minutes=1)
    assert client.get("/-/session/state.json").json == {"login": None}


def test_whoever_goes_on_typing_stays_signed_in(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    for _ in range(3):
        place.later(minutes=14)
        assert client.get("/-/session/stay.json").json["left_s"] == 15 * 60


def test_staying_does_not_reach_beyond_the_longest_time(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    for _ in range(71):
        place.later(minutes=10)
        client.get("/-/session/stay.json")
    assert client.get("/-/session/stay.json").json["left_s"] == 10 * 60
    place.later(minutes=10)
    assert client.get("/-/session/stay.json").json == {"login": None}


def test_the_token_that_is_told_is_the_one_that_forms_are_checked_by(place: Place):
    place.app.config["WTF_CSRF_ENABLED"] = True
    place.add("wang", grant(Role.CLERK))
    client = place.browser()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/-/sign-in").text)
    assert token is not None
    given = {"login": "wang", "password": "Sonne-4711-mond", "csrf_token": token[1]}
    assert client.post("/-/sign-in", data=given).status_code == 302
    fresh = client.get("/-/session/state.json").json["token"]
    assert client.post("/tlf/days/2024-03-10/complete", data={"csrf_token": token[1]}).status_code == 400
    assert client.post("/tlf/days/2024-03-10/complete", data={"csrf_token": fresh}).status_code == 302


def test_one_who_must_still_change_her_password_is_not_in_yet(place: Place):
    place.add("wang", must_change=True)
    assert place.signed_in("wang").get("/-/session/state.json").json == {"login": None}


def test_without_scripts_a_form_that_came_too_late_is_told_of(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    place.later(minutes=20)
    page = "/tlf/days/2024-03-10/order"
    answer = client.post(page, data={"order_id": "G1"}, headers={"Referer": f"http://localhost{page}"})
    told = unescape(client.get(answer.headers["Location"]).text)
    assert "有一段时间没有操作" in told
    assert "刚才提交的内容没有保存" in told
    assert f'name="next" value="{page}"' in told


def test_a_page_of_another_host_is_never_gone_back_to(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    place.later(minutes=20)
    answer = client.post("/tlf/days/2024-03-10/order", headers={"Referer": "http://localhost.evil/x"})
    assert "evil" not in answer.headers["Location"]


def test_signing_out_of_a_session_that_has_ended_speaks_of_no_loss(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    place.later(minutes=20)
    assert "lost" not in client.post("/-/sign-out").headers["Location"]
