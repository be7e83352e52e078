"""Which test holds which demand of the protocol: the rows of our digest of CDS Hooks, and where each is tested.

A row is held by the rules of the conformance check that carry its id and that our own service is seen to keep, by the
tests named in TRACE.
"""

_SERVICES = "tests/hooks/test_services.py::"
_VIEWS = "tests/hooks/test_views.py::"
_DECODE = "tests/hooks/test_decode.py::"
_GUARD = "tests/hooks/test_guard.py::"
_RECORD = "tests/fhir/test_record.py::"
_FEEDBACK = "tests/hooks/test_feedback.py::"
_KEPT_FEEDBACK = "tests/store/test_feedback.py::"
_OWN = "tests/conformance/test_own_service.py::"
_RETRIEVE = "tests/fhir/test_retrieve.py::"
_FORGED = "tests/security/test_forged.py::"
_PROFILES = "tests/test_profiles.py::"
_PAMA = "tests/cards/test_pama.py::"
_PROBES = "tests/conformance/test_probes.py::"

ROWS: dict[str, str] = {
    # 1.1 discovery
    "D1": "GET {base}/cds-services, always there, no redirect",
    "D2": "200, an object with the array services",
    "D3": "hook, description and id of each service",
    "D4": "title",
    "D5": "prefetch: templates by key, or absent",
    "D6": "usageRequirements",
    "D7": "version of the specification",
    "D8": "hookVersion",
    "D9": "one id for one hook",
    "D10": "one base URL for discovery and services",
    "D11": "what is discovered is stable",
    "D12": "client: a token for discovery too, with its URL as audience",
    # 1.2 prefetch templates
    "P1": "relative read or search",
    "P2": "tokens in {{ }}",
    "P3": "root-level primitive fields that the hook allows",
    "P4": "user tokens",
    "P5": "the recommended subset of search",
    "P6": "_sort, and lists by comma",
    "P7": "nothing needs encounterId",
    "P8": "no FHIRPath of 3.0",
    "P9": "few and broad templates",
    # 1.3 prefetched data
    "R1": "client: none, some or all keys",
    "R2": "missing keys are fetched",
    "R3": "412 where required data cannot be had",
    "R4": "client: null is no data",
    "R5": "client: an absent key was not run",
    "R6": "OperationOutcome in place of data",
    "R7": "every shape of a value",
    "R8": "client: pages",
    "R9": "unknown keys are ignored",
    "R10": "relative, absolute and contained references",
    "R11": "whose data they are",
    # 1.4 request
    "Q1": "hook",
    "Q2": "hookInstance",
    "Q3": "fhirServer",
    "Q4": "fhirAuthorization",
    "Q5": "context",
    "Q6": "prefetch",
    "Q7": "extension",
    "Q8": "POST of JSON, whatever its Content-Type says",
    "Q9": "nothing null or empty",
    "Q10": "plain JSON and FHIR",
    "Q11": "unexpected elements are ignored",
    "Q12": "404 and 400, never 500",
    "cds-r-1": "fhirAuthorization needs fhirServer",
    "cds-r-2": "scopes patient/ name the patient",
    # 1.5 FHIR access
    "A1": "access_token and its companions",
    "A2": "patient of the token is that of the context",
    "A3": "each call with the token",
    "A4": "the token is kept for the request alone",
    "A5": "client: 401 and 403 mean not available",
    "A6": "scopes are not parsed",
    "A7": "prefetch or FHIR server, either",
    "A8": "only servers that are allowed",
    # 1.6 contexts
    "H1": "hookVersion of order-select and order-sign is 1.0",
    "H2": "order-select: the selections alone are judged",
    "H3": "order-sign: every draft, also those signed again",
    "H4": "other kinds of drafts",
    "H5": "drafts of STU3",
    "H6": "loose bundles and selections",
    "H7": "temporary and long ids",
    "H8": "bare drafts",
    # 1.7 response
    "E1": "200 with cards",
    "E2": "systemActions, absent when there are none",
    "E3": "no guidance is an empty array",
    "E4": "412 only for R3",
    "E5": "OperationOutcome for errors, no patient data, no traces",
    "E6": "400 for what breaks the rules",
    "E7": "the other statuses",
    "E8": "about 500 ms",
    "E9": "extension anywhere, unknown elements nowhere",
    "E10": "a card makes sense alone and names its order",
    # 1.8 to 1.12 cards
    "1.8": "card",
    "1.8/uuid": "uuid",
    "1.8/summary": "summary under 140 characters",
    "1.8/detail": "detail in Markdown without HTML",
    "1.8/indicator": "indicator",
    "1.8/source": "source",
    "1.8/suggestions": "suggestions",
    "1.8/selectionBehavior": "selectionBehavior",
    "1.8/overrideReasons": "overrideReasons",
    "1.8/links": "links",
    "1.9": "source and Coding",
    "1.9/label": "label of the source",
    "1.9/url": "url of the source",
    "1.9/icon": "icon of the source",
    "1.9/topic": "topic of the source",
    "1.10": "suggestion and action",
    "1.10/label": "label of a suggestion",
    "1.10/uuid": "uuid of a suggestion",
    "1.10/isRecommended": "isRecommended",
    "1.10/actions": "actions",
    "1.10/actionSelectionBehavior": "actionSelectionBehavior, not for clients of 2.0",
    "1.10/type": "type of an action",
    "1.10/description": "description of an action",
    "1.10/resource": "resource of an action",
    "1.10/resourceId": "resourceId of an action",
    "S1": "an update is the whole draft",
    "S2": "targets are drafts of the request",
    "S3": "a created order has an id of its own",
    "S4": "to cancel is a single delete",
    "S5": "alternatives exclude each other",
    "S6": "a card names the orders it is about",
    "S7": "what is suggested is said in words",
    "1.11": "link",
    "1.11/label": "label of a link",
    "1.11/url": "url of a link",
    "1.11/type": "type of a link",
    "1.11/appContext": "appContext",
    "1.11/autolaunchable": "autolaunchable",
    "1.12": "override reasons",
    "1.13": "system actions only where agreed",
    "cds-resp-1": "at most one recommended under at-most-one",
    "cds-resp-2": "a delete has resourceId",
    "cds-resp-3": "appContext on smart links only",
    "cds-resp-4": "display of an override reason",
    "cds-resp-5": "description of an action",
    "cds-resp-6": "selectionBehavior with suggestions",
    "cds-resp-7": "values of actionSelectionBehavior",
    # 1.14 feedback
    "F1": "the endpoint",
    "F2": "several cards, also twice",
    "F3": "card, outcome, outcomeTimestamp",
    "F4": "acceptedSuggestions",
    "F5": "overrideReason",
    "F6": "no feedback without uuid",
    "F7": "statuses, and cards that are not known",
    "F8": "spellings in use",
    "F9": "the token's audience is the feedback URL",
    "F10": "comments are capped and not logged",
    "cds-fb-1": "outcome is accepted or overridden",
    "cds-fb-2": "accepted names suggestions",
    "cds-fb-3": "overrideReason has a reason or a comment",
    # 1.15 security
    "J1": "TLS, and a proxy's headers from the proxy only",
    "J2": "authentication where data could be exposed",
    "J3": "Authorization: Bearer",
    "J4": "the token's header",
    "J5": "the token's claims",
    "J6": "no none, nothing symmetric",
    "J7": "lists of iss and jku",
    "J8": "aud is the URL called",
    "J9": "order of checks, jti unseen",
    "J10": "401 without reasons, no token in a log",
    "J11": "one replay store for all workers",
    "J12": "CORS",
    "J13": "registration with the EHR",
    "J14": "extensions are objects",
    "J15": "time or version on the card",
    "J16": "documentation for integrators",
    # 2 PAMA
    "2.2": "codes of a rating",
    "2.3": "a rating changes nothing else",
    # 4.1 what the server suite of Inferno's Da Vinci CRD test kit checks, as far as it applies
    "INF/crd_server_tls_version": "TLS",
    "INF/crd_discovery_endpoint_test": "discovery is there",
    "INF/crd_discovery_services_validation": "discovery is well-formed",
    "INF/crd_service_call_test": "every call is a 200 with JSON",
    "INF/crd_service_request_validation": "the requests are well-formed",
    "INF/crd_service_response_validation": "required elements of cards and actions",
    "INF/crd_card_optional_fields_validation": "optional elements of cards",
    "INF/crd_propose_alternate_request_card_validation": "targets of suggestions",
}
"""Every row that concerns a service or tells it what can arrive; order-dispatch, which we do not offer, is left out."""

TRACE: dict[str, tuple[str, ...]] = {
    "D8": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "P4": (f"{_SERVICES}test_p1_to_p7_every_template_is_legal",),
    "P9": (f"{_OWN}test_p9_everything_that_is_asked_for_is_read",),
    "R3": (f"{_VIEWS}test_e4_r3_data_that_cannot_be_had_are_a_412_that_names_them",),
    "R11": (f"{_RECORD}test_r11_a_patient_who_is_not_surely_the_right_one_is_an_error",),
    "Q4": (f"{_DECODE}test_q1_to_q6_a_request_is_read",),
    "Q5": (f"{_DECODE}test_q1_to_q6_a_request_is_read",),
    "Q6": (f"{_DECODE}test_q1_to_q6_a_request_is_read",),
    "H1": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "E2": (f"{_GUARD}test_e2_system_actions_are_absent_rather_than_empty",),
    "E10": (f"{_OWN}test_e10_a_card_names_its_order_and_no_order_has_two",),
    "1.9/icon": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "1.10/description": ("check:cds-resp-5",),
    "S3": (f"{_GUARD}test_s3_two_created_resources_never_share_an_id",),
    "S4": (f"{_OWN}test_s4_to_cancel_is_to_delete",),
    "S5": (f"{_OWN}test_s5_alternatives_exclude_each_other",),
    "1.11/appContext": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "1.11/autolaunchable": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "cds-resp-3": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "cds-resp-7": (f"{_OWN}test_what_we_never_send_breaks_no_rule",),
    "F3": (
        f"{_FEEDBACK}test_f3_f4_an_accepted_card_names_the_suggestions_taken",
        f"{_FEEDBACK}test_f3_a_time_is_read_as_rfc_3339_writes_it",
    ),
    "F10": (f"{_KEPT_FEEDBACK}test_f10_a_comment_is_capped_and_can_be_left_out",),
    "J15": (f"{_OWN}test_j15_a_card_says_by_which_knowledge_it_was_made",),
    "J16": (f"{_OWN}test_j16_the_guide_for_integrators_names_what_they_configure",),
    "INF/crd_discovery_endpoint_test": ("check:D1", "check:D2", "check:D2/json"),
    "INF/crd_discovery_services_validation": ("check:D2", "check:D3/hook", "check:D3/description", "check:D3/id"),
    "INF/crd_service_call_test": ("check:E1", "check:E1/json"),
    "INF/crd_service_request_validation": (f"{_PROBES}test_inf_crd_service_request_validation",),
    "INF/crd_service_response_validation": (
        *("check:E1", "check:1.8/summary", "check:1.8/length", "check:1.8/indicator", "check:1.8/source"),
        *("check:1.9/label", "check:1.9/topic", "check:1.10/type", "check:cds-resp-5", "check:1.10/resource"),
        *("check:Q10/resource", "check:cds-resp-2", "check:1.10/resourceId"),
    ),
    "INF/crd_card_optional_fields_validation": (
        *("check:1.8/uuid", "check:1.8/detail", "check:1.8/suggestions", "check:1.8/overrideReasons"),
        *("check:1.8/links", "check:1.8/selectionBehavior", "check:cds-resp-4", "check:1.12", "check:1.11/label"),
        *("check:1.11/type", "check:1.11/url", "check:1.10/label", "check:1.10/actions", "check:Q9"),
    ),
    # FHIR access
    "R2": (
        _RETRIEVE + "test_a7_r2_all_that_is_missing_is_fetched",
        _RETRIEVE + "test_r2_only_what_is_missing_is_fetched",
    ),
    "R8": (_RETRIEVE + "test_r8_every_page_is_read", _RETRIEVE + "test_r8_a_page_elsewhere_is_not_read"),
    "A1": (_DECODE + "test_a1_a6_leave_to_read_the_record_is_taken",),
    "A2": (_DECODE + "test_a1_a2_q3_leave_that_cannot_be_used_is_refused_without_its_content",),
    "A6": (_DECODE + "test_a1_a6_leave_to_read_the_record_is_taken",),
    "A3": (_RETRIEVE + "test_a3_every_call_carries_the_token",),
    "A4": (
        _RETRIEVE + "test_a4_a_token_serves_its_own_request_only",
        "tests/test_fhir_access.py::test_a4_nothing_of_the_token_stays",
    ),
    "A5": (_RETRIEVE + "test_a5_what_failed_is_named_and_counted",),
    "A7": (_RETRIEVE + "test_a7_without_a_token_nothing_is_asked",),
    "A8": (_RETRIEVE + "test_a8_any_other_server_is_not_asked",),
    # system actions and PAMA
    "1.13": (_PROFILES + "test_1_13_no_system_action_without_being_asked_for",),
    "2.2": (_PAMA + "test_2_2_all_four_parts_are_there",),
    "2.3": (
        _PAMA + "test_2_3_nothing_but_the_rating_changes",
        _PROFILES + "test_2_3_a_rating_goes_to_the_top_of_the_answer",
    ),
    # transport
    **dict.fromkeys(("J3", "J4", "J5", "J6", "J7", "J9", "J10"), (_FORGED + "test_a_wrong_token_is_a_bare_401",)),
    **dict.fromkeys(("J8", "D12", "F9"), (_FORGED + "test_each_endpoint_takes_tokens_of_its_own",)),
    "J2": ("tests/security/test_policy.py::test_a_service_that_would_ask_nobody_does_not_start",),
    "J11": ("tests/security/test_processes.py::test_a_token_counts_once_among_all_processes",),
    "J12": ("tests/hooks/test_cors.py::test_a_preflight_is_answered_without_a_token",),
    "J13": ("tests/deploy/test_manifests.py::test_j13_registration_with_the_ehr_is_described",),
    "INF/crd_server_tls_version": ("tests/deploy/test_replicas.py::test_no_tls_older_than_1_2_is_spoken",),
    "J1": ("tests/deploy/test_replicas.py::test_j1_an_answer_is_the_same_through_tls",),
    "INF/crd_propose_alternate_request_card_validation": ("check:S2", "check:Q10/resource"),
}
"""The tests of each row that the rules of the check do not hold alone; `check:` is a rule of the check."""


_NO_CORS = "the check asks as a page of another site, which nobody allowed; tests/hooks/test_cors.py allows one"
_NO_TOKENS = "tokens are off on loopback; tests/security/test_processes.py checks a service that asks for them"
_NO_SYSTEM_ACTIONS = "no system actions yet"
_NOT_SENT = "we never send it"

NOT_SHOWN: dict[str, str] = {
    "J1": "tests run on this machine, over plain HTTP",
    "D8": _NOT_SENT,
    "P4": _NOT_SENT,
    "1.9/icon": _NOT_SENT,
    "1.11/autolaunchable": _NOT_SENT,
    "cds-resp-3": _NOT_SENT,
    "cds-resp-7": _NOT_SENT,
    "S3": "no profile that creates orders yet",
    "S3/draft": "no profile that creates orders yet",
    **dict.fromkeys(("E2", "1.13", "1.13/twice", "2.2", "2.3"), _NO_SYSTEM_ACTIONS),
    **dict.fromkeys(("J12", "J12/preflight", "J12/methods", "J12/answers", "J12/credentials", "J12/vary"), _NO_CORS),
    **dict.fromkeys(("J3", "J3/garbage", "J5", "J6", "J7", "J8", "J9", "J9/replay", "J10"), _NO_TOKENS),
}
"""Rules of the check that our own service is not seen to keep, and why; it keeps every other."""
