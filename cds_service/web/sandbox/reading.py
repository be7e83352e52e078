"""A hook request as the service reads and judges it, with the very judge that stands behind the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cds_service.clients import Role
from cds_service.facts.as_of import as_of
from cds_service.facts.source import Source
from cds_service.fhir.resources import ServiceRequest
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import HookError
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service
from cds_service.judging import Judge, Judged, read_drafts
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure
from cds_service.stages import Stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads requests as those of one caller are read."""

    role: Role
    services: tuple[Service, ...]
    judge: Judge
    clock: Callable[[], datetime]

    @property
    def knowledge(self) -> Knowledge:
        """What the requests are judged by."""
        return self.judge.knowledge

    def request(self, body: bytes) -> HookRequest:
        """The request in a body, whichever of our hooks it names. Raises BadRequest."""
        return decode_request(body, services=self.services)

    def judged(self, request: HookRequest) -> Judged:
        """Its orders, as an answer would judge them. Raises a HookError."""
        return self.judge.judge(self._service(request), request, self.clock(), Stages())

    def ordered(self, request: HookRequest) -> tuple[str, ...]:
        """The studies ordered, by id, as judged; none where nothing can be judged, as the answer says then."""
        try:
            assessments = self.judged(request).assessments
        except HookError:
            return ()
        return tuple(dict.fromkeys(each.procedure for each in assessments if each.procedure is not None))

    def patient_source(self, request: HookRequest) -> Source:
        """What the facts of the patient are read from, whatever is ordered: on the day of the first draft."""
        record = self.judge.record(self._service(request), request, Stages())
        drafts = [each.draft for each in read_drafts(request, self.knowledge.translations)[0]]
        dated = ServiceRequest(status="draft", authored_on=next((each.authored_on for each in drafts), None))
        return Source(
            record=record,
            draft=dated,
            partner=None,
            procedures=(_of_the_body(self.knowledge.procedures.values()),),
            knowledge=self.knowledge,
            today=as_of(dated, record, self.clock().date()),
            windows=self.judge.windows,
        )

    def _service(self, request: HookRequest) -> Service:
        return next(each for each in self.services if each.hook == request.hook)


def _of_the_body(studies: Iterable[Procedure]) -> Procedure:
    """A study that is about every cancer of the patient; the first of any where the knowledge has none."""
    listed = tuple(studies)
    return next((each for each in listed if each.family == "systemic"), listed[0])
