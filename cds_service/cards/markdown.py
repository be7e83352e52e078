"""GitHub-flavoured Markdown without HTML: escaping of what may come from a record, and sections of a card's detail."""

import re
import unicodedata
from collections.abc import Iterable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@!$^])")
_LONGEST = 120

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9,;:()/+-]*(?: [A-Za-z0-9(][A-Za-z0-9,;()/+-]*)*")
"""Most of what is escaped ("stage IA", "2026-10-20") needs nothing done: no mark, no address, no double space."""
_LINK = re.compile(r"(?<!\\)\[([^\]]*)\]\(([^)\s]*)\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&@!$^:.])")
_WWW = re.compile(r"www\.", re.IGNORECASE)


def escape(text: str, *, longest: int | None = _LONGEST) -> str:
    """One short line of text that reads as written and cannot become markup, a link or HTML."""
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text) and "://" not in text:
        return text
    shown = " ".join((text if text.isprintable() else "".join(map(_printable, text))).split())
    if longest is not None and len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    marked = _SPECIAL.sub(r"\\\1", shown)
    if "://" not in marked and "." not in marked:
        return marked
    # GFM turns bare addresses into links; a backslash before the punctuation stops that and shows nothing.
    return _WWW.sub(r"www\\.", marked.replace("://", "\\://"))


def ours(text: str) -> str:
    """Text of our own knowledge: markup is allowed, an angle bracket never is, because it could start HTML."""
    return text.replace("<", "\\<")


def section(title: str, lines: Iterable[str]) -> str:
    """A bold title and a list; nothing at all where there is no line."""
    listed = [f"- {line}" for line in dict.fromkeys(lines) if line]
    return "\n".join([f"**{title}**", "", *listed]) if listed else ""


def joined(sections: Iterable[str]) -> str:
    """Sections with a blank line between them; empty ones vanish."""
    return "\n\n".join(each for each in sections if each)


def plain(markdown: str) -> str:
    """The same text for a client that shows no Markdown: what this package writes, with its marks taken away."""
    linked = _LINK.sub(r"\1 (\2)", markdown)
    return _ESCAPED.sub(r"\1", linked.replace("**", ""))


def _printable(character: str) -> str:
    """Control characters become spaces; invisible ones (bidirectional overrides, joiners) are left out."""
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category.startswith("C") else character
