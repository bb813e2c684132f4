"""truth.json: what an importer of the drawn files must arrive at, counted from what was drawn.

Nothing here reads the files back or uses code of the product outside this package."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from web.demo.sample.counts import DayCount
from web.demo.sample.payments import GRANTED, LABOUR, RECEIVED, RETURNED, Accounts
from web.demo.sample.platform import Probe
from web.demo.sample.quality import Inspection
from web.demo.sample.scenario import Scenario
from web.demo.sample.staffing import EDUCATION, POSTS, SamplePerson
from web.demo.sample.surveys import AWARE, ISSUED, SATISFIED, SampleSurvey
from web.demo.sample.training import TrainingSession
from web.demo.sample.traps import Traps

LAYOUT = "A"  # of the files: headers, encodings, vocabularies


def count_staffing(scenario: Scenario, people: tuple[SamplePerson, ...]) -> dict[str, object]:
    months = {
        scenario.label(month): _count_month_staffing(scenario, month, people) for month in scenario.months
    }
    mean = sum(month["in_post_month_end"] for month in months.values()) / len(months)
    leavers = sum(month["left"] for month in months.values())
    year = {
        "target": POSTS,
        "mean_month_end": mean,
        "in_post_rate": mean / POSTS,
        "leavers": leavers,
        "turnover_rate": leavers / POSTS,
        "ever_employed": len(people),
        "education_verified": sum(person.diploma_check is not None for person in people),
        "passed_pre_job": sum(person.pre_job_score is not None for person in people),
        "college": sum(person.education in EDUCATION for person in people),  # all of them 大专 and above
    }
    return {**months, "year": year}


def _count_month_staffing(scenario: Scenario, month: int, people: tuple[SamplePerson, ...]) -> dict[str, int]:
    days = list(scenario.list_month_days(month))
    return {
        "in_post_month_end": sum(person.in_post(days[-1]) for person in people),
        "joined": sum(days[0] <= person.joined <= days[-1] for person in people),
        "left": sum(days[0] <= person.left <= days[-1] for person in people if person.left),
        "person_days": sum(person.in_post(day) for person in people for day in days),
    }


def count_accounts(accounts: Accounts) -> dict[str, object]:
    """On time: paid no later than the agreed day. Amounts in 分."""
    labour = [payment for payment in accounts.payments if payment.item == LABOUR]
    granted, received, returned = (
        sum(event.amount_fen for event in accounts.budget if event.kind == kind)
        for kind in (GRANTED, RECEIVED, RETURNED)
    )
    return {
        "labour_periods": len(labour),
        "labour_on_time": sum(payment.paid <= payment.due for payment in labour),
        "late_months": [payment.due.month for payment in labour if payment.paid > payment.due],
        "all_due": len(accounts.payments),
        "all_on_time": sum(payment.paid <= payment.due for payment in accounts.payments),
        "late_days": sum(max(0, (payment.paid - payment.due).days) for payment in accounts.payments),
        "paid_fen": sum(payment.amount_fen for payment in accounts.payments),
        "budget_fen": granted,
        "received_fen": received,
        "returned_fen": returned,
    }


def count_probes(scenario: Scenario, probes: Sequence[Probe]) -> dict[str, int]:
    expected = (scenario.end - scenario.first_day) // timedelta(hours=1)
    up = sum(probe.up for probe in probes)
    return {
        "probes": len(probes),
        "up": up,
        "hours_expected": expected,
        "hours_without_probe": expected - len(probes),
        "down_hours": len(probes) - up,
    }


def count_survey(survey: SampleSurvey) -> dict[str, float]:
    valid = len(survey.answers)
    return {
        "issued": ISSUED,
        "valid": valid,
        "aware": sum(answer.aware == AWARE for answer in survey.answers) / valid,
        "satisfied": sum(answer.satisfied == SATISFIED for answer in survey.answers) / valid,
    }


def count_days(counts: Sequence[DayCount]) -> dict[str, int]:
    return {
        "sms": sum(count.messages for count in counts),
        "cases": sum(count.cases for count in counts),
        "visits": sum(count.visits for count in counts),
    }


def count_sessions(sessions: Sequence[TrainingSession]) -> dict[str, int]:
    return {
        "sessions": len(sessions),
        "due": sum(session.due for session in sessions),
        "attended": sum(session.attended for session in sessions),
    }


def count_inspections(inspections: Sequence[Inspection]) -> dict[str, int]:
    return {"sampled": len(inspections), "passed": sum(each.passed for each in inspections)}


def list_missing_call_days(scenario: Scenario, traps: Traps) -> list[date]:
    """The days missing from the first file of their month."""
    return [day for day in traps.late_days if day < scenario.end]


def write_truth(folder: Path, truth: dict[str, object]) -> None:
    text = json.dumps(truth, ensure_ascii=False, indent=1, default=str)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
