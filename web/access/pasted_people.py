"""A pasted list of people – login name, name, role – into accounts with one grant each: all, or none."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from tracker.events.times import get_day
from web.access import passwords
from web.access.people import Grant, PersonProblem, add_person, give
from web.access.rights import Role

MOST = 100  # lines of one list
TITLES = ("登录名", "姓名", "角色")
_BETWEEN = re.compile(r"\s*[\t,，;；]\s*")
_ROLES = {role.label: role for role in Role}


@dataclass(frozen=True)
class ListedPerson:
    """A line of the list; `number` is its place in what was pasted, from 1."""

    number: int
    login: str
    name: str
    role: Role


@dataclass(frozen=True)
class NewPerson:
    """An account that was made, with the password that is shown once."""

    login: str
    name: str
    grant: Grant
    password: str


class ListProblem(ValueError):
    """名单里有要改的行；`lines` 每行一句。"""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("".join(lines))
        self.lines = tuple(lines)


def parse_people(text: str) -> list[ListedPerson]:
    """The lines of a list, parted by tabs, commas or blanks; empty ones and a line of titles are left out.

    A line without a role gets the one that may least. Raises: ListProblem with a sentence for each line that
    cannot be read.
    """
    people, problems = list[ListedPerson](), list[str]()
    for number, cells in _split_lines(text):
        try:
            people.append(_parse_line(number, cells))
        except PersonProblem as problem:
            problems.append(f"第{number}行：{problem}")
    problems += _find_repeated(people)
    if not people and not problems:
        problems.append("名单是空的：请每行填写一人，依次为登录名、姓名、角色。")
    if len(people) > MOST:
        problems.append(f"一次最多新增{MOST}人，名单里有{len(people)}人；请分几次办理。")
    if problems:
        raise ListProblem(problems)
    return people


def add_people(
    connection: psycopg.Connection[Any],
    people: Sequence[ListedPerson],
    grant: Grant,
    *,
    by: str,
    now: datetime,
) -> list[NewPerson]:
    """Makes the accounts, each with its role at the centre and for the time of `grant`.

    Roles that administer are of no centre. Raises: ListProblem with a sentence for each line that is refused;
    the caller's transaction is then to be rolled back.
    """
    made, problems = list[NewPerson](), list[str]()
    for one in people:
        try:
            made.append(_add_one(connection, one, grant, by=by, now=now))
        except PersonProblem as problem:
            problems.append(f"第{one.number}行：{problem}")
    if problems:
        raise ListProblem(problems)
    return made


def _add_one(
    connection: psycopg.Connection[Any], person: ListedPerson, grant: Grant, *, by: str, now: datetime
) -> NewPerson:
    password = passwords.make_one_time_password()
    center = None if person.role.administers else grant.center
    own = replace(grant, role=person.role, center=center)
    add_person(connection, person.login, person.name, by=by, now=now, password=password)
    give(connection, person.login, own, by=by, now=now, today=get_day(now))
    return NewPerson(person.login, person.name, own, password)


def _split_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        cells = _BETWEEN.split(written) if _BETWEEN.search(written) else written.split()
        cells = [cell.strip() for cell in cells if cell.strip()]
        if cells and tuple(cells) != TITLES[: len(cells)]:
            yield number, cells


def _parse_line(number: int, cells: list[str]) -> ListedPerson:
    """Raises: PersonProblem."""
    if not 2 <= len(cells) <= 3:
        raise PersonProblem(f"有{len(cells)}项；请依次填写登录名、姓名、角色，用逗号或制表符隔开。")
    role = _ROLES.get(cells[2]) if len(cells) == 3 else Role.CLERK
    if role is None:
        raise PersonProblem(f"没有角色“{cells[2]}”；可填：{'、'.join(_ROLES)}。")
    if role is Role.EVALUATOR:
        raise PersonProblem("评价人员的授权须写明年度和截止日期，请单独新增账号后在其账号页授权。")
    return ListedPerson(number, cells[0].lower(), cells[1], role)


def _find_repeated(people: Sequence[ListedPerson]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for one in people:
        first = seen.setdefault(one.login, one.number)
        if first != one.number:
            yield f"第{one.number}行：登录名“{one.login}”与第{first}行重复。"
