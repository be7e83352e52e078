"""What each page of the browser shows, as one value that is also its JSON: the two cannot say different things.

Built from the knowledge alone. Names of fields are camelCase on the wire; a field without a value is absent.
"""

import msgspec

from cds_service.knowledge.model import Category
from cds_service.knowledge.studies import CodeMatch
from cds_service.web.criteria.wording import Criterion


class Page(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Base: a value without defaults on the wire."""


class Version(Page, frozen=True, kw_only=True):
    """The knowledge in force: its version, and the SHA-256 of its files."""

    version: str
    hash: str


class Publication(Page, frozen=True, kw_only=True):
    """Where a topic was published. No `citation` where it could not be established."""

    publisher: str
    citation: str | None = None
    url: str | None = None


class Study(Page, frozen=True, kw_only=True):
    """A study in a list. `radiation`: ACR's relative radiation level of an adult, `msv` its band (low, high) in mSv.

    `protocol`: URL of the site's own protocol.
    """

    id: str
    name: str
    short: str
    radiation: str
    msv: tuple[float, float] | None = None
    protocol: str | None = None


class VariantName(Page, frozen=True, kw_only=True):
    """A variant in a list. `questions`: ids, see `QuestionName`."""

    id: str
    topic: str
    title: str
    questions: tuple[str, ...]


class Rating(Page, frozen=True, kw_only=True):
    """How a variant rates a study.

    `category` by ACR; `score` 1 to 9; `disagreement`: the panel disagreed. `questions`: those this rating answers.
    `basis`: where it was read: `article`, `acr-page`, `acr-dataset` (a third-party copy of ACR's tables). `only_when`:
    on what condition it applies, in words. `needs`: what must be on record for it, in words.
    """

    category: Category
    score: int
    questions: tuple[str, ...]
    basis: tuple[str, ...]
    disagreement: bool = False
    only_when: str | None = None
    needs: tuple[str, ...] = ()
    note: str | None = None


class RatedStudy(Page, frozen=True, kw_only=True):
    """A study with its rating in one variant."""

    study: Study
    rating: Rating


class RatedVariant(Page, frozen=True, kw_only=True):
    """A variant with its rating of one study."""

    variant: VariantName
    rating: Rating


class Precedence(Page, frozen=True, kw_only=True):
    """One of two variants that can hold at the same time, and the clinical reason why it comes first."""

    variant: VariantName
    because: str


class NeighbourName(Page, frozen=True, kw_only=True):
    """A variant for a patient who differs in one fact; `label` and `said` are that fact and its value in words."""

    variant: VariantName
    fact: str
    label: str
    said: str


class Step(Page, frozen=True, kw_only=True):
    """What usually follows a result."""

    result: str
    step: str


class VariantPage(Page, frozen=True, kw_only=True):
    """Everything about one variant. `ratings`: the highest score first; `neighbours`: the nearest first.

    `yields_to` and `precedes`: variants that, where both hold, come before and after this one. `together`: those that
    can hold beside it without precedence. `other_questions`: those that answer another question of such a patient.
    """

    variant: VariantName
    topic_title: str
    criteria: Criterion
    ratings: tuple[RatedStudy, ...]
    why: tuple[str, ...]
    instead: tuple[str, ...] = ()
    next: tuple[Step, ...] = ()
    pitfalls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    neighbours: tuple[NeighbourName, ...] = ()
    yields_to: tuple[Precedence, ...] = ()
    precedes: tuple[Precedence, ...] = ()
    together: tuple[VariantName, ...] = ()
    other_questions: tuple[VariantName, ...] = ()
    publication: Publication
    sources: tuple[str, ...]
    knowledge: Version


class TableRow(Page, frozen=True, kw_only=True):
    """One study of a topic: its ratings by variant id; a variant that does not rate it is absent."""

    study: Study
    ratings: dict[str, Rating]


class TopicPage(Page, frozen=True, kw_only=True):
    """One ACR topic: its variants, and all its ratings as a table."""

    id: str
    title: str
    publication: Publication
    variants: tuple[VariantName, ...]
    table: tuple[TableRow, ...]
    knowledge: Version


class StudyCode(Page, frozen=True, kw_only=True):
    """A code by which orders name a study; it carries no text of the code system. `note`: what is said of it."""

    system: str
    code: str
    match: CodeMatch
    confidence: str
    source: str
    note: str | None = None


class QuestionRatings(Page, frozen=True, kw_only=True):
    """How a study is rated for one question, by every variant of it; the highest score first."""

    question: str
    ratings: tuple[RatedVariant, ...]


class StudyPage(Page, frozen=True, kw_only=True):
    """Everything about one study. `usual_question`: what it asks where an order does not say.

    `names`: phrases by which orders name it.
    """

    study: Study
    contrast: str
    body_site: str
    usual_question: str
    questions: tuple[QuestionRatings, ...]
    codes: tuple[StudyCode, ...]
    names: tuple[str, ...]
    knowledge: Version


class FoundStudy(Page, frozen=True, kw_only=True):
    """A study found. `tally`: in how many variants it has each category. `as_code`: the code that was looked for."""

    study: Study
    tally: dict[Category, int]
    as_code: str | None = None


class FoundVariant(Page, frozen=True, kw_only=True):
    """A variant found, and how it rates the studies that were asked for."""

    variant: VariantName
    ratings: tuple[RatedStudy, ...] = ()


class SearchPage(Page, frozen=True, kw_only=True):
    """What a search found, best first.

    `more_variants`: how many were found beyond those listed. `ruled_out`: no variant fits all that was said; those
    listed only mention it. `understood`: what was read in the words, e.g. "Clinical stage at diagnosis: stage IIA".
    `not_rated`: what was asked for that is no study of these topics, with the reason. `spelled`: a misspelled word, and
    the one taken for it. `suggestions`: other things to look for, where nothing was found.
    """

    q: str
    studies: tuple[FoundStudy, ...] = ()
    variants: tuple[FoundVariant, ...] = ()
    more_variants: int = 0
    ruled_out: bool = False
    understood: tuple[str, ...] = ()
    not_rated: tuple[str, ...] = ()
    spelled: dict[str, str] = msgspec.field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    knowledge: Version


class TopicName(Page, frozen=True, kw_only=True):
    """A topic in a list, with its variants."""

    id: str
    title: str
    publication: Publication
    variants: tuple[VariantName, ...]


class IndexPage(Page, frozen=True, kw_only=True):
    """Everything there is to look up, where nothing is looked for."""

    topics: tuple[TopicName, ...]
    studies: tuple[Study, ...]
    knowledge: Version
