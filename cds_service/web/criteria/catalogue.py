"""Every page of the browser, built from the knowledge once, when the service starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.knowledge.model import Knowledge, RatingRow, Topic, Variant, Yield
from cds_service.knowledge.studies import Procedure, ProcedureCode
from cds_service.web.criteria import pages
from cds_service.web.criteria.neighbours import Neighbour, all_beside
from cds_service.web.criteria.wording import criterion, in_words, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The pages by what they are about; and how each variant rates each study."""

    index: pages.IndexPage
    topics: Mapping[str, pages.TopicPage]
    variants: Mapping[str, pages.VariantPage]
    studies: Mapping[str, pages.StudyPage]


def make_catalogue(knowledge: Knowledge, protocols: Mapping[str, str]) -> Catalogue:
    """The pages of this knowledge. `protocols`: id of a study → URL of the site's own protocol."""
    made = _Maker(knowledge, protocols)
    return Catalogue(
        index=made.index(),
        topics={topic.id: made.topic(topic) for topic in knowledge.topics},
        variants={variant.id: made.variant(variant) for variant in knowledge.variants},
        studies={study.id: made.study(study) for study in knowledge.procedures.values()},
    )


def rating(row: RatingRow) -> pages.Rating:
    """One rating row."""
    return pages.Rating(
        category=row.category,
        score=row.score,
        questions=row.questions,
        basis=row.basis,
        disagreement=row.disagreement,
        only_when=sentence(row.when) if row.when is not None else None,
        needs=tuple(VOCABULARY[fact].ask for fact in row.needs),
        note=row.note,
    )


class _Maker:
    """What every page is made with: the knowledge, and the names that pages share."""

    def __init__(self, knowledge: Knowledge, protocols: Mapping[str, str]) -> None:
        self.knowledge = knowledge
        self.version = pages.Version(version=knowledge.version, hash=knowledge.hash)
        self.topic_of = {variant.id: topic for topic in knowledge.topics for variant in topic.variants}
        self.names = {
            variant.id: pages.VariantName(
                id=variant.id, topic=self.topic_of[variant.id].id, title=variant.title, questions=variant.questions
            )
            for variant in knowledge.variants
        }
        self.beside = all_beside(knowledge)
        self.studies = {each.id: _study(each, protocols) for each in knowledge.procedures.values()}

    def index(self) -> pages.IndexPage:
        return pages.IndexPage(
            topics=tuple(
                pages.TopicName(
                    id=topic.id,
                    title=topic.title,
                    publication=_publication(topic),
                    variants=self._named(topic.variants),
                )
                for topic in sorted(self.knowledge.topics, key=lambda each: each.title)
            ),
            studies=tuple(self.studies.values()),
            knowledge=self.version,
        )

    def topic(self, topic: Topic) -> pages.TopicPage:
        rated = {study for variant in topic.variants for study in variant.ratings}
        return pages.TopicPage(
            id=topic.id,
            title=topic.title,
            publication=_publication(topic),
            variants=self._named(topic.variants),
            table=tuple(
                pages.TableRow(
                    study=study,
                    ratings={each.id: rating(each.ratings[id]) for each in topic.variants if id in each.ratings},
                )
                for id, study in self.studies.items()
                if id in rated
            ),
            knowledge=self.version,
        )

    def variant(self, variant: Variant) -> pages.VariantPage:
        topic = self.topic_of[variant.id]
        near = self.beside[variant.id]
        first = {each.to for each in variant.yields_to}
        after = [(each, its) for each in self.knowledge.variants for its in each.yields_to if its.to == variant.id]
        ordered = first | {each.id for each, _ in after}
        return pages.VariantPage(
            variant=self.names[variant.id],
            topic_title=topic.title,
            criteria=criterion(variant.when),
            ratings=tuple(
                pages.RatedStudy(study=self.studies[row.procedure], rating=rating(row))
                for row in sorted(variant.ratings.values(), key=lambda row: -row.score)
            ),
            why=variant.why,
            instead=variant.instead,
            next=tuple(pages.Step(result=each.result, step=each.step) for each in variant.next),
            pitfalls=variant.pitfalls,
            notes=variant.notes,
            neighbours=tuple(self._neighbour(each) for each in near.neighbours),
            yields_to=tuple(self._precedence(each.to, each) for each in variant.yields_to),
            precedes=tuple(self._precedence(each.id, its) for each, its in after),
            together=self._named(each for each in near.together if each.id not in ordered),
            other_questions=self._named(near.other_questions),
            publication=_publication(topic),
            sources=variant.sources,
            knowledge=self.version,
        )

    def study(self, study: Procedure) -> pages.StudyPage:
        return pages.StudyPage(
            study=self.studies[study.id],
            contrast=study.contrast,
            body_site=study.body_site,
            usual_question=study.default_question,
            questions=tuple(
                pages.QuestionRatings(question=question, ratings=found)
                for question in sorted(QUESTIONS, key=lambda each: each != study.default_question)
                if (found := self._rated(study.id, question))
            ),
            codes=tuple(_code(each) for each in study.codes),
            names=study.phrases,
            knowledge=self.version,
        )

    def _rated(self, study: str, question: str) -> tuple[pages.RatedVariant, ...]:
        rows = [(each, each.row(study, question)) for each in self.knowledge.variants]
        found = [
            pages.RatedVariant(variant=self.names[variant.id], rating=rating(row))
            for variant, row in rows
            if row is not None
        ]
        return tuple(sorted(found, key=lambda each: -each.rating.score))

    def _named(self, variants: Iterable[Variant]) -> tuple[pages.VariantName, ...]:
        return tuple(self.names[each.id] for each in variants)

    def _neighbour(self, found: Neighbour) -> pages.NeighbourName:
        return pages.NeighbourName(
            variant=self.names[found.variant.id],
            fact=found.fact,
            label=VOCABULARY[found.fact].ask,
            said=in_words(found.fact, found.allowed),
        )

    def _precedence(self, id: str, found: Yield) -> pages.Precedence:
        return pages.Precedence(variant=self.names[id], because=found.because)


def _study(study: Procedure, protocols: Mapping[str, str]) -> pages.Study:
    return pages.Study(
        id=study.id,
        name=study.name,
        short=study.short,
        radiation=study.radiation,
        msv=study.msv,
        protocol=protocols.get(study.id),
    )


def _publication(topic: Topic) -> pages.Publication:
    source = topic.source
    return pages.Publication(
        publisher=source.publisher,
        # The knowledge writes `not-found` where the publication of a topic could not be established.
        citation=source.citation if source.citation != "not-found" else None,
        url=f"https://doi.org/{source.doi}" if source.doi is not None else source.url,
    )


def _code(entry: ProcedureCode) -> pages.StudyCode:
    return pages.StudyCode(
        system=entry.code.system,
        code=entry.code.code,
        match=entry.match,
        confidence=entry.confidence,
        source=entry.source,
        note=entry.note,
    )
