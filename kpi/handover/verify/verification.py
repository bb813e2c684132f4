"""The whole verification of a package, one step after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package import layout
from kpi.handover.package.container import UnpackedBag, UnreadablePackage, unpack
from kpi.handover.package.vintages import read_seals
from kpi.handover.verify import (
    copies,
    disclosures,
    log_checks,
    net,
    papers,
    recomputation,
    sampling,
    seals,
    signatures,
)
from kpi.handover.verify.findings import (
    CheckStep,
    PackageFindings,
    StepOutcome,
    attempt_check,
    make_passed_step,
)
from kpi.handover.verify.manifests import check_manifests
from kpi.offline import Replay
from kpi.offline.duck import quote_str
from tracker.file_writing import WorkingFolder

CONTAINER = "压缩包"


@dataclass(frozen=True)
class OutsideKnowledge:
    """What the verifying person knows from elsewhere; without it a package only agrees with itself."""

    heads: Sequence[str] = ()  # head hashes printed on stamped reports
    fingerprint: str | None = None  # of the centre's public key
    disclosure: Path | None = None
    shown: Sequence[Path] = ()  # originals of documents that the centre showed
    sample: Path | None = None  # of `sample-rows`
    repacked: bool = False  # the person unpacked the package and packed it again


NOTHING_KNOWN = OutsideKnowledge()


def verify_package(path: Path, outside: OutsideKnowledge = NOTHING_KNOWN) -> PackageFindings:
    """Checks a package from its container to the last digit.

    Raises: Unreadable for what is no package, or is not safe to open.
    """
    with WorkingFolder() as folder:
        opened = unpack(path, Path(folder))
        checking = _PackageCheck(path.name, opened.bag, outside)
        checking.check_container(opened)
        checking.check_log()
        return checking.findings


class _PackageCheck:
    """A package being checked."""

    def __init__(self, name: str, bag: Path, outside: OutsideKnowledge):
        self.findings = PackageFindings(name)
        self._bag, self._outside = bag, outside
        self._altered: frozenset[str] = frozenset()
        self._describe: dict[str, Any] = {}

    def check_container(self, opened: UnpackedBag) -> None:
        """What needs no understanding of the contents: container, manifests, signature."""
        self.findings.steps.append(_check_container(opened, self._outside.repacked))
        listed = check_manifests(self._bag, opened.broken)
        self._altered = listed.altered
        self.findings.steps.append(listed.step)
        self._step("打包参数", self._read_about, layout.ABOUT)
        named = self._outside.fingerprint
        self._step(
            signatures.TITLE,
            lambda: signatures.check_signature(self._bag, self._describe, named),
            layout.ABOUT,
        )

    def check_log(self) -> None:
        """The log, and everything that follows from it."""
        with WorkingFolder() as folder:
            replay: Replay | None = None
            try:
                if self._describe_lack(layout.EVENTS, layout.ABOUT) is None and self._describe:
                    center = self._describe["center"]["id"]
                    replay = Replay(center, self._bag, Path(folder))
                self._check_log(replay)
            finally:
                if replay is not None:
                    replay.close()

    def _check_log(self, replay: Replay | None) -> None:
        about, outside, bag = self._describe, self._outside, self._bag

        def with_replay(check: Callable[[Replay], CheckStep]) -> Callable[[], CheckStep]:
            return lambda: check(_require_replay(replay))

        self._step(log_checks.CHAIN, with_replay(self._check_chain), layout.EVENTS)
        if self.findings.steps[-1].outcome is not StepOutcome.PASSED:
            sentence = "日志没有通过核对，由它推出的事实和数字没有再算。"
            self.findings.steps.append(CheckStep(recomputation.FIGURES, StepOutcome.SKIPPED, sentence))
            return
        events = layout.EVENTS
        self._step(
            log_checks.HEAD,
            with_replay(lambda made: log_checks.check_heads(made.duck, about, outside.heads)),
        )
        self._step(log_checks.BATCHES, with_replay(self._check_batches), layout.BATCHES)
        self._step(recomputation.MOMENT, with_replay(lambda made: recomputation.check_moment(made, about)))
        self._step(seals.TITLE, with_replay(_check_seals))
        self._step(recomputation.FIGURES, with_replay(self._check_figures), events, layout.FIGURES)
        if net.is_told(bag, _require_replay(replay)):
            files = (layout.NET, layout.EXCLUSIONS)
            self._step(net.TITLE, with_replay(lambda made: net.check_net(bag, made, about)), *files)
        self._step(recomputation.MONTHS, with_replay(self._check_months), layout.FIGURES)
        self._step(recomputation.DEFINITIONS, with_replay(self._check_definitions), layout.DEFINITIONS)
        same = self.findings.steps[-1].outcome is StepOutcome.PASSED
        self._step(
            recomputation.FACT_TABLES,
            with_replay(lambda made: recomputation.check_facts(made, bag, self._altered)),
            events,
        )
        self._step(papers.DOCUMENTS, with_replay(lambda made: papers.check_documents(bag, made)))
        self._step(copies.WORKBOOK, self._check_workbook, layout.FIGURES, layout.WORKBOOK)
        if same:
            payload = sorted(name for name in self._altered if name.startswith("data/"))
            self._step(copies.COPIES, with_replay(self._check_copies), layout.FIGURES, *payload)
        if outside.disclosure is not None:
            path = outside.disclosure
            self._step(
                disclosures.TITLE,
                with_replay(lambda made: disclosures.check_disclosure(bag, made.duck, about, path)),
                layout.COMMITMENTS,
            )

        if outside.sample is not None:
            sample = outside.sample
            self._step(
                sampling.TITLE,
                with_replay(lambda made: sampling.check_sample(bag, made.duck, about, sample)),
                layout.BATCHES,
            )
        if outside.shown:
            self._step(papers.SHOWN, with_replay(lambda made: papers.check_shown_files(made, outside.shown)))

    def _check_chain(self, replay: Replay) -> CheckStep:
        replay.load_parquet(self._bag / layout.EVENTS)
        return log_checks.check_chain(replay.duck, self._describe)

    def _check_batches(self, replay: Replay) -> CheckStep:
        path = quote_str(str(self._bag / layout.BATCHES))
        replay.duck.sql(f"CREATE VIEW batches AS FROM read_parquet({path})")
        return log_checks.check_batches(replay.duck, self._describe)

    def _check_definitions(self, replay: Replay) -> CheckStep:
        return recomputation.check_definitions(replay, self._read(layout.DEFINITIONS), self._describe)

    def _check_figures(self, replay: Replay) -> CheckStep:
        claims, sealed = self._read(layout.FIGURES), read_seals(replay.duck)
        self.findings.figures = recomputation.compare_figures(replay, self._describe, claims, sealed)
        return recomputation.check_figures(self.findings.figures)

    def _check_months(self, replay: Replay) -> CheckStep:
        return recomputation.check_months(replay, self._describe, self._read(layout.FIGURES))

    def _check_workbook(self) -> CheckStep:
        return copies.check_workbook(self._bag, self._read(layout.FIGURES))

    def _check_copies(self, replay: Replay) -> CheckStep:
        return copies.check_copies(self._bag, replay, self._describe, self._read(layout.FIGURES))

    def _read_about(self) -> CheckStep:
        about = self._read(layout.ABOUT)
        if about["format"] != layout.FORMAT:
            raise UnreadablePackage(
                f"这个证据包是第 {about['format']} 版格式，本核验程序认识第 {layout.FORMAT} 版；"
                "请用与打包时同一版本的核验程序。"
            )
        sentence = f"{about['center']['name']}（{about['center']['id']}）{about['year']}年，"
        self._describe = about
        return make_passed_step("打包参数", f"{sentence}日志至第 {about['head']['seq']:,} 号事件。")

    def _read(self, name: str) -> Any:
        return orjson.loads((self._bag / name).read_bytes())

    def _step(self, title: str, check: Callable[[], CheckStep], *needs: str) -> None:
        """A check on files that are what the manifests say; others are not even opened."""
        lacks = self._describe_lack(*needs)
        if lacks is None:
            self.findings.steps.append(attempt_check(title, check))
        else:
            self.findings.steps.append(
                CheckStep(title, StepOutcome.SKIPPED, f"因为 {lacks} 缺少或被改动过。")
            )

    def _describe_lack(self, *needs: str) -> str | None:
        return next((one for one in needs if one in self._altered or not (self._bag / one).is_file()), None)


def _check_container(opened: UnpackedBag, repacked: bool) -> CheckStep:
    if opened.repacked is None:
        return make_passed_step(CONTAINER, "与打包时的结构逐字节一致。")
    if repacked:
        return CheckStep(
            CONTAINER, StepOutcome.NOTED, f"重新打包过（{opened.repacked}）；内容仍按清单和签名核对。"
        )
    sentence = f"压缩包不是原样：{opened.repacked}。若是您自己解开后重新打包的，请加 --repacked。"
    return CheckStep(CONTAINER, StepOutcome.FAILED, sentence)


def _check_seals(replay: Replay) -> CheckStep:
    return seals.check_seals(replay.duck, read_seals(replay.duck))


def _require_replay(replay: Replay | None) -> Replay:
    if replay is None:
        raise ValueError("打包参数读不懂，不知道是哪个中心的日志")
    return replay
