"""Whether a sample is large enough, and enough of it came back.

Sources: W. G. Cochran, Sampling Techniques (1977), ch. 4: n₀ = z²·p(1−p)÷e², with a finite population
n = n₀ ÷ (1 + (n₀−1)÷N); E. Babbie, The Practice of Social Research: a response of 50 % is adequate, of 60 %
good, of 70 % very good.
"""

from fractions import Fraction
from math import ceil, sqrt

from kpi.evaluation.numbers import show_number

Z = Fraction(196, 100)  # 95 % confidence
ERROR = Fraction(5, 100)
MOST_VARIED = Fraction(1, 4)  # p(1−p) at its largest
ADEQUATE = Fraction(1, 2)


def compute_needed(population: int | None) -> int:
    """The questionnaires needed for ±5 percentage points at 95 % confidence."""
    unlimited = Z * Z * MOST_VARIED / (ERROR * ERROR)
    if population is None:
        return ceil(unlimited)
    return ceil(unlimited / (1 + (unlimited - 1) / population))


def compute_margin(count: int, population: int | None) -> float:
    """Half the width of the 95 % interval of a share of one half, in percentage points."""
    share = MOST_VARIED / count
    if population is not None and population > 1:
        share *= Fraction(max(population - count, 0), population - 1)
    return float(Z) * sqrt(share) * 100


def list_warnings(count: int, issued: int | None, population: int | None) -> list[str]:
    """Sentences about a sample too small, or of which too little came back."""
    sentences = []
    wanted = compute_needed(population)
    if count < wanted:
        of = f"（总体{population:,}人）" if population is not None else ""
        have = f"现有样本的误差约±{compute_margin(count, population):.1f}个百分点"
        sentences.append(f"有效问卷{count}份，95%置信度、误差±5个百分点{of}需要{wanted}份；{have}")
    if issued is not None and count > issued:
        sentences.append(f"有效问卷{count}份，多于发放的{issued}份，请核对")
    elif issued is not None and Fraction(count, issued) < ADEQUATE:
        rate = show_number(Fraction(count, issued) * 100)
        sentences.append(f"回收率{rate}%（{count}÷{issued}），低于50%，未回收的人可能有不同看法")
    return sentences
