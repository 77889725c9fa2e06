"""Prose under a rule: "causes" only where a test earned it, and no number typed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from jinja2 import Environment, TemplateSyntaxError, nodes

from segmentation_lib.faults import Fault

__all__ = ["causal_faults", "page_text", "template_faults"]

# A denial is no claim ("an association, not a cause"), and neither is the name of the map.
_CAUSAL = re.compile(
    r"""
    \b(?:
        (?<!other\s)causes(?![ ][\w ]{1,40}[ ]is[ ]not[ ]shown) | caus(?:ed|ing)
      | (?<!not\sa\s)(?<!not\sthe\s)(?<!,\snot\s)(?<!no\s)(?<!nor\sa\s)
        (?<!need\snot\s)cause(?![-\s]effect|\sand)
      | lead(?:s|ing)?\sto | led\sto
      | driv(?:es|en\sby|ing\sup|ing\sdown) | drove | drivers?\sof
      | because\sof | due\sto | thanks\sto | owing\sto | as\sa\sresult\sof
      | result(?:ed|ing)\sin | results\sin\s(?:an?|more|less|fewer|higher|lower)
      | bring(?:s|ing)?\sabout | brought\sabout
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Words in quotation marks are mentioned, not used.
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|`[^`]*`")
_SEGMENT = re.compile(r"\bS\d{2,}\b")
_DIGIT = re.compile(r"\d[\d.,]*")
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "td", "th", "tr", "div", "section", "figcaption",
           "summary", "dt", "dd", "br", "title", "desc", "text", "caption"}  # fmt: skip
_SKIPPED = {"style", "script", "blockquote", "q"}


def causal_faults(text: str, where: str, *, earned: Iterable[str] = ()) -> list[Fault]:
    """Find words that claim a cause.

    Words in quotation marks are mentioned, not used, and pass; so does a denial such as "not a
    cause". A claim about a test with a control group passes when its whole sentence is ``earned``.

    Args:
        text: Any prose.
        where: Where it stands, used in the faults; ``{line}`` becomes the line within the text.
        earned: Sentences that came from experiments.

    Returns:
        One fault per word, in reading order.
    """
    left = _flat(text)
    for sentence in sorted({_flat(item) for item in earned if item.strip()}, key=len, reverse=True):
        # As long as what it replaces, so that lines are still counted.
        pattern = re.compile(r"\s+".join(map(re.escape, sentence.split())))
        left = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), left)
    left = _QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), left)
    faults = []
    for match in _CAUSAL.finditer(re.sub(r"[^\S\n]", " ", left)):
        line = left[: match.start()].count("\n") + 1
        faults.append(
            Fault(
                where.replace("{line}", str(line)),
                f"“{' '.join(match[0].split())}” in “…{_around(left, match)}…”",
                "only a test with a control group may say that one thing causes another",
                "Say “goes with”, or bind the sentence to an experiment.",
                "causal_word",
            )
        )
    return faults


def template_faults(text: str, where: str) -> list[Fault]:
    """Find digits that were typed into a template; its numbers must be placeholders.

    Segment IDs such as ``S01`` are names and pass, and so does a subscript such as
    ``traits["plan=5"]``.

    Args:
        text: Text of a Jinja template.
        where: Where it stands, used in the faults; ``{line}`` becomes the line within the text.

    Returns:
        One fault per number, in reading order; one alone if the text is not a template.
    """
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        rule = "texts are Jinja templates with placeholders in double braces"
        found = f"not readable as a template ({error.message})"
        fix = "Check braces near this line."
        return [Fault(where.replace("{line}", str(error.lineno)), found, rule, fix, "template")]
    return [
        Fault(
            where.replace("{line}", str(line)),
            f"the number {number} is typed into the text",
            "numbers in texts are placeholders, so that they are right next quarter as well",
            "Write a placeholder such as {{ segment_value.customers }}.",
            "typed_number",
        )
        for line, number in _typed(tree)
    ]


def page_text(html: str) -> str:
    """Return what a page says, a line per block, without markup, scripts and quotes.

    Quotes of customers are left out: what they say is theirs.

    Args:
        html: A page, or a piece of one.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in _SKIPPED
        if tag in _BLOCKS:
            self.parts.append("\n")
        if not self._skipped:
            self.parts += [f"\n{text}\n" for name, text in attrs if name == "alt" and text]

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _SKIPPED and self._skipped > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(data)


def _typed(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    subscripts = {
        id(item.arg) for item in tree.find_all(nodes.Getitem) if isinstance(item.arg, nodes.Const)
    }
    for node in tree.find_all((nodes.TemplateData, nodes.Const)):
        if id(node) in subscripts:
            continue
        if isinstance(node, nodes.TemplateData):
            text = node.data
        elif isinstance(node, nodes.Const) and not isinstance(node.value, bool):
            text = str(node.value)
        else:
            continue
        named = _SEGMENT.sub(lambda match: "_" * len(match[0]), text)
        for match in _DIGIT.finditer(named):
            yield node.lineno + text[: match.start()].count("\n"), match[0].rstrip(".,")


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\u00a0", " ")


def _around(text: str, match: re.Match[str], reach: int = 30) -> str:
    return " ".join(text[max(match.start() - reach, 0) : match.end() + reach].split())
