"""What is told of the indicators of a scheme: actual values, marks of experts, scores as published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kpi.evaluation.actual import Actual
from kpi.evaluation.claims.claim import Claim


@dataclass(frozen=True)
class Mark:
    """One expert's points."""

    expert: str
    points: Fraction


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Something attested that the log counts otherwise. Without a reason what the log counts holds."""

    of: str  # the point, or the indicator
    attested: str
    attested_by: str
    counted: str  # what the log says, with the figure that says it
    figure: str | None  # the indicator whose rows show it; None: a sum that no page stands for
    reason: str | None

    @property
    def sentence(self) -> str:
        """Both values, and which of them is scored."""
        if self.reason:
            holds = f"填报人写明理由，按填报计分，理由：{self.reason}"
        else:
            holds = "填报人没有写明理由，按系统数据计分"
        return f"“{self.of}”{self.attested_by}填报为{self.attested}，系统数据为{self.counted}；{holds}"


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """What is told of one third-level indicator."""

    actual: Actual | None = None  # None: not told
    shown: str = ""  # the actual value as printed, where it differs from ours
    backed: bool = True  # back-end statistics stand behind the number
    unverifiable: bool = False  # it was looked for, and nothing can be shown
    marks: tuple[Mark, ...] = ()
    printed_rule: Fraction | None = None  # the rule score as printed beside another final score
    decided: Fraction | None = None  # the final score as printed
    note: str = ""  # where it comes from, or what it rests on
    provisional: bool = False
    ends: tuple[Actual, Actual] | None = None  # worst and best case of a value that is partly verifiable
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def text(self) -> str:
        if self.unverifiable:
            return "无法核实"
        text = self.shown or ("未给出" if self.actual is None else str(self.actual))
        return f"{text}*" if self.provisional else text


NO_FACTS = ItemFacts()


@dataclass(frozen=True, kw_only=True)
class EvaluationFacts:
    """What is told of a whole evaluation."""

    scheme: str
    title: str
    items: Mapping[str, ItemFacts]
    groups: Mapping[str, Fraction] = field(default_factory=dict)  # printed scores of first and second level
    total: Fraction | None = None
    rating: str | None = None
    claims: tuple[Claim, ...] = ()
    center: str | None = None  # whose log the facts come from; None: from a file
    year: int | None = None

    def told(self, code: str) -> ItemFacts:
        return self.items.get(code, NO_FACTS)
