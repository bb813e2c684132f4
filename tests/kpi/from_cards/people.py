"""人员: the cards' words about people in post."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from tests.kpi.from_cards.centre import COLLEGE, SCHOOL, Centre
from tests.kpi.from_cards.plain import Number, Plain, count, share, within
from tracker.events.staffing import PersonRostered
from tracker.periods import Month, Period


def _in_post(person: PersonRostered, day: date) -> bool:
    """离职日期是不在岗第一天。"""
    return person.joined_on <= day and (person.left_on is None or day < person.left_on)


def at_month_end(centre: Centre, month: Month) -> list[PersonRostered]:
    return [person for person in centre.people if _in_post(person, month.end_day - timedelta(days=1))]


def _posts(centre: Centre, month: Month) -> int | None:
    """一经核定，直到下次核定前有效。None：月末没有生效的核定。"""
    held: dict[str, int] = {}
    for one in sorted(centre.posts, key=lambda one: one.effective_on):
        if one.effective_on < month.end_day:
            held[one.post] = one.headcount
    return sum(held.values()) if held else None


def there(centre: Centre, period: Period) -> list[PersonRostered]:
    """本期至少有一天在岗的人。"""
    return [person for person in centre.people if any(_in_post(person, day) for day in _days(period))]


def _days(period: Period) -> Iterator[date]:
    for number in range(period.days):
        yield period.first_day + timedelta(days=number)


def staffing_in_post_rate(centre: Centre, period: Period) -> Number | None:
    both = [
        (len(at_month_end(centre, month)), posts)
        for month in period.months
        if (posts := _posts(centre, month)) is not None
    ]
    if not both:  # 月末有生效的核定才算有据
        return None
    return Number(Fraction(sum(people for people, _ in both)), Fraction(sum(posts for _, posts in both)))


def staff_in_post(centre: Centre, period: Period) -> Number:
    return count(at_month_end(centre, period.months[-1]))


def staff_turnover_rate(centre: Centre, period: Period) -> Number | None:
    posts = [held for month in period.months if (held := _posts(centre, month)) is not None]
    left = [
        person
        for person in centre.people
        if within(person.left_on, period) and person.left_on != person.joined_on
    ]
    return Number(Fraction(len(left)), Fraction(sum(posts), len(posts))) if posts else None


def qualification_verified_rate(centre: Centre, period: Period) -> Number:
    people = there(centre, period)
    return share((person for person in people if person.education_check_no), people)


def education_college_rate(centre: Centre, period: Period) -> Number:
    known = [person for person in there(centre, period) if person.education in COLLEGE + SCHOOL]
    return share((person for person in known if person.education in COLLEGE), known)


def pre_job_pass_rate(centre: Centre, period: Period) -> Number:
    people = there(centre, period)
    return share(
        (person for person in people if person.pre_job_score is not None and person.pre_job_score >= 60),
        people,
    )


def training_attendance_rate(centre: Centre, period: Period) -> Number:
    held = [one for one in centre.trainings if within(one.held_on, period)]
    return Number(Fraction(sum(one.attended for one in held)), Fraction(sum(one.due for one in held)))


PLAIN: tuple[Plain, ...] = (
    staffing_in_post_rate,
    staff_in_post,
    staff_turnover_rate,
    qualification_verified_rate,
    education_college_rate,
    pre_job_pass_rate,
    training_attendance_rate,
)
