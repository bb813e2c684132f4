"""Commands as they are typed for one centre, year and scheme: each runs as printed."""

import re
import shlex
from dataclasses import dataclass

from kpi.evaluation.scheme import SchemeItem
from tracker.periods import Year

_PLAIN = re.compile(r"[\w./,%=:@+-]+")
QUESTIONNAIRE = "hotline-2022"


@dataclass(frozen=True)
class TerminalCommands:
    """What a reader at a terminal types; every command names its centre."""

    center: str
    year: Year
    scheme: str  # as `hotline rehearse` was given it: a key, or a path

    def attest(self, item: SchemeItem) -> str:
        """To attest an indicator; 实际值, 文件 and 姓名 are the reader's own."""
        document = ("--document", "文件") if item.needs_document else ()
        return self._format_command(
            "attest", self.scheme, item.code, "实际值", *document, "--by", "姓名", "--year", str(self.year)
        )

    def figure(self, key: str) -> str:
        """An indicator's figure of the year."""
        return self._format_command("kpi", str(self.year), key)

    def rows(self, key: str) -> str:
        """The rows of an indicator's denominator."""
        return self._format_command("kpi", str(self.year), key, "--rows", "--part", "denominator")

    def figures(self) -> str:
        """All figures of the year."""
        return self._format_command("kpi", str(self.year))

    def missing_documents(self) -> str:
        """The documents that the year's things lack."""
        return self._format_command("documents", "missing", "--year", str(self.year))

    def survey(self) -> str:
        """Sample size and reliability of the answers of the year."""
        return self._format_command("survey", QUESTIONNAIRE, "--year", str(self.year))

    def _format_command(self, *words: str) -> str:
        arguments = ("hotline", *words, "--center", self.center)
        return " ".join(one if _PLAIN.fullmatch(one) else shlex.quote(one) for one in arguments)
