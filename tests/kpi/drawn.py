"""A drawn quarter with something of every source, as lines for `given.record`."""

from datetime import date, timedelta
from random import Random

FIRST, DAYS = date(2024, 1, 1), 91  # a leap year's first quarter
MONTH = "2024-02-01..2024-02-29"


def quarter(random: Random) -> str:
    """Some of everything, gaps included."""
    lines = [line for number in range(40) for line in one_thing(random, number)]
    lines += ["posts 2024-01-01 6 引导员", f"posts {day(random)} 8 引导员", "posts 2023-05-01 2 班长"]
    lines += [f"probe 2024-02-03 {hour:02}:00{random.choice(['', ' down'])}" for hour in range(24)]
    lines += [
        "budget approved 2024-01-12 1000.00", "budget received 2024-02-01 900.00",
        "budget adjusted 2024-03-01 -50.00", "issued 2024-01-05 60",
        "delivered roster as of 2024-03-01", "delivered payments as of 2024-04-01",
        "delivered budget as of 2024-04-01", "delivered training as of 2024-03-15",
        "delivered inspections as of 2024-05-01", "delivered calls 2024-01-01..2024-03-20 as of 2024-04-01",
        "delivered work_orders 2024-01-01..2024-03-31 as of 2024-04-05",
        "delivered daily_counts 2024-01-01..2024-02-29 as of 2024-03-02",
        "zero calls 2024-03-21..2024-03-22 signed 2024-03-25",
    ]  # fmt: skip
    return "\n".join(lines)


def one_thing(random: Random, number: int) -> list[str]:
    """A call, an order, a person and so on of that number; drawn again, it differs."""
    return [
        call(random, number),
        order(random, number),
        *(steps(Random(number), number) if number % 2 == 0 else ()),
        f"person R{number} joined {day(random, back=200)}{maybe(random, f' left {day(random, ahead=60)}')}"
        f"{maybe(random, ' verified')}{maybe(random, f' score {random.randint(40, 99)}')}",
        f"payment P{number} {random.choice(['劳务费', '办公费', '工资'])} due {day(random)}"
        f"{maybe(random, f' paid {day(random)}')} {random.randint(1, 900)}.{random.randint(10, 99)}",
        f"answer W{number} {day(random)} " + " ".join(random.choice(["yes", "no", "-"]) for _ in range(3)),
        f"day {day(random)} messages {random.choice(['-', '0', '7'])} cases {number} visits 3",
        f"training {day(random)} {random.randint(0, 9)} of 9",
        f"inspected c{random.randint(0, 60)} {day(random, ahead=20)}{maybe(random, ' failed')}",
        f"probe {day(random)} {random.randint(0, 23):02}:{random.randint(0, 59):02}{maybe(random, ' down')}",
        document(random, number),
        f"withdrawn D{number}" if random.random() < 0.1 else f"total platform_orders {MONTH} {number} 省平台",
        f"recording c{random.randint(0, 60)} {day(random)} 08:00:00 {random.randint(1, 300)}",
    ]


def document(random: Random, number: int) -> str:
    """One in three is the diploma check of the person of that number, so that some files get complete."""
    about, kind = random.choice(
        [
            (f"person/R{number}", "diploma_check"),
            (f"payment/P{number}", random.choice(["contract", "invoice", "voucher"])),
            (f"month/2024-0{random.randint(1, 3)}", random.choice(["attendance", "roster"])),
        ]
    )
    return f"document D{number} {about} {kind}"


def call(random: Random, number: int) -> str:
    at = f"{random.randint(0, 23):02}:{random.randint(0, 58):02}"
    told = f"call {day(random)} {at}:00 id c{number}"
    if random.random() < 0.8:
        told += f" queued {at}:10"
        told += maybe(random, f" answered {at}:{random.randint(10, 59)} talk {random.randint(1, 300)}")
    return told + (" outbound" if random.random() < 0.1 else "")


def order(random: Random, number: int) -> str:
    told = f"order A{number} accepted {day(random)}T{random.randint(0, 23):02}:59:59 "
    told += random.choice(["投诉", "咨询", "求助", ""]) + maybe(random, f" due {day(random, ahead=9)}")
    told += maybe(random, f" closed {day(random, ahead=9)}")
    told += " pausing" if number % 4 == 0 else ""
    if random.random() < 0.6:
        told += f" followed {day(random, ahead=20)} " + random.choice(
            ["unreached", "solved 满意", "solved 非常满意", "一般", "不满意", "solved", "solved 基本满意"]
        )
    return told


def steps(random: Random, number: int) -> list[str]:
    """An order's flow log: handed to one unit and then perhaps to others, returned, paused."""
    later = [
        "reassigned 甲局", "reassigned 乙局", "dispatched 丙局", "returned", "redone", "closed", "paused",
        "resumed", "urged",
    ]  # fmt: skip
    told = [f"dispatched {random.choice(['甲局', '乙局'])}", *random.sample(later, random.randint(0, 6))]
    times = sorted({f"{day(random)}T{random.randint(0, 23):02}:30" for _ in told})
    return [f"step A{number} {at} {step}" for at, step in zip(times, told, strict=False)]


def day(random: Random, back: int = 0, ahead: int = 0) -> date:
    return FIRST + timedelta(days=random.randint(-back, DAYS - 1 + ahead))


def maybe(random: Random, text: str) -> str:
    return text if random.random() < 0.7 else ""
