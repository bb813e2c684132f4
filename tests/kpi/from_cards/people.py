"""人员: the cards' words about people in post."""

from collections.abc import Callable, Iterator
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


def backed(centre: Centre, period: Period) -> list[Month]:
    """月末以后报送过花名册的月份；没有花名册佐证的月份不计入，也不沿用上月。"""
    return [month for month in period.months if month.end_day <= centre.last_roster]


def there(centre: Centre, period: Period) -> list[PersonRostered] | None:
    """本期至少有一天在岗的人。None：没有一个月有花名册佐证。"""
    days = [day for month in backed(centre, period) for day in _days(month)]
    return [one for one in centre.people if any(_in_post(one, day) for day in days)] if days else None


def _days(month: Month) -> Iterator[date]:
    for number in range(month.days):
        yield month.first_day + timedelta(days=number)


def _share_of_people(
    centre: Centre, period: Period, counts: Callable[[PersonRostered], object]
) -> Number | None:
    people = there(centre, period)
    return None if people is None else share((one for one in people if counts(one)), people)


def staffing_in_post_rate(centre: Centre, period: Period) -> Number | None:
    both = [
        (len(at_month_end(centre, month)), posts)
        for month in backed(centre, period)
        if (posts := _posts(centre, month)) is not None
    ]
    if not both:  # 月末有生效的核定，视为已报送
        return None
    return Number(Fraction(sum(people for people, _ in both)), Fraction(sum(posts for _, posts in both)))


def staff_in_post(centre: Centre, period: Period) -> Number | None:
    """最后一个已报送的月末。"""
    months = backed(centre, period)
    return count(at_month_end(centre, months[-1])) if months else None


def staff_turnover_rate(centre: Centre, period: Period) -> Number | None:
    posts = [held for month in period.months if (held := _posts(centre, month)) is not None]
    months = backed(centre, period)
    left = [
        person
        for person in centre.people
        if any(within(person.left_on, month) for month in months) and person.left_on != person.joined_on
    ]
    if not posts or not months:
        return None
    return Number(Fraction(len(left)), Fraction(sum(posts), len(posts)))


def qualification_verified_rate(centre: Centre, period: Period) -> Number | None:
    return _share_of_people(centre, period, lambda person: person.education_check_no)


def education_college_rate(centre: Centre, period: Period) -> Number | None:
    known = [one for one in there(centre, period) or () if one.education in COLLEGE + SCHOOL]
    return share((person for person in known if person.education in COLLEGE), known)


def pre_job_pass_rate(centre: Centre, period: Period) -> Number | None:
    return _share_of_people(
        centre, period, lambda person: person.pre_job_score is not None and person.pre_job_score >= 60
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
