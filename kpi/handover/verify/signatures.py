"""Did the centre sign this, and is it the centre's key?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package.layout import SIGNATURE, dump_json
from kpi.handover.package.signature import (
    NAMES,
    PackageSignatureProblem,
    make_statement,
    verify_statement,
)
from kpi.handover.verify.findings import CheckStep, StepOutcome, make_note_step, make_passed_step

TITLE = "签名"


def check_signature(bag: Path, about: Mapping[str, Any], expected: str | None) -> CheckStep:
    """`expected` is the fingerprint from outside, a stamped report for example."""
    if not (bag / SIGNATURE).is_file():
        return CheckStep(TITLE, StepOutcome.FAILED, f"包里没有签名（{SIGNATURE}）。")
    try:
        content = (bag / SIGNATURE).read_bytes()
        signature = orjson.loads(content)
        named = verify_statement(signature, make_statement(bag, about))
        if content != dump_json({name: signature[name] for name in NAMES}):
            raise PackageSignatureProblem(f"{SIGNATURE} 不是签名时写出的样子：多了内容，或被改写过。")
    except PackageSignatureProblem as problem:
        return CheckStep(TITLE, StepOutcome.FAILED, str(problem))
    if expected is None:
        return make_note_step(
            TITLE,
            f"签名与包相符，但公钥取自包内，谁都可以换上自己的。请把指纹 {named} 与盖章报告上的比对，"
            "或用 --key 给出。",
        )
    if named != expected:
        return CheckStep(TITLE, StepOutcome.FAILED, f"签名的公钥（{named}）不是给出的那一个（{expected}）。")
    return make_passed_step(TITLE, f"由给出的公钥签名：{named}。")
