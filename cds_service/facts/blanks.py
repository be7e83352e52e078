"""Blanks in the place of what a text is read without, so that what stands behind keeps its place."""

import re


def blank(found: re.Match[str]) -> str:
    """As many blanks as were found."""
    return " " * len(found.group())
