"""What `findings.yaml` can say: what a phrase does in a sentence, what it means, how it changes its neighbours.

How the file is written is `knowledge.findings_file`; how a text is read with it is `facts.text`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cds_service.facts.mentions import Kind, Meant, Reading, Span
from cds_service.knowledge.findings_spelling import Spelling
from cds_service.knowledge.findings_trie import Node
from cds_service.memory import Memory

MENTION_SITES = ("bone", "spine", "lung", "liver", "brain", "other")
"""What `Mention.site` may say."""


class Role(StrEnum):
    """What a phrase does in a sentence."""

    CONCEPT = "concept"  # means something by itself
    HEAD = "head"  # means something together with a site: "pain", "nodule"
    SITE = "site"  # a part of the body
    NODE = "node"  # a lymph node
    TEST = "test"  # a laboratory test, which needs a word such as "raised"
    SIDE = "side"
    CUE = "cue"  # changes how its neighbours are meant
    JOIN = "join"  # comma, slash, "and", "or": joins the items of a list
    LINK = "link"  # "of", "such as": what follows belongs to the item before
    BREAK = "break"  # ends every scope
    INNER = "inner"  # a word without meaning of its own that may stand inside a list
    WORD = "word"  # any other word that needs no explanation
    NUMBER = "number"
    UNKNOWN = "unknown"  # a word no phrase knows


class Effect(StrEnum):
    """What a cue does; the order of words is in its name (after ConText, Harkema et al. 2009)."""

    NEGATES = "negates"  # "no", "without": what follows; a list only where it is clearly one
    NEGATES_LIST = "negates-list"  # "denies", "negative for": the whole list that follows
    NEGATES_NEXT = "negates-next"  # "non": only the next word
    NEGATES_BEFORE = "negates-before"  # "denied", ": no": what stands before
    UNCERTAIN = "uncertain"
    UNCERTAIN_BEFORE = "uncertain-before"
    RULES_OUT = "rules-out"  # "r/o": asks for metastasis and nodes, leaves a finding uncertain
    EVALUATES = "evaluates"  # "eval for": asks likewise, but a symptom named after it is there
    SUGGESTS = "suggests"  # "suspicious for": uncertain, unless negation reaches over it
    SHOWS = "shows"  # "consistent with": no change, negation reaches over it
    HISTORY = "history"  # "h/o": in the past, but of a symptom that says little
    PAST = "past"  # "previous", "resolved": in the past
    PAST_BEFORE = "past-before"
    FAMILY = "family"
    FAMILY_BEFORE = "family-before"
    AFFIRMS = "affirms"  # "no relief of": looks like a negation and is none
    AFFIRMS_BEFORE = "affirms-before"  # ": yes"
    EXCEPTS = "excepts"  # "except": takes a negation back
    PERSISTS = "persists"  # "persistent", "worsening": ends a list of negated things after a comma
    NEW = "new"  # "new": likewise, after anything but "or"


Meaning = tuple[Kind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one phrase means. `id`: of a site or head; the sign of a join. `alone`: meant when nothing explains it.

    `state` of a node, `level` of a test, `phase` of a therapy: what the phrase says about one beside it.
    """

    role: Role
    id: str = ""
    means: tuple[Meaning, ...] = ()
    meant: Meant = Meant.AFFIRMED
    site: str | None = None
    detail: str | None = None
    effect: Effect | None = None
    state: str | None = None
    level: str | None = None
    phase: str | None = None
    alone: Meaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A word that gets its meaning from a site: `at` by site id, `otherwise` with any other or none.

    `site`: what it points to wherever it is said to be: weakness of a leg is a matter of the brain, not of bone.
    """

    otherwise: Meaning
    at: Mapping[str, Meaning]
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything `findings.yaml` says.

    `spelling`: the clinical words, to read mistyped ones by. `sides`: the words for a side, which count inside longer
    phrases too. `sites`: site id to `Mention.site`.
    `not_concerning`: reasons by concept id. `organ_diseases`: by organ, what finds its other diseases in the words of a
    diagnosis. `read_before`, `residue_before`: what short texts were read as with these findings, and what nobody
    explained in them.
    """

    trie: Node[Entry]
    spelling: Spelling
    sides: Mapping[str, Entry]
    heads: Mapping[str, Head]
    sites: Mapping[str, str]
    not_concerning: Mapping[str, str]
    organ_diseases: Mapping[str, re.Pattern[str]]
    version: str = field(default="")
    read_before: Memory[Reading] = field(default_factory=Memory, compare=False, repr=False)
    residue_before: Memory[tuple[Span, ...]] = field(default_factory=Memory, compare=False, repr=False)
