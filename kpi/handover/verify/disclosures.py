"""Does a disclosure open what the package had bound itself to?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package.commitments import SALT_BYTES, make_commitment
from kpi.handover.verify.findings import CheckStep, StepOutcome, make_judged_step
from kpi.offline.duck import Duck
from tracker.events import find_title

TITLE = "披露"


def check_disclosure(duck: Duck, about: Mapping[str, Any], path: Path) -> CheckStep:
    """Every opened value belongs to the token that stands in the row, and to the package's commitment."""
    content = orjson.loads(path.read_bytes())
    if content["head"] != about["head"] or content["center"] != about["center"]["id"]:
        return CheckStep(TITLE, StepOutcome.FAILED, f"{path.name} 是为另一个证据包开具的，不能用来核对本包。")
    problems = []
    for opened in content["opened"]:
        row = duck.sql("SELECT type, data FROM log WHERE seq = $1", opened["seq"]).first()
        stands = orjson.loads(row.data).get(opened["field"]) if row is not None else None
        expected = duck.sql("SELECT commitment FROM commitments WHERE token = $1", opened["token"]).scalar()
        name = f"第 {opened['seq']} 号事件的{find_title(opened['field'], row.type if row else '').of_logged}"
        if stands != opened["token"] and f"〔{opened['token']}〕" not in str(stands):
            problems.append(f"{name}：日志里不是披露文件所说的脱敏标识")
        elif not _opens(opened, expected):
            problems.append(f"{name}：披露的值与包内的承诺不符，不是打包时的那一个")
    return make_judged_step(
        TITLE, problems, f"{len(content['opened'])} 个披露的值都是打包时的原值。", "披露的值与包不符："
    )


def _opens(opened: Mapping[str, Any], commitment: str | None) -> bool:
    """A salt of another length would leave open where it ends and the value begins."""
    salt = bytes.fromhex(opened["salt"])
    return len(salt) == SALT_BYTES and make_commitment(salt, opened["value"]) == commitment
