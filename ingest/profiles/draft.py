"""A profile drafted from a file: what is known is written down, what is guessed is a comment beside it."""

from collections.abc import Iterable, Iterator

from ingest.cells import Vocabulary
from ingest.profiles.derived import read_derived
from ingest.recognition.clocks import find_utc, list_half_columns, match_halves
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.proposals import Ground, Proposal, find_unmapped, propose
from ingest.recognition.without_header import describe_contents
from tracker.tabular import Row
from tracker.toml_writing import clean_comment, write_toml_line

_HEAD = """# 由“{file}”草拟。没有 # 的行是认得的；“# 键 = …”是猜的：对的去掉 #，不对的改掉或删去。
# 写好后放进 HOTLINE_HOME/profiles/（只给一个中心用的，放进其下以中心编号为名的文件夹），
# 用 hotline profile check 检查，再用 hotline ingest 文件 --dry-run 试导入。"""


def draft_profile(fit: HeaderFit, rows: list[Row], file: str) -> str:
    """The text of a TOML file. `rows` are the first ones of the table."""
    proposals = propose(fit, rows)
    known = [one for one in proposals if one.field and one.ground is Ground.TITLE and not one.doubt]
    kind = fit.profile.kind
    return "\n".join(
        [
            _HEAD.format(file=clean_comment(file)),
            write_toml_line("title", file.rpartition(".")[0] or file),
            write_toml_line("kind", kind.name),
            *_list_marks(fit, rows, known),
            *_list_clocks(fit, rows),
            *_list_columns(proposals, known),
            *_list_words(proposals, fit),
            *_list_derivations(fit, {one.field.key for one in known if one.field}),
            *_list_halves(fit, rows),
            *_list_costs(fit, {one.field.key: one for one in known if one.field}),
            "",
        ]
    )


def _list_marks(fit: HeaderFit, rows: list[Row], known: list[Proposal]) -> Iterator[str]:
    """By what the next file is known: titles, or what each column holds."""
    if fit.header.last_row:
        yield write_toml_line("signature", [one.title for one in known])
        return
    yield "# 第一行像是数据：按没有表头草拟，列名按次序写作第1列、第2列……；第一行其实是列名的，不要用这一份。"
    yield "# 各列的内容；以后列数和内容相同的文件按这个方案读。"
    yield write_toml_line("without_header", [*map(str, describe_contents(rows))])


def _list_clocks(fit: HeaderFit, rows: list[Row]) -> Iterator[str]:
    """Questions about the moments that a profile answers at its head."""
    if stated := find_utc(fit, anywhere=True):
        yield clean_comment(f"# “{stated}”写着 UTC：时刻是世界时的去掉 #；确是北京时间的，改写成 北京时间")
        yield '# time_zone = "UTC"'
    if list_half_columns(fit, rows):
        yield "# 钟点都不超过 12，另有一列写着上午、下午：确是 24 小时制的去掉 #，否则看下面的 [halves]"
        yield "# hours = 24"


def _list_halves(fit: HeaderFit, rows: list[Row]) -> Iterator[str]:
    """The column that says 上午 and 下午, for each moment that may be of a clock of 12."""
    matched = match_halves(fit, rows)
    keys = {found[-1]: key for key, found in fit.places.items() if fit.profile.kind.by_key[key].is_moment}
    if placed := [index for index in matched if index in keys]:
        yield "\n# 是 12 小时制、上午和下午写在这一列的，去掉 #\n# [halves]"
        for index in placed:
            yield f"# {write_toml_line(keys[index], fit.header.titles[matched[index]])}"


def _list_columns(proposals: Iterable[Proposal], known: list[Proposal]) -> Iterator[str]:
    yield "\n[columns]"
    for one in proposals:
        examples = f"例：{'、'.join(one.examples)}" if one.examples else "前面的行都空着"
        if one in known and one.field:
            remark = clean_comment(f"{one.field.title}；{examples}")
            yield f"{write_toml_line(one.field.key, one.title)}  # {remark}"
            continue
        doubt = one.doubt or "没有用"
        yield clean_comment(f"# “{one.title}”列（{examples}）：{doubt}")
        for key in [one.field.key] if one.field else one.suits:
            yield f"# {write_toml_line(key, one.title)}"


def _list_words(proposals: Iterable[Proposal], fit: HeaderFit) -> Iterator[str]:
    for one in proposals:
        unknown = one.list_unknown_words(one.field, fit.profile)
        if one.field is None or not unknown or not isinstance(one.field.read, Vocabulary):
            continue
        yield f"\n# {one.field.title}：不认识的说法各归到一个意思下，去掉 #"
        yield f"# [words.{one.field.key}]"
        for meaning, spellings in one.field.read.spellings.items():
            if meaning:
                yield f"# {write_toml_line(meaning, [])}  # {spellings.split()[0]}"
        yield f"# 不认识的有：{clean_comment('、'.join(unknown))}"


def _list_derivations(fit: HeaderFit, mapped: set[str]) -> Iterator[str]:
    kind = fit.profile.kind
    offered = [
        one
        for one in kind.offers
        if one.key not in mapped and read_derived(one.text, (*kind.by_key, *kind.derives)).fields <= mapped
    ]
    if offered:
        yield "\n# 文件里没有、可以推算的；平台确是这样计时的，去掉 #\n# [derived]"
    yield from (f"# {write_toml_line(one.key, one.text)}  # {one.words}" for one in offered)


def _list_costs(fit: HeaderFit, mapped: dict[str, Proposal]) -> Iterator[str]:
    lacking = find_unmapped(fit, mapped)
    if lacking:
        yield "\n# 没有这些列，这些指标无法核实："
    yield from (f"# {field.key}（{field.title}）：{cost}" for field, cost in lacking)
