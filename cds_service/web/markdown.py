"""GitHub-flavoured Markdown of a card as HTML that is safe to show: no HTML of its own, no images, plain links only."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

_LINK = {"rel": "noopener noreferrer", "target": "_blank"}
_HEADING = "h4"
"""Whatever level a text uses: it stands below the heading of its card."""


def render_markdown(text: str) -> Markup:
    """The text as HTML. HTML in it is shown as written, links other than http(s) and mailto are text."""
    return Markup(_RENDERER.render(text))


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrs.update(_LINK)
    return renderer.renderToken(tokens, index, options, env)


def _heading(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].tag = _HEADING
    return renderer.renderToken(tokens, index, options, env)


def _made() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable(["table", "strikethrough"])
    made.disable(["image", "html_block", "html_inline"])
    made.validateLink = _is_plain  # type: ignore[method-assign]
    rules: dict[str, Any] = {"link_open": _link_open, "heading_open": _heading, "heading_close": _heading}
    for name, rule in rules.items():
        made.add_render_rule(name, rule)
    return made


def _is_plain(url: str) -> bool:
    return url.lower().startswith(("https://", "http://", "mailto:"))


_RENDERER = _made()
