"""URLs of servers: one spelling each, and nothing outside of one passes for inside."""

import pytest

from cds_service.egress.urls import base_of


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://ehr.example/fhir", "https://ehr.example/fhir"),
        ("https://EHR.example./fhir/", "https://ehr.example/fhir"),
        ("HTTPS://ehr.example:443/fhir", "https://ehr.example/fhir"),
        ("http://ehr.example:80", "http://ehr.example"),
        ("https://ehr.example:8443/a/b//", "https://ehr.example:8443/a/b"),
        ("http://[::1]:8080/fhir", "http://[::1]:8080/fhir"),
    ],
)
def test_a_server_has_one_spelling(url: str, meant: str) -> None:
    """What an EHR writes and what an administrator wrote are compared by what they mean."""
    assert base_of(url).url == meant
    assert base_of(url) == base_of(meant)


def test_paths_are_told_apart_by_case() -> None:
    """Two tenants of one host may differ in nothing else."""
    assert base_of("https://ehr.example/A") != base_of("https://ehr.example/a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ehr.example/fhir",
        "//ehr.example/fhir",
        "ftp://ehr.example/fhir",
        "gopher://ehr.example:70/fhir",
        "//ehr.example:80/fhir",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@ehr.example/fhir",
        "https://@ehr.example/fhir",
        "https://ehr.example/fhir?tenant=1",
        "https://ehr.example/fhir?",
        "https://ehr.example/fhir#top",
        "https://ehr.example/fhir/../admin",
        "https://ehr.example/fhir/%2e%2E/admin",
        "https://ehr.example\\@inside/fhir",
        "https://ehr.example/fh ir",
        "https://ehr.example:port/fhir",
        "https://ehr.example:99999/fhir",
        "https://[::1/fhir",
        "https://ehr.exämple/fhir",
    ],
)
def test_what_could_be_read_in_two_ways_names_no_server(url: str) -> None:
    """Refused, and not repeated: it came from outside."""
    with pytest.raises(ValueError, match=r"^not a") as refused:
        base_of(url)
    assert not url or url not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://ehr.example/fhir", "/fhir"),
        ("https://ehr.example:443/fhir?_getpages=a%2Fb&_getpagesoffset=20", "/fhir?_getpages=a%2Fb&_getpagesoffset=20"),
        (
            "https://EHR.example/fhir/Condition?patient=1&code=http://x.org|1,2",
            "/fhir/Condition?patient=1&code=http://x.org|1,2",
        ),
        ("https://ehr.example/fhir/Condition?next=../up", "/fhir/Condition?next=../up"),  # a query is no path
        ("http://ehr.example/fhir/Condition", None),  # the token would travel in the clear
        ("https://ehr.example:444/fhir/Condition", None),
        ("https://other.example/fhir/Condition", None),
        ("https://ehr.example.evil.example/fhir/Condition", None),
        ("https://ehr.example/fhirs/Condition", None),
        ("https://ehr.example/", None),
        ("https://ehr.example/fhir/../admin", None),
        ("https://ehr.example/fhir/%2e%2e/admin", None),
        ("https://user@ehr.example/fhir/Condition", None),
        ("https://ehr.example/fhir/Condition#x", None),
        ("https://ehr.example\\.evil.example/fhir/Condition", None),
        ("https://ehr.example/fhir/Con dition", None),
        ("https://ehr.example/fhir/Condition?a=b\r\nX: y", None),
        ("/fhir/Condition", None),
        ("https://[/fhir", None),
    ],
)
def test_only_what_lies_below_is_a_target(url: str, target: str | None) -> None:
    """The next page of a search is called with the patient's token: only at the server that the token is for."""
    assert base_of("https://ehr.example/fhir").target(url) == target


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8080/fhir", True),
        ("http://127.0.0.1/fhir", True),
        ("http://[::1]/fhir", True),
        ("http://10.0.0.1/fhir", False),
        ("http://localhost.example/fhir", False),
        ("http://2130706433/fhir", False),  # 127.0.0.1 as one number is no way to say it
    ],
)
def test_this_machine_is_meant_only_where_it_is_said(url: str, local: bool) -> None:
    assert base_of(url).local is local
