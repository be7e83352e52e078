"""The sandbox in a real browser: what a clinician, an integrator and somebody with a keyboard only do with it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.web.conftest import Keep, Open

Json = dict[str, Any]

WARNED = "/?patient=s4-pet-ct-stage-ia-mcode"
SILENT = "/?patient=s2-us-axilla"


def _answered(page: Page) -> None:
    """Both halves of an answer are there: cards (or none), and why."""
    expect(page.locator("#cards[aria-busy]")).to_have_count(0)
    expect(page.locator("#cards .card, #cards .no-cards, #cards [data-failure]").first).to_be_visible()
    expect(page.locator("#why .why, #why p.muted").first).to_be_visible()


def _sent(page: Page) -> Json:
    sent: Json = json.loads(page.locator("#request").text_content() or "")
    return sent


def _drafts(page: Page) -> list[Json]:
    return [entry["resource"] for entry in _sent(page)["context"]["draftOrders"]["entry"]]


def _ask(page: Page) -> None:
    """Asks, and waits for the last thing that this call, and not the one before it, brings."""
    before = page.locator("#request").text_content() or ""

    def of_this_call(response: Response) -> bool:
        return "/sandbox/chart" in response.url and response.request.post_data_json["hookInstance"] not in before

    with page.expect_response(of_this_call):
        page.get_by_role("button", name="Ask the service").click()
    _answered(page)


# --- the answer -------------------------------------------------------------------------------------------------------
def test_the_first_page_shows_a_patient_and_the_answer(open_page: Open, keep: Keep) -> None:
    """Who opens the page sees at once what the service is for: the warning, the alternative, and why."""
    page = open_page()
    card = page.get_by_role("article", name="PET/CT usually not appropriate")
    expect(card).to_be_in_viewport()
    expect(card.get_by_text("Warning", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="US axilla instead: may be appropriate (5/9)")).to_be_visible()
    expect(card.get_by_role("link", name=re.compile("Imaging of Invasive Breast Cancer"))).to_be_visible()
    expect(page.locator("#line")).to_contain_text("Invasive breast cancer, left, stage IA")
    expect(page.locator("#why")).to_contain_text("310-v2")
    keep(page, "sandbox-warning")


def test_the_hook_is_fired_as_an_ehr_fires_it(open_page: Open) -> None:
    """POST of the specification's request to the service itself, not to a page's own shortcut."""
    page = open_page()
    _answered(page)
    with page.expect_request("**/cds-services/breast-imaging-order-select") as fired:
        page.reload()
    body = fired.value.post_data_json
    assert body["hook"] == "order-select"
    assert body["context"]["selections"] == ["ServiceRequest/order-1"]
    assert body["prefetch"]["patient"]["resourceType"] == "Patient"
    assert fired.value.headers["content-type"] == "application/json"


def test_every_call_has_an_instance_of_its_own(open_page: Open) -> None:
    """hookInstance is unique to a call (https://cds-hooks.hl7.org/2.0/#http-request_1)."""
    page = open_page(WARNED)
    _answered(page)
    first = _sent(page)["hookInstance"]
    _ask(page)
    assert _sent(page)["hookInstance"] != first


def test_no_card_is_said_with_its_reason(open_page: Open, keep: Keep) -> None:
    """Silence because all is right must not look like silence because nothing was understood."""
    page = open_page(SILENT)
    expect(page.locator("#cards")).to_contain_text("No card: an EHR shows nothing here.")
    expect(page.locator("#cards")).to_contain_text("Usually appropriate by 286-v9")
    keep(page, "sandbox-silence")


def test_a_question_is_shown_with_what_each_answer_means(open_page: Open, keep: Keep) -> None:
    """One missing fact decides: the card asks, and the page says what would decide."""
    page = open_page("/?patient=asks-stage-unknown")
    expect(page.get_by_role("article")).to_contain_text("Information")
    expect(page.locator("#why")).to_contain_text("would decide: Clinical stage at diagnosis")
    expect(page.locator("#chart")).to_contain_text("Clinical stage at diagnosis: not recorded")
    keep(page, "sandbox-question")


NEEDED = '{"resourceType": "OperationOutcome", "issue": [{"details": {"text": "prefetch.conditions: needed"}}]}'


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(412, NEEDED, "prefetch.conditions: needed"), (500, "<h1>Oops</h1>", "status 500"), (200, "cards", "status 200")],
)
def test_a_failure_never_looks_like_silence(open_page: Open, status: int, body: str, said: str) -> None:
    """An EHR's user must not take an error for "nothing to say"."""
    page = open_page(WARNED, failing=True)
    _answered(page)
    page.route("**/cds-services/*", lambda route: route.fulfill(status=status, body=body))
    page.get_by_role("button", name="Ask the service").click()
    failed = page.locator("#cards [data-failure]")
    expect(failed).to_contain_text("This is a failure, not an all-clear.")
    expect(failed).to_contain_text(said)
    expect(page.locator("#cards .card, #cards .no-cards")).to_have_count(0)


def test_a_service_that_is_away_is_said_so(open_page: Open, keep: Keep) -> None:
    """No answer at all is a failure too."""
    page = open_page(WARNED, failing=True)
    _answered(page)

    def away(route: Route) -> None:
        route.abort()

    page.route("**/cds-services/*", away)
    page.get_by_role("button", name="Ask the service").click()
    expect(page.locator("#cards [data-failure]")).to_contain_text("The service did not answer.")
    keep(page, "sandbox-failure")


def test_what_could_not_be_assessed_says_so(open_page: Open) -> None:
    """The record's Conditions failed to load: a card that says it, and no reasons invented."""
    page = open_page("/?patient=not-assessed-conditions-failed")
    expect(page.get_by_role("article")).to_contain_text("not assessed")
    expect(page.locator("#why")).to_contain_text("could not be read")


# --- the order --------------------------------------------------------------------------------------------------------
def test_a_study_is_found_by_searching(open_page: Open) -> None:
    """Abbreviations count as much as ACR's name; the answer then is about the study chosen."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_role("searchbox").fill("bone sc")
    expect(page.locator("#study option")).to_have_text(["Bone scan whole body", "Order as typed: “bone sc”"])
    page.locator("#study").select_option(label="Bone scan whole body")
    expect(page.locator("#stale")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel PET/CT")).to_be_disabled()
    _ask(page)
    expect(page.locator("#stale")).to_be_hidden()
    expect(page.get_by_role("article")).to_contain_text("Bone scan usually not appropriate")
    assert _drafts(page)[0]["code"]["coding"][0]["code"] == "78306"


def test_an_order_in_words_only_is_understood(open_page: Open) -> None:
    """Some EHRs order by free text."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_role("searchbox").fill("whole body pet ct")
    page.locator("#study").select_option("as-typed")
    _ask(page)
    assert _drafts(page)[0]["code"] == {"text": "whole body pet ct"}
    expect(page.get_by_role("article")).to_contain_text("PET/CT usually not appropriate")


def test_a_reason_in_words_changes_the_answer(open_page: Open) -> None:
    """Bone pain is no reason for a warning."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_role("button", name="Add a reason").click()
    page.keyboard.type("new bone pain")
    _ask(page)
    expect(page.locator("#cards")).not_to_contain_text("Warning")
    reasons = _drafts(page)[0]["reasonCode"]
    assert [each["text"] for each in reasons] == ["Infiltrating duct carcinoma of left female breast", "new bone pain"]
    assert reasons[0]["coding"][0]["code"] == "1080101000119105"


def test_a_coded_reason_is_sent_with_its_code(open_page: Open) -> None:
    """ICD-10-CM and SNOMED CT, with display."""
    page = open_page(WARNED)
    _answered(page)
    row = page.locator("[data-reason]").first
    row.get_by_label("Kind of reason").select_option("icd-10-cm")
    row.get_by_label("Code of the reason").fill("M54.50")
    row.get_by_label("Reason in words").fill("Low back pain")
    _ask(page)
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M54.50", "display": "Low back pain"}
    assert _drafts(page)[0]["reasonCode"] == [{"coding": [coding], "text": "Low back pain"}]


def test_side_and_day_are_written_into_the_order(open_page: Open) -> None:
    page = open_page(SILENT)
    _answered(page)
    page.get_by_label("Side", exact=True).select_option("right")
    page.get_by_label("Ordered on").fill("2026-11-10")
    _ask(page)
    draft = _drafts(page)[0]
    assert (draft["bodySite"], draft["authoredOn"]) == ([{"text": "Right axilla"}], "2026-11-10")


def test_both_hooks_and_all_profiles_can_be_asked(open_page: Open) -> None:
    """order-sign asks about every draft and names no selection; the profile goes with the call."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_label("order-sign").check()
    page.get_by_label("Client profile").select_option(label="epic")
    with page.expect_request("**/cds-services/breast-imaging-order-sign") as fired:
        _ask(page)
    assert "selections" not in fired.value.post_data_json["context"]
    assert fired.value.headers["authorization"].startswith("Bearer ey")
    expect(page.get_by_role("article")).to_contain_text("PET/CT usually not appropriate")


def test_epic_shows_what_a_suggestion_does_and_takes_several(open_page: Open, keep: Keep) -> None:
    """No label and no button of its own: a line to tick, and one button for all of them."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_label("Client profile").select_option(label="epic")
    _ask(page)
    card = page.get_by_role("article")
    expect(card.get_by_role("checkbox", name="Removes the order for PET/CT")).to_be_checked()
    keep(page, "sandbox-epic")
    with page.expect_request("**/feedback") as told:
        card.get_by_role("button", name="Accept").click()
    expect(page.locator("#cards")).to_contain_text("No draft order is left")
    assert len(told.value.post_data_json["feedback"][0]["acceptedSuggestions"]) == 1


def test_several_orders_are_drafted_at_once(open_page: Open, keep: Keep) -> None:
    """order-select judges what is selected; each draft can be opened, left out and removed."""
    page = open_page("/?patient=s4-two-orders")
    _answered(page)
    expect(page.get_by_role("article")).to_have_count(2)
    keep(page, "sandbox-two-orders")
    drafts = page.get_by_label("Draft orders of this session")
    drafts.get_by_role("checkbox").nth(1).uncheck()
    _ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    drafts.get_by_role("button", name="Remove Bone imaging").click()
    expect(drafts).to_be_hidden()
    page.get_by_role("button", name="Add an order").click()
    expect(drafts.get_by_role("listitem")).to_have_count(2)
    page.locator("#study").select_option(label="MRI head without IV contrast")
    _ask(page)
    assert [each["id"] for each in _drafts(page)] == ["order-pet", "order-1"]
    expect(page.get_by_role("article").first).to_be_visible()


# --- what a clinician does with a card --------------------------------------------------------------------------------
def test_an_accepted_alternative_changes_the_draft_and_is_asked_again(open_page: Open, keep: Keep) -> None:
    """The action is done as it says, the hook fires again, and silence follows."""
    page = open_page(WARNED)
    _answered(page)
    with page.expect_request("**/feedback") as told, page.expect_response("**/sandbox/chart*"):
        page.get_by_role("button", name="US axilla instead").click()
    expect(page.locator("#cards")).to_contain_text("No card: an EHR shows nothing here.")
    assert _drafts(page)[0]["code"]["text"] == "US axilla"
    assert _drafts(page)[0]["bodySite"] == [{"text": "Left axilla"}]
    expect(page.locator("#study option:checked")).to_have_text("US axilla")
    sent = told.value.post_data_json["feedback"][0]
    assert sent["outcome"] == "accepted"
    assert re.fullmatch(r"[0-9a-f-]{36}", sent["acceptedSuggestions"][0]["id"])
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
    keep(page, "sandbox-accepted")


def test_an_accepted_cancellation_takes_the_order_away(open_page: Open) -> None:
    """With no draft left there is nothing to ask; a new one can be added."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_role("button", name="Cancel PET/CT").click()
    expect(page.locator("#cards")).to_contain_text("No draft order is left")
    page.get_by_role("button", name="Add an order").click()
    page.locator("#study").select_option(label="US axilla")
    _ask(page)
    expect(page.locator("#cards .no-cards")).to_be_visible()


def test_a_pair_is_cancelled_as_a_pair(open_page: Open) -> None:
    """CT chest with CT abdomen and pelvis is one study in two drafts: both go."""
    page = open_page("/?patient=s4-ct-cap-as-pair")
    _answered(page)
    page.get_by_role("button", name=re.compile("^Cancel CT")).click()
    expect(page.locator("#cards")).to_contain_text("No draft order is left")
    expect(page.locator("#drafts")).to_be_hidden()


def _dismiss(page: Page) -> Json:
    page.get_by_text("Dismiss", exact=True).click()
    page.get_by_label("PC CDS does not apply to patient").check()
    page.get_by_label("Comment, if any").fill("already discussed")
    with page.expect_request("**/feedback") as told:
        page.get_by_role("button", name="Dismiss the card").click()
    sent: Json = told.value.post_data_json["feedback"][0]
    return sent


def test_a_dismissed_card_is_told_to_the_service(open_page: Open, keep: Keep) -> None:
    """The reason is one the card offers; what was sent and what came back are shown."""
    page = open_page(WARNED)
    _answered(page)
    sent = _dismiss(page)
    assert sent["outcome"] == "overridden"
    assert sent["overrideReason"] == {
        "reason": {
            "code": "cds-not-applicable",
            "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
        },
        "userComment": "already discussed",
    }
    assert sent["card"] == json.loads(page.locator("#response").text_content() or "")["cards"][0]["uuid"]
    expect(page.locator("[data-feedback=stored]")).to_contain_text("stored by the service (status 200)")
    expect(page.get_by_role("article")).to_contain_text("Dismissed: PC CDS does not apply to patient")
    expect(page.get_by_role("button", name="Cancel PET/CT")).to_be_hidden()
    keep(page, "sandbox-dismissed")


def test_feedback_that_is_not_stored_is_said_so(open_page: Open) -> None:
    """A clinician who gave a reason learns that nobody has it."""
    page = open_page(WARNED, failing=True)
    _answered(page)
    page.route("**/feedback", lambda route: route.fulfill(status=503, body="{}"))
    _dismiss(page)
    expect(page.locator("[data-feedback=failed]")).to_contain_text(
        "could not be stored: the service answered with status 503"
    )


# --- why, and what if -------------------------------------------------------------------------------------------------
def test_every_variant_is_shown_with_what_decided_it(open_page: Open, keep: Keep) -> None:
    """The variant that holds with its facts and their resources; the others with what speaks against them."""
    page = open_page(WARNED)
    _answered(page)
    holds = page.locator("details.variant.holds")
    expect(holds).to_contain_text("310-v2")
    stage = holds.get_by_role("listitem").filter(has_text=re.compile("Clinical stage at diagnosis: stage IA.IIA"))
    expect(stage).to_contain_text("true:")
    expect(stage).to_contain_text("stage IA")
    expect(stage).to_contain_text("2026-10-20")
    against = page.locator("details.variant.does-not-hold").filter(has_text="310-v4")
    expect(against.locator("summary")).to_contain_text("Clinical stage at diagnosis: stage IA")
    stage.get_by_role("button", name="Observation/s4-ia-mcode-2").click()
    expect(page.get_by_role("dialog")).to_contain_text('"id": "s4-ia-mcode-2"')
    keep(page, "sandbox-resource")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_would_change_the_answer_can_be_tried(open_page: Open, keep: Keep) -> None:
    """Stage IIB or III would make the same study usually appropriate; the cards stay those of the record."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_role("button", name=re.compile("Try Clinical stage at diagnosis: stage IIB.IIIC")).click()
    instead = page.locator("[data-instead]")
    expect(instead).to_contain_text("usually appropriate (8/9)")
    expect(instead).to_contain_text("left open, as it cannot be true beside it: Clinical T at diagnosis")
    expect(page.get_by_role("button", name="Take back Clinical stage at diagnosis")).to_be_focused()
    expect(page.get_by_role("article")).to_contain_text("PET/CT usually not appropriate")
    keep(page, "sandbox-what-if")
    page.get_by_role("button", name="Take back Clinical stage at diagnosis").click()
    expect(instead).to_have_count(0)


def test_a_fact_is_set_by_hand(open_page: Open) -> None:
    """Any fact of the vocabulary: one of its values, a number, or not recorded."""
    page = open_page(WARNED)
    _answered(page)
    page.get_by_label("Fact", exact=True).select_option(label="Symptom or sign of metastasis")
    page.get_by_role("combobox", name="Value").select_option(label="a symptom")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("[data-instead]")).to_contain_text("no criteria apply")
    page.get_by_label("Fact", exact=True).select_option(label="Clinical stage at diagnosis")
    page.get_by_role("combobox", name="Value").select_option(label="not recorded")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".given li")).to_have_count(2)
    page.get_by_label("Fact", exact=True).select_option(label="Age")
    page.get_by_role("spinbutton", name="Value").fill("17")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".given")).to_contain_text("Age: 17")


def test_request_response_and_curl_can_be_copied(open_page: Open, site: str) -> None:
    """What an integrator takes away; the command holds the whole request."""
    page = open_page(WARNED)
    _answered(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Request and response").click()
    page.locator("[data-copy=curl]").click()
    expect(page.locator("[data-copy=curl]")).to_have_text("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith(f"curl '{site}/cds-services/breast-imaging-order-select'")
    assert json.loads(command.partition("<<'END'\n")[2].removesuffix("\nEND")) == _sent(page)


# --- a record of one's own --------------------------------------------------------------------------------------------
FOREIGN = Path(__file__).with_name("foreign.json")


def _bring(page: Page, text: str) -> None:
    page.get_by_role("button", name="Your own record…").click()
    page.get_by_label("or paste it here").fill(text)
    page.get_by_role("button", name="Read this record").click()


def test_a_foreign_bundle_is_read_and_judged(open_page: Open, keep: Keep) -> None:
    """A transaction as Synthea writes them: ids by urn:uuid, resources we do not read, mCODE staging."""
    page = open_page()
    _answered(page)
    page.get_by_role("button", name="Your own record…").click()
    page.get_by_label("File", exact=True).set_input_files(FOREIGN)
    page.get_by_role("button", name="Read this record").click()
    expect(page.locator("#bring-result")).to_contain_text("The record was read.")
    expect(page.locator("#bring-result")).to_contain_text("1 Encounter")
    expect(page.locator("#line")).to_contain_text("stage IIA")
    expect(page.locator("#timeline")).to_contain_text("Malignant neoplasm of breast")
    page.get_by_label("Ordered on").fill("2026-11-18")
    page.locator("#study").select_option(label="FDG-PET/CT skull base to mid-thigh")
    _ask(page)
    expect(page.get_by_role("article")).to_contain_text("PET/CT usually not appropriate")
    expect(page.locator("#chart")).to_contain_text("Read as of 2026-11-18")
    keep(page, "sandbox-foreign")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Choose a file or paste a Bundle."),
        ('{"resourceType": "Bundle",\n "entry": [}', "line 2, column 12: not JSON"),
        ('{"resourceType": "Patient"}', "resourceType: expected Bundle, not Patient"),
        (
            '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Condition"}}]}',
            "entry: holds no Patient",
        ),
    ],
)
def test_a_record_that_cannot_be_used_says_where(open_page: Open, text: str, said: str) -> None:
    """And the patient on the page stays as it was."""
    page = open_page(failing=True)
    _answered(page)
    _bring(page, text)
    expect(page.locator("#bring-result [data-failure]")).to_contain_text(said)
    expect(page.locator("#line")).to_contain_text("stage IA")


def test_the_former_patient_goes_before_the_next_one_comes(open_page: Open) -> None:
    """While the new order is on its way nobody can fill in the old one, or read its answer beside the new chart."""
    page = open_page(WARNED)
    _answered(page)
    held: list[Route] = []
    page.route("**/sandbox/order?*", lambda route: held.append(route))
    _bring(page, FOREIGN.read_text())
    expect(page.locator("#line")).to_contain_text("stage IIA")
    expect(page.locator("#order form, #cards .card")).to_have_count(0)
    held[0].continue_()
    expect(page.locator("#order form")).to_have_count(1)
    expect(page.locator("#cards")).to_contain_text("Choose a study, then ask the service.")


def test_a_chart_that_does_not_come_leaves_no_other_patients(open_page: Open) -> None:
    """A failure is said, and what stands beside it is not somebody else's record."""
    page = open_page(WARNED, failing=True)
    _answered(page)
    page.route("**/sandbox/chart?*", lambda route: route.fulfill(status=500, body="<h1>Oops</h1>"))
    _bring(page, FOREIGN.read_text())
    expect(page.locator("#cards [data-failure]")).to_contain_text("status 500")
    for gone in ("#line", "#order", "#timeline", "#chart"):
        expect(page.locator(gone)).to_be_empty()


def test_hostile_text_stays_text(open_page: Open, keep: Keep) -> None:
    """Markup in names, codes, reasons and dates is shown as written; nothing of it runs, loads or becomes a link."""
    hostile = "\N{RIGHT-TO-LEFT OVERRIDE}<script>document.title='owned'</script><img src=x onerror=alert(1)>"
    hostile += "[x](javascript:alert(1))**b**"
    bundle = json.loads(FOREIGN.read_text())
    patient, condition = bundle["entry"][0]["resource"], bundle["entry"][1]["resource"]
    patient["name"] = [{"text": hostile + "N" * 5000}]
    condition["code"]["text"] = hostile + "C" * 5000
    condition["id"] = "c" * 64
    page = open_page(size="phone")
    _answered(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail("a dialog opened"))
    _bring(page, json.dumps(bundle))
    expect(page.locator("#line bdi")).to_contain_text("<script>")  # turns round nothing but itself
    expect(page.locator("#timeline bdi").first).to_contain_text("<script>")
    page.get_by_label("Ordered on").fill("2026-11-18")
    page.get_by_role("searchbox").fill(hostile)
    page.locator("#study").select_option("as-typed")
    page.get_by_label("Reason in words").fill(hostile)
    _ask(page)
    page.get_by_role("searchbox").fill("")
    page.locator("#study").select_option(label="FDG-PET/CT skull base to mid-thigh")
    _ask(page)
    assert page.title().startswith("Sandbox")
    assert page.locator("main script, main img, a[href^='javascript:']").count() == 0
    assert {request.split("/")[2] for request in requests} == {page.url.split("/")[2]}
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    keep(page, "sandbox-hostile")


# --- keyboard ---------------------------------------------------------------------------------------------------------
_FOCUS_SEEN = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return ringed && box.bottom > 0 && box.top < innerHeight && box.width > 0 ? "" : element.outerHTML.slice(0, 200);
}"""


def _tab_to(page: Page, selector: str, *, key: str = "Tab") -> None:
    """Presses Tab until the element has the focus, as somebody without a mouse does; who looks sees where it is."""
    for _ in range(150):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(_FOCUS_SEEN) == ""
        if page.evaluate("selector => Boolean(document.activeElement?.matches(selector))", selector):
            return
    pytest.fail(f"{selector} is not reached by {key}")


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_order_is_written_and_an_alternative_taken_by_keyboard_alone(open_page: Open, theme: str) -> None:
    """A scenario, a study, a reason, a hook, a profile; ask, read why, try a change, take the suggestion."""
    page = open_page(theme=theme)
    _answered(page)
    _press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    _press(page, "Enter")
    _tab_to(page, ".featured a[href*=s4-]")
    with page.expect_response("**/sandbox/chart*"):
        _press(page, "Enter")
    _answered(page)
    _tab_to(page, "#study-search")
    page.keyboard.type("bone")
    _press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    _tab_to(page, "#side")
    _press(page, "ArrowDown")
    _tab_to(page, "[data-add-reason]")
    _press(page, "Enter")
    page.keyboard.type("no symptoms")
    _tab_to(page, "[name=hook]")
    _press(page, "ArrowRight")
    _tab_to(page, "#profile")
    _press(page, "ArrowDown", "ArrowUp")
    _tab_to(page, "[data-fire]")
    with page.expect_response("**/sandbox/chart*"):
        _press(page, "Enter")
    assert _sent(page)["hook"] == "order-sign"
    assert [each.get("text") for each in _drafts(page)[0]["reasonCode"]][-1] == "no symptoms"
    expect(page.get_by_role("article")).to_contain_text("Bone scan usually not appropriate")
    _tab_to(page, "[data-try]")
    _press(page, "Enter")
    expect(page.locator("[data-instead]")).to_be_visible()
    _tab_to(page, "[data-accept='0']", key="Shift+Tab")
    with page.expect_response("**/feedback") as told, page.expect_response("**/sandbox/chart*"):
        _press(page, "Space")
    assert told.value.status == 200
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_focused()


def test_a_card_is_dismissed_by_keyboard_alone(open_page: Open) -> None:
    """With a reason of the card's own and a comment; the feedback is stored, and what was sent is shown."""
    page = open_page(WARNED)
    _answered(page)
    _tab_to(page, ".dismiss > summary")
    _press(page, "Enter")
    _tab_to(page, "[data-dismiss] input[type=radio]")
    _press(page, "ArrowDown", "ArrowDown")
    _tab_to(page, "[name=comment]")
    page.keyboard.type("tumour board asked for it")
    _tab_to(page, "[data-dismiss] button")
    with page.expect_response("**/feedback") as told:
        _press(page, "Enter")
    assert told.value.status == 200
    expect(page.locator("[data-feedback=stored]")).to_contain_text("stored by the service")
    expect(page.locator("[data-dismissed]")).to_be_focused()


def test_an_own_record_is_brought_by_keyboard_alone(open_page: Open) -> None:
    page = open_page()
    _answered(page)
    _tab_to(page, "[data-bring]")
    _press(page, "Enter")
    _tab_to(page, "#bundle-text")
    page.keyboard.insert_text(FOREIGN.read_text())
    _tab_to(page, "#bring [type=submit]")
    _press(page, "Enter")
    expect(page.locator("#line")).to_contain_text("stage IIA")
    expect(page.locator("#study-search")).to_be_focused()


def test_the_theme_chosen_stays(open_page: Open) -> None:
    """What the system prefers at first; then what the reader chose, on every page."""
    page = open_page(theme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 26)"
    page.get_by_role("button", name="Use light theme").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 245, 247)"
    _answered(page)
