"""The whole verification of a package, one step after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package import layout
from kpi.handover.package.apart import answer_apart, run_apart
from kpi.handover.package.binding import Binding, read_binding
from kpi.handover.package.container import UnpackedBag, UnreadablePackage, unpack
from kpi.handover.package.contents import name_bag
from kpi.handover.package.vintages import read_seals
from kpi.handover.package.year_figures import YearFigures, compute_year_figures
from kpi.handover.verify import (
    bindings,
    disclosures,
    log_checks,
    net,
    papers,
    rebuilding,
    recomputation,
    sampling,
    seals,
    signatures,
)
from kpi.handover.verify.findings import (
    HEAD,
    CheckStep,
    PackageFindings,
    StepOutcome,
    attempt_check,
    make_passed_step,
)
from kpi.handover.verify.manifests import check_manifests
from kpi.handover.verify.printing import convert_findings, read_findings
from kpi.offline import Replay
from tracker.file_writing import WorkingFolder
from tracker.sandbox import Channel

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

    def as_json(self) -> dict[str, Any]:
        """For another process of this machine."""
        return {
            "heads": list(self.heads),
            "fingerprint": self.fingerprint,
            "disclosure": _resolve(self.disclosure),
            "shown": [_resolve(one) for one in self.shown],
            "sample": _resolve(self.sample),
            "repacked": self.repacked,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "OutsideKnowledge":
        """What `as_json` gave."""
        files = {name: content[name] and Path(content[name]) for name in ("disclosure", "sample")}
        return cls(**content | files | {"shown": [Path(one) for one in content["shown"]]})


def _resolve(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


NOTHING_KNOWN = OutsideKnowledge()


def verify_apart(path: Path, outside: OutsideKnowledge = NOTHING_KNOWN) -> PackageFindings:
    """Checks a package from its container to the last digit, in a process of its own.

    Raises: UnreadablePackage for what is no package, or is not safe to open.
    """
    return read_findings(run_apart(f"{__name__}:serve", path, outside.as_json(), (UnreadablePackage,)))


def serve(channel: Channel, argument: Any) -> None:
    """The process that verifies."""
    path, folder, outside = argument
    answer_apart(
        channel,
        lambda: convert_findings(
            verify_in_folder(Path(path), OutsideKnowledge.from_json(outside), Path(folder))
        ),
        (UnreadablePackage,),
    )


def verify_package(path: Path, outside: OutsideKnowledge = NOTHING_KNOWN) -> PackageFindings:
    """The same in this process. Raises: UnreadablePackage."""
    with WorkingFolder() as folder:
        return verify_in_folder(path, outside, folder)


def verify_in_folder(path: Path, outside: OutsideKnowledge, folder: Path) -> PackageFindings:
    """The same; what is unpacked and made again stays in the folder, which is empty. Raises: as above."""
    there = folder / "package"
    there.mkdir()
    opened = unpack(path, there)
    checking = _PackageCheck(path.name, folder, opened.bag, outside)
    checking.check_container(opened)
    checking.check_log()
    return checking.findings


class _PackageCheck:
    """A package being checked."""

    def __init__(self, name: str, folder: Path, bag: Path, outside: OutsideKnowledge):
        self.findings = PackageFindings(name)
        self._folder, self._bag, self._outside = folder, bag, outside
        self._altered: frozenset[str] = frozenset()
        self._describe: dict[str, Any] = {}
        self._binding: Binding | None = None
        self._figures: YearFigures | None = None

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
        replay: Replay | None = None
        try:
            if self._describe_lack(layout.EVENTS, layout.ABOUT) is None and self._describe:
                replay = Replay(self._describe["center"]["id"], self._folder, self._folder)
            self._check_log(replay)
        finally:
            if replay is not None:
                replay.close()

    def _check_log(self, replay: Replay | None) -> None:
        def with_replay(check: Callable[[Replay], CheckStep]) -> Callable[[], CheckStep]:
            return lambda: check(_require_replay(replay))

        self._step(log_checks.CHAIN, with_replay(self._check_chain), layout.EVENTS)
        if self.findings.steps[-1].outcome is not StepOutcome.PASSED:
            sentence = "日志没有通过核对，由它推出的事实和数字没有再算。"
            self.findings.steps.append(CheckStep(recomputation.FIGURES, StepOutcome.SKIPPED, sentence))
            return
        about, heads = self._describe, self._outside.heads
        self._step(HEAD, with_replay(lambda made: log_checks.check_heads(made.duck, about, heads)))
        self._step(
            bindings.TITLE, with_replay(self._check_binding),
            layout.BATCHES, layout.COMMITMENTS, layout.SIGNATURE,
        )  # fmt: skip
        self._step(log_checks.BATCHES, with_replay(lambda made: log_checks.check_batches(made.duck, about)))
        self._step(bindings.MOMENT, lambda: bindings.check_moment(_require(self._binding)))
        self._step(seals.TITLE, with_replay(_check_seals))
        self._step(recomputation.FIGURES, with_replay(self._check_figures), layout.FIGURES)
        if net.is_told(self._bag, _require_replay(replay)):
            files = (layout.NET, layout.EXCLUSIONS)
            self._step(net.TITLE, with_replay(lambda made: net.check_net(self._bag, made, about)), *files)
        self._step(recomputation.MONTHS, with_replay(self._check_months), layout.FIGURES)
        self._step(recomputation.DEFINITIONS, with_replay(self._check_definitions), layout.DEFINITIONS)
        self._step(recomputation.FACT_TABLES, with_replay(self._check_facts))
        self._step(papers.DOCUMENTS, with_replay(lambda made: papers.check_documents(self._bag, made)))
        self._step(rebuilding.TITLE, with_replay(self._check_contents))
        self._check_what_was_brought(with_replay)

    def _check_what_was_brought(
        self, with_replay: Callable[[Callable[[Replay], CheckStep]], Callable[[], CheckStep]]
    ) -> None:
        """Disclosure, sample and originals, as far as there are any."""
        about, outside, bag = self._describe, self._outside, self._bag
        if (disclosure := outside.disclosure) is not None:
            self._step(
                disclosures.TITLE,
                with_replay(lambda made: disclosures.check_disclosure(made.duck, about, disclosure)),
                layout.COMMITMENTS,
            )
        if (sample := outside.sample) is not None:
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

    def _check_binding(self, replay: Replay) -> CheckStep:
        step = bindings.check_binding(replay, self._bag, self._describe)
        self._binding = read_binding(replay.duck)
        return step

    def _check_figures(self, replay: Replay) -> CheckStep:
        claims, sealed = self._read(layout.FIGURES), read_seals(replay.duck)
        self.findings.figures = recomputation.compare_figures(replay, self._describe, claims, sealed)
        return recomputation.check_figures(self.findings.figures)

    def _check_months(self, replay: Replay) -> CheckStep:
        return recomputation.check_months(self._compute_figures(replay).compared)

    def _check_definitions(self, replay: Replay) -> CheckStep:
        return recomputation.check_definitions(replay, self._read(layout.DEFINITIONS), self._describe)

    def _check_facts(self, replay: Replay) -> CheckStep:
        return recomputation.check_facts(replay, self._bag, self._altered)

    def _check_contents(self, replay: Replay) -> CheckStep:
        binding = _require(self._binding)
        again = self._folder / "again" / name_bag(self._describe)
        again.mkdir(parents=True)
        digest = self._describe["center"]["digest"]
        figures = self._compute_figures(replay)
        return rebuilding.check_contents(self._bag, again, replay, binding, digest, figures)

    def _compute_figures(self, replay: Replay) -> YearFigures:
        """Once, at the log's end."""
        if self._figures is None:
            binding = _require(self._binding)
            replay.advance(binding.seq)
            self._figures = compute_year_figures(replay, binding.prepared.year, binding.moment)
        return self._figures

    def _read_about(self) -> CheckStep:
        about = self._read(layout.ABOUT)
        if about["format"] != layout.FORMAT:
            raise UnreadablePackage(
                f"这个证据包是第 {about['format']} 版格式，本核验程序认识第 {layout.FORMAT} 版；"
                "请用与打包时同一版本的核验程序。"
            )
        own = layout.describe_software()
        if about["software"] != own:
            raise UnreadablePackage(
                f"这个证据包由 {about['software']} 生成，本核验程序是 {own}，写出的字节可能不同，不能核验；"
                "请用与打包时同一版本的核验程序和组件。"
            )
        sentence = f"{about['center']['name']}（{about['center']['id']}）{about['year']}年，"
        sentence += f"日志至第 {about['head']['seq']:,} 号事件。"
        if self._bag.name != name_bag(about):
            sentence = f"包内的文件夹是 {self._bag.name}，应当是 {name_bag(about)}。"
            return CheckStep("打包参数", StepOutcome.FAILED, sentence)
        self._describe = about
        return make_passed_step("打包参数", sentence)

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


def _require(binding: Binding | None) -> Binding:
    if binding is None:
        raise ValueError("日志末尾没有打包登记")
    return binding


def _require_replay(replay: Replay | None) -> Replay:
    if replay is None:
        raise ValueError("打包参数读不懂，不知道是哪个中心的日志")
    return replay
