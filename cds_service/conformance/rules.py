"""What a CDS Hooks service is held to: every rule's id, force and meaning in one table. Knows no service.

The id begins with the row of our digest of the specification that the rule is from (`D2`; `Q12/context` where a row
holds several), or is the specification's own (`cds-resp-6`). Texts: https://cds-hooks.hl7.org/2.0/, harmless parts of
3.0's ballot, and https://hl7.org/fhir/us/davinci-crd/ where it says so. `INF-2.0#83` is the number of the same demand
in the requirements list of Inferno's Da Vinci CRD test kit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How strongly a rule binds; MAY is an offer, which is reported and never a fault."""

    SHALL = "SHALL"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Group(StrEnum):
    """The parts of a report, in the order in which they are looked at."""

    DISCOVERY = "Discovery"
    PREFETCH = "Prefetch templates"
    CALL = "Well-formed requests"
    ANSWER = "Answers"
    CARD = "Cards"
    SUGGESTION = "Suggestions and actions"
    REFUSAL = "Faulty requests"
    FEEDBACK = "Feedback"
    CORS = "Browser clients (CORS)"
    TOKEN = "Tokens"


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand; `see`: the same in other lists."""

    id: str
    level: Level
    says: str
    see: tuple[str, ...] = ()


SHALL, SHOULD, MAY = Level.SHALL, Level.SHOULD, Level.MAY


def _inf(*numbers: int) -> tuple[str, ...]:
    return tuple(f"INF-2.0#{number}" for number in numbers)


TABLE: dict[Group, tuple[Rule, ...]] = {
    Group.DISCOVERY: (
        Rule("J1", SHALL, "production traffic goes over TLS", _inf(2, 168)),
        Rule("D1", SHALL, "discovery answers at {base}/cds-services itself, not by a redirect", _inf(4, 5)),
        Rule("D1/slash", SHOULD, "a trailing slash is not redirected: a CORS preflight does not survive it"),
        Rule("D2", SHALL, "discovery is a 200 with an object that holds the array services", _inf(6, 13)),
        Rule("D2/json", SHALL, "discovery says that it is JSON", _inf(1)),
        Rule("D3/hook", SHALL, "a service names its hook", _inf(7)),
        Rule("D3/description", SHALL, "a service describes itself", _inf(9)),
        Rule("D3/id", SHALL, "a service has an id that can stand in a URL", _inf(10)),
        Rule("D4", SHOULD, "a service has a title", _inf(8)),
        Rule("D5", SHALL, "prefetch is an object of query templates by key, or absent", _inf(11, 29, 36)),
        Rule("D6", SHALL, "usageRequirements is a text, or absent", _inf(12)),
        Rule("D7", SHOULD, "version is that of the CDS Hooks specification, such as 2.0.1"),
        Rule("D8", SHOULD, "hookVersion is that of the hook's definition, such as 1.0"),
        Rule("D9", SHALL, "no id is there twice for one hook", _inf(211)),
        Rule("D10", SHALL, "a service answers at {base}/cds-services/{id}", _inf(16)),
        Rule("D11", SHOULD, "discovery says the same when asked again: clients keep what they read"),
        Rule("Q9/discovery", SHALL, "nothing in discovery is null or empty", _inf(3)),
        Rule("E9/discovery", SHOULD, "discovery holds the specification's elements and no others"),
    ),
    Group.PREFETCH: (
        Rule("P1", SHALL, "a template is a relative FHIR read or search"),
        Rule("P2", SHALL, "tokens stand in {{ }} and name a field of the context or a user", _inf(55, 56, 59)),
        Rule("P3", SHALL, "tokens name root-level primitive fields that the hook allows", _inf(57)),
        Rule("P4", SHALL, "user tokens are the four of the specification", _inf(56)),
        Rule("P5", SHOULD, "templates keep to the subset of FHIR search that every client can run", _inf(58)),
        Rule("P6", SHOULD, "sorting is spelled _sort, as FHIR R4 has it"),
        Rule("P7", SHOULD, "no template needs an optional field of the context: clients skip those"),
        Rule("P8", SHOULD, "no template needs the FHIRPath of CDS Hooks 3.0, which few clients have"),
    ),
    Group.CALL: (
        Rule("E1", SHALL, "a well-formed request is answered with 200 and an object that holds cards", _inf(74, 77)),
        Rule("E1/json", SHALL, "the answer is JSON and says so", _inf(1)),
        Rule("E3", SHOULD, "no guidance is 200 with an empty array of cards, not 204", _inf(77)),
        Rule("E4", SHALL, "412 only where data could not be had; never where every key was answered", _inf(54)),
        Rule("E8", SHOULD, "an answer takes about 500 ms at most", _inf(27)),
        Rule("R1", SHALL, "a request without prefetch is answered, or refused with 412", _inf(28, 54)),
        Rule("R4", SHALL, "a key with null is a query that found nothing"),
        Rule("R5", SHALL, "a request with only some of the keys is answered, or refused with 412"),
        Rule("R6", SHALL, "an OperationOutcome in place of data is survived", _inf(52)),
        Rule("R7", SHALL, "every legal form of a prefetched value is survived"),
        Rule("R9", SHALL, "keys that the service did not ask for are ignored"),
        Rule("R10", SHALL, "references may be absolute"),
        Rule("Q2", SHOULD, "the same request gets the same bytes again"),
        Rule("Q3", SHALL, "a request of CDS Hooks 1.0 is answered"),
        Rule("Q7", SHALL, "extensions of any content are ignored"),
        Rule("Q8", SHALL, "a Content-Type with a charset is accepted"),
        Rule("Q9/empty", SHOULD, "the CDS Hooks Sandbox's empty coding and empty reasonCode are survived"),
        Rule("Q10", SHALL, "text in any language is survived"),
        Rule("Q11", SHOULD, "unknown elements are ignored (CRD)"),
        Rule("A5", SHALL, "a FHIR server that cannot be reached is survived"),
        Rule("H2", SHALL, "of several drafts only those in selections are judged"),
        Rule("H3", SHALL, "orders that are signed again after revision are no drafts any more"),
        Rule("H4", SHALL, "drafts of other kinds are survived"),
        Rule("H5", SHOULD, "the request resources of FHIR STU3 are survived"),
        Rule("H6", SHOULD, "draftOrders without type, and selections that name no draft, are survived"),
        Rule("H7", SHOULD, "ids longer than FHIR's 64 characters are survived"),
        Rule("H8", SHALL, "a draft may hold no more than FHIR demands"),
    ),
    Group.ANSWER: (
        Rule("E2", SHALL, "systemActions is an array of actions, absent when there are none", _inf(75)),
        Rule("E9", SHOULD, "an answer holds the specification's elements; others stand in extension"),
        Rule("J14", SHALL, "an extension is an object", _inf(214)),
        Rule("Q9", SHALL, "nothing in an answer is null or empty, cards excepted", _inf(3)),
        Rule("1.13", SHALL, "a system action is described like any other action", _inf(128)),
        Rule("1.13/twice", SHOULD, "system actions in extension and at the top are the same"),
        Rule("2.2", SHALL, "a PAMA rating is appropriate, not-appropriate or no-criteria-apply (PAMA guide)"),
        Rule("2.3", SHALL, "rating an order changes nothing of its meaning (PAMA guide)"),
    ),
    Group.CARD: (
        Rule("1.8/summary", SHALL, "a card has a summary", _inf(83)),
        Rule("1.8/length", SHALL, "a summary is shorter than 140 characters", _inf(83)),
        Rule("1.8/plain", SHOULD, "a summary is one line of plain text"),
        Rule("1.8/detail", SHALL, "detail is a text", _inf(84, 85)),
        Rule("1.8/html", SHOULD, "detail is Markdown without HTML", _inf(85)),
        Rule("1.8/indicator", SHALL, "indicator is info, warning or critical", _inf(87, 88)),
        Rule("1.8/source", SHALL, "a card names its source", _inf(90)),
        Rule("1.8/uuid", SHALL, "uuid is a UUID", _inf(80)),
        Rule("1.8/unique", SHALL, "no uuid is used twice in an answer", _inf(80)),
        Rule("1.8/suggestions", SHALL, "suggestions is an array with something in it, or absent", _inf(92)),
        Rule("1.8/selectionBehavior", SHALL, "selectionBehavior is at-most-one or any", _inf(95, 96)),
        Rule("1.8/overrideReasons", SHALL, "overrideReasons is an array with something in it, or absent", _inf(98)),
        Rule("1.8/links", SHALL, "links is an array with something in it, or absent", _inf(103)),
        Rule("1.9/label", SHALL, "a source has a label", _inf(105)),
        Rule("1.9/url", SHALL, "the url of a source is absolute", _inf(107)),
        Rule("1.9/icon", SHALL, "the icon of a source is an absolute URL", _inf(111)),
        Rule("1.9/topic", SHALL, "a topic is a Coding with code and system", _inf(115, 216, 217, 220)),
        Rule("1.11/label", SHALL, "a link has a label", _inf(138)),
        Rule("1.11/url", SHALL, "the url of a link is absolute", _inf(139)),
        Rule("1.11/type", SHALL, "the type of a link is absolute or smart", _inf(141, 142)),
        Rule("1.11/autolaunchable", SHALL, "autolaunchable is true or false"),
        Rule("1.12", SHALL, "an override reason has code and system", _inf(216, 217)),
        Rule("cds-resp-3", SHALL, "appContext is a text, and only on links of type smart", _inf(144, 146, 147)),
        Rule("cds-resp-4", SHALL, "an override reason has a display", _inf(100, 136, 219)),
        Rule("F6", SHOULD, "cards and suggestions have a uuid: without it no feedback is ever sent", _inf(81, 118)),
        Rule("S6", SHOULD, "the orders that a card says it is about are drafts of the request (CRD)"),
        Rule("S7", SHOULD, "what a card suggests is also said in its detail: clients may refuse to apply it"),
    ),
    Group.SUGGESTION: (
        Rule("1.10/label", SHALL, "a suggestion has a label", _inf(117)),
        Rule("1.10/uuid", SHALL, "the uuid of a suggestion is a UUID", _inf(119)),
        Rule("1.10/isRecommended", SHALL, "isRecommended is true or false", _inf(121)),
        Rule("1.10/actions", SHALL, "actions is an array with something in it, or absent", _inf(124)),
        Rule("1.10/actionSelectionBehavior", SHOULD, "actionSelectionBehavior is not sent to clients of 2.0"),
        Rule("1.10/type", SHALL, "an action's type is create, update or delete", _inf(127)),
        Rule("1.10/resource", SHALL, "a create and an update carry a FHIR resource", _inf(130, 131, 132)),
        Rule("1.10/resourceId", SHALL, "resourceId is a relative reference: Type/id", _inf(134, 135)),
        Rule("Q10/resource", SHALL, "the resource of an action is valid FHIR R4", _inf(130)),
        Rule("cds-resp-1", SHALL, "at most one suggestion is recommended under at-most-one", _inf(122)),
        Rule("cds-resp-2", SHOULD, "a delete has resourceId and no resource", _inf(133, 134)),
        Rule("cds-resp-5", SHALL, "an action has a description", _inf(128)),
        Rule("cds-resp-6", SHALL, "selectionBehavior is present if there are suggestions", _inf(93, 96)),
        Rule("cds-resp-7", SHALL, "actionSelectionBehavior is all, any or at-most-one"),
        Rule("S1", SHALL, "an update holds the whole order, with whatever the service does not know", _inf(132)),
        Rule("S2", SHALL, "an order that is updated or deleted is one of draftOrders (CRD)"),
        Rule("S3", SHALL, "a created order has an id of its own, or none", _inf(131)),
        Rule("S3/draft", SHOULD, "a created order is a draft for this patient, without the old one's identity"),
    ),
    Group.REFUSAL: (
        Rule("Q1", SHOULD, "a request for another hook is refused with 4xx"),
        Rule("Q2/missing", SHOULD, "a request without hookInstance is refused with 4xx"),
        Rule("Q8/json", SHALL, "a body that is not JSON is refused with 4xx", ("E6",)),
        Rule("Q12/object", SHALL, "JSON that is no object is refused with 4xx", ("E6",)),
        Rule("Q12/context", SHALL, "a request without what it must hold is refused with 4xx", ("E6",)),
        Rule("Q12/types", SHOULD, "elements of the wrong type are refused with 4xx", ("E6",)),
        Rule("Q12/unknown", SHALL, "the id of no service is a 404"),
        Rule("Q12/5xx", SHALL, "a faulty request never ends in 5xx, or without an answer"),
        Rule("cds-r-1", SHALL, "fhirAuthorization without fhirServer is not a 5xx"),
        Rule("cds-r-2", SHALL, "a scope patient/ without a patient is not a 5xx"),
        Rule("E5", SHOULD, "the body of a refusal is an OperationOutcome"),
        Rule("E5/html", SHOULD, "the body of a refusal is no HTML page"),
        Rule("E5/trace", SHALL, "no answer shows a stack trace or a path of the server"),
        Rule("E5/echo", SHALL, "no refusal repeats what a request says of the patient"),
        Rule("E7/method", SHOULD, "a wrong method is a 405"),
        Rule("E7/large", SHOULD, "a very large body is read, or refused with 413"),
    ),
    Group.FEEDBACK: (
        Rule("F1", MAY, "feedback is taken at {base}/cds-services/{id}/feedback", _inf(148)),
        Rule("F2", SHALL, "one body may hold several cards, and one card several times"),
        Rule("F4", SHALL, "an accepted suggestion is taken", ("F3",)),
        Rule("F5", SHALL, "an override is taken, with reason, with comment, with both and with neither"),
        Rule("F7", SHOULD, "feedback on a card that the service does not know is taken"),
        Rule("F7/faulty", SHOULD, "feedback that cannot be read is refused with 4xx"),
        Rule("F8", SHOULD, "spellings of clients in use are taken"),
        Rule("F10", SHALL, "a user's comment is not repeated in the answer"),
        Rule("cds-fb-1", SHALL, "an outcome other than accepted or overridden is not a 5xx"),
        Rule("cds-fb-2", SHALL, "accepted without acceptedSuggestions is not a 5xx"),
        Rule("cds-fb-3", SHALL, "an overrideReason without reason and comment is not a 5xx"),
    ),
    Group.CORS: (
        Rule("J12", MAY, "a browser at the origin may call the service", _inf(208)),
        Rule("J12/preflight", SHALL, "a preflight is answered with 2xx, without a token"),
        Rule("J12/methods", SHALL, "a preflight allows the method and the headers that it asks for"),
        Rule("J12/answers", SHALL, "answers, also of errors, carry Access-Control-Allow-Origin"),
        Rule("J12/credentials", SHALL, "any origin (*) is not combined with credentials"),
        Rule("J12/vary", SHOULD, "an answer for one origin says Vary: Origin"),
    ),
    Group.TOKEN: (
        Rule("J3", SHALL, "a call without a token is refused with 401", _inf(176, 177)),
        Rule("J3/garbage", SHALL, "a token that is none is refused with 401"),
        Rule("J5", SHALL, "an expired token is refused with 401", ("J9",)),
        Rule("J6", SHALL, "a token signed with none or with a shared secret is refused with 401", _inf(201, 203)),
        Rule("J7", SHOULD, "an issuer that nobody listed is refused with 401", _inf(195)),
        Rule("J8", SHALL, "a token for another URL is refused with 401"),
        Rule("J9", SHALL, "a token whose signature is not its issuer's is refused with 401"),
        Rule("J9/replay", SHOULD, "a token is good for one call"),
        Rule("J10", SHOULD, "a 401 gives no reasons, and never the token"),
    ),
}
"""Every rule, in the order of the report."""

RULES: dict[str, Rule] = {rule.id: rule for rules in TABLE.values() for rule in rules}

GROUP_OF: dict[str, Group] = {rule.id: group for group, rules in TABLE.items() for rule in rules}


def rows_of(rule: Rule) -> Iterator[str]:
    """The rows of the digest, and of other lists, that a rule stands for: `Q12/context` for itself and for `Q12`."""
    yield rule.id
    if "/" in rule.id:
        yield rule.id.partition("/")[0]
    yield from rule.see
