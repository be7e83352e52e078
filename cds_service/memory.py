"""What short texts and codes with their displays were found to mean, kept without the texts."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Meaning = TypeVar("Meaning")

LONGEST = 100
"""Characters of a text whose meaning is kept. Displays are shorter, and repeat from patient to patient; notes and
conclusions are longer, and do not."""

MOST = 4096
"""Meanings that are kept; one more, and all are forgotten."""


LONGEST_CONCEPT = 600
"""Bytes of a concept whose meaning is kept: a few codings with their displays."""

_NEW: Any = object()


class Memory(Generic[Meaning]):
    """Meanings by a digest of the text, keyed anew in each process: it does not lead back to the words.

    A meaning must hold none of the words either; then nothing that a record says outlives its request. Used by all
    threads at once: two that meet the same new text both find out what it means.
    """

    __slots__ = ("_digest", "_meanings")

    def __init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16, key=secrets.token_bytes(16))
        self._meanings: dict[bytes, Meaning] = {}

    def recall(self, text: str, find_out: Callable[[str], Meaning]) -> Meaning:
        """What a text means: as found out before, or now."""
        if len(text) > LONGEST:
            return find_out(text)
        return self._kept(text.encode(errors="surrogatepass"), find_out, text)

    def recall_concept(self, written: bytes, find_out: Callable[[], Meaning]) -> Meaning:
        """The same of a concept, by all that is written in it."""
        return find_out() if len(written) > LONGEST_CONCEPT else self._kept(written, find_out)

    def _kept(self, written: bytes, find_out: Callable[..., Meaning], *of: str) -> Meaning:
        digest = self._digest.copy()
        digest.update(written)
        mark = digest.digest()
        found: Meaning = self._meanings.get(mark, _NEW)
        if found is not _NEW:
            return found
        meaning = find_out(*of)
        if len(self._meanings) >= MOST:
            self._meanings = {}
        self._meanings[mark] = meaning
        return meaning
