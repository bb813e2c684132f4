"""What must be on file and is not: the list, its counts, and the indicator that counts the same things."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from random import Random

import pytest
import sqlalchemy as sa

from kpi.documents import missing
from kpi.documents.attaching import attach
from kpi.documents.missing import DocumentState
from kpi.figures import results
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures.required import FILES
from kpi.figures.rows import read_rows
from tests.conftest import IMPORTED
from tests.kpi import papers
from tests.kpi.drawn import quarter
from tests.kpi.given import append, record
from tracker.database import Database
from tracker.events.documents import KINDS
from tracker.events.staffing import PersonLeftOut
from tracker.periods import Month, Quarter, Year

TODAY = date(2024, 7, 10)
NOW = datetime.fromisoformat("2024-07-10T09:00+08:00")


def lacking(given: sa.Connection, kind: str | None = None) -> dict[str, dict[str, DocumentState]]:
    """Thing → missing document → how it stands, in 2023."""
    files = missing.read_dossiers(given, "tlf", Year(2023), TODAY)
    return {
        filed.about: {one.document: state for one, state in papers_}
        for filed, papers_ in missing.select_incomplete(files, kind)
    }


def test_every_required_document_is_a_known_kind_and_says_how_it_is_mended():
    for file in FILES:
        assert len({one.document for one in file.required}) == len(file.required)
        assert all(one.document in KINDS and one.remedy.endswith("。") for one in file.required)


def test_a_person_lacks_what_is_not_attached(given):
    """
    person R1 joined 2022-05-01 verified
    document D1 person/R1 labour_contract
    document D2 person/R1 diploma_check
    document D3 person/R9 recruitment_approval"""
    assert lacking(given)["person/R1"] == {
        "recruitment_approval": DocumentState.MISSING, "pre_job_training": DocumentState.MISSING,
    }  # fmt: skip


def test_a_qualification_that_only_the_roster_tells_is_stated_and_not_held(given):
    """
    person R1 joined 2022-05-01 verified score 82
    person R2 joined 2022-05-01"""
    found = lacking(given)
    assert [found["person/R1"][kind] for kind in ("diploma_check", "pre_job_training")] == [
        DocumentState.STATED
    ] * 2
    assert found["person/R2"]["diploma_check"] is DocumentState.MISSING


def test_who_left_needs_a_record_of_leaving_and_who_stays_does_not(given):
    """
    person R1 joined 2022-05-01
    person R2 joined 2022-05-01 left 2023-03-01
    person R3 joined 2021-05-01 left 2022-12-01"""
    found = lacking(given)
    assert "leaving_record" not in found["person/R1"]
    assert "leaving_record" in found["person/R2"]
    assert "person/R3" not in found


def test_an_unpaid_sum_needs_no_voucher_yet(given):
    """
    payment P1 劳务费 due 2023-01-10 1000.00
    payment P2 劳务费 due 2023-01-10 paid 2023-01-09 1000.00
    document D1 payment/P1 contract
    document D2 payment/P1 invoice"""
    assert list(lacking(given)) == ["payment/P2"]
    assert "voucher" in lacking(given)["payment/P2"]


def test_a_withdrawn_document_is_missing_again(given):
    """
    payment P1 劳务费 due 2023-01-10 1000.00
    document D1 payment/P1 contract
    document D2 payment/P1 invoice
    withdrawn D2"""
    assert lacking(given) == {"payment/P1": {"invoice": DocumentState.MISSING}}


def test_people_who_joined_in_a_month_were_one_recruitment(given):
    """
    person R1 joined 2023-04-10
    person R2 joined 2023-04-12
    document D1 recruitment/2023-04 recruitment_notice
    document D2 recruitment/2023-04 interview_record
    document D3 recruitment/2023-04 vetting_record"""
    found = {about: papers_ for about, papers_ in lacking(given).items() if about.startswith("recruitment")}
    assert found == {"recruitment/2023-04": {"hiring_publicity": DocumentState.MISSING}}


def test_a_month_with_business_needs_its_stamped_sheets(given):
    """
    delivered calls 2023-05-30..2023-06-02 as of 2023-06-03
    document D1 month/2023-05 attendance
    document D2 month/2023-05 roster"""
    files = missing.read_dossiers(given, "tlf", Year(2023), TODAY)
    assert [(filed.about, filed.since) for filed, _ in missing.select_incomplete(files)] == [
        ("month/2023-06", date(2023, 7, 1))
    ]


def test_a_month_that_still_runs_lacks_nothing_yet(given):
    """
    delivered calls 2023-05-30..2023-06-02 as of 2023-06-03"""
    files = missing.read_dossiers(given, "tlf", Year(2023), date(2023, 6, 20))
    assert [filed.about for filed in files] == ["month/2023-05"]


def test_one_kind_may_be_asked_for_alone(given):
    """
    person R1 joined 2022-05-01
    payment P1 劳务费 due 2023-01-10 1000.00"""
    assert lacking(given, "diploma_check") == {"person/R1": {"diploma_check": DocumentState.MISSING}}


@pytest.mark.parametrize("period", [Month(2024, 2), Quarter(2024, 1), Year(2024)], ids=str)
@pytest.mark.parametrize("key", ["person", "payment"])
def test_the_list_holds_the_things_that_the_indicator_counts(connection, period, key):
    record(connection, quarter(Random(21)) + "\ndelivered roster as of 2024-07-01\n"
           "delivered payments 2024-01-01..2024-06-30 as of 2024-07-01\n"
           "document D1 person/R1 diploma_check\ndocument D2 payment/P1 invoice")  # fmt: skip
    results.bring_up_to_date(connection, "tlf", NOW)
    figure = results.find_figure(connection, "tlf", f"{key}_documents_complete_rate", period)
    files = [one for one in missing.read_dossiers(connection, "tlf", period, TODAY) if one.file.key == key]
    assert figure is not None
    assert figure.denominator == len(files) > 5
    assert figure.numerator == len(files) - len(missing.select_incomplete(files))


def test_a_document_moves_the_figure_of_the_thing_it_is_about(figure, given):
    """
    call 2023-01-01 08:00:00
    payment P1 劳务费 due 2023-01-10 1000.00
    payment P2 劳务费 due 2023-03-10 1000.00
    delivered payments as of 2024-01-01"""
    rate = "payment_documents_complete_rate"
    assert [figure(rate, period).numerator for period in ("2023-01", "2023")] == [0, 0]
    record(given, "document D1 payment/P1 contract\ndocument D2 payment/P1 invoice")
    assert [figure(rate, period).numerator for period in ("2023-01", "2023-03", "2023")] == [1, 0, 1]
    record(given, "withdrawn D2")
    assert figure(rate, "2023").numerator == 0


def test_without_the_roster_nobodys_file_can_be_judged(figure):
    """
    call 2023-01-01 08:00:00
    person R1 joined 2022-05-01"""
    assert figure("diploma_on_file_rate", "2023").status.value == "无法核实"


@pytest.fixture
def checked_diplomas(tlf_2023: Database, home, tmp_path) -> Iterator[Database]:
    """centre-2023 with a diploma check on file for each of the 37 people whose diploma was verified."""
    with tlf_2023.connect() as connection:
        verified = connection.execute(
            "SELECT subject FROM staff WHERE center_id = 'tlf' AND education_verified ORDER BY subject"
        ).fetchall()
        for number, (subject,) in enumerate(verified):
            path = papers.pdf(tmp_path, name=f"{number}.pdf", mark=number)
            attach(
                connection, home, "tlf", path,
                to=subject, kind="diploma_check", by="张三", limit=1 << 20, now=IMPORTED,
            )  # fmt: skip
    with tlf_2023.engine.begin() as sa_connection:
        results.bring_up_to_date(sa_connection, "tlf", IMPORTED)
    yield tlf_2023


@pytest.mark.slow
def test_thirty_seven_diploma_checks_for_thirty_eight_people(checked_diplomas: Database):
    with checked_diplomas.engine.connect() as connection:
        figure = results.find_figure(connection, "tlf", "diploma_on_file_rate", Year(2023))
        files = missing.read_dossiers(connection, "tlf", Year(2023), IMPORTED.date())
        rows = read_rows(connection, "tlf", "diploma_on_file_rate", Year(2023), "denominator")
        token = connection.scalar(sa.text("SELECT name FROM staff WHERE subject = 'person/R004'"))
    assert figure is not None
    assert (figure.numerator, figure.denominator, str(figure.value)) == (37, 38, "97.37")
    ((filed, gaps),) = missing.select_incomplete(files, "diploma_check")
    assert (filed.about, filed.label, [state for _, state in gaps]) == (
        "person/R004",
        token,
        [DocumentState.MISSING],
    )
    assert token.startswith("name-")
    (tally,) = [one for one in missing.tally_documents(files) if one.required.document == "diploma_check"]
    assert (tally.held, tally.needed) == (37, 38)
    assert (rows.count, rows.agrees) == (38, True)
    without = [row for row in rows.rows if "学历核验材料" in str(row.cells)]
    assert [row.subject for row in without] == ["person/R004"]


@pytest.mark.slow
def test_the_qualification_of_the_roster_and_the_documents_are_two_indicators(checked_diplomas: Database):
    keys = ("qualification_verified_rate", "diploma_on_file_rate")
    with checked_diplomas.engine.connect() as connection:
        stated, on_file = (results.find_figure(connection, "tlf", key, Year(2023)) for key in keys)
    assert stated is not None and on_file is not None
    assert stated.numerator == on_file.numerator == Fraction(37)
    assert all(INDICATORS[key].formula.measures for key in keys)


def test_before_the_first_document_of_its_kind_a_rate_is_not_applicable(figure, given):
    """
    call 2023-01-01 08:00:00
    payment P1 劳务费 due 2023-01-10 1000.00
    person R1 joined 2022-05-01
    delivered roster as of 2024-01-01
    delivered payments as of 2024-01-01"""
    payments, people = "payment_documents_complete_rate", "diploma_on_file_rate"
    assert [figure(key, "2023").status for key in (payments, people)] == [Status.NOT_APPLICABLE] * 2
    record(given, "document D1 payment/P1 contract")
    assert [figure(key, "2023").value for key in (payments, people)] == [0, None]


def test_who_is_missing_from_the_newest_roster_may_have_left_before_the_period(given, figure):
    """
    person R1 joined 2022-05-01
    person R2 joined 2022-05-01
    document D1 person/R1 diploma_check
    delivered roster as of 2024-01-01"""
    append(
        given,
        [PersonLeftOut(person="person/R2", last_listed_on=date(2023, 3, 31), left_out_on=date(2023, 4, 30))],
    )
    spring, summer = (figure("diploma_on_file_rate", period) for period in ("2023-03", "2023-07"))
    assert (spring.numerator, spring.denominator, spring.status) == (1, 2, Status.VERIFIABLE)
    assert (summer.numerator, summer.denominator, summer.low, summer.high) == (1, 1, 50, 100)
