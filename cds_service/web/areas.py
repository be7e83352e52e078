"""Which pages are served: by the setting, and by whether calls need a token, which no browser has."""

from collections.abc import Mapping
from enum import StrEnum

from cds_service.settings import Pages


class Area(StrEnum):
    """Pages that are served, or not, together; each begins its addresses, but the sandbox is also the front page."""

    SANDBOX = "sandbox"
    CRITERIA = "criteria"
    DOSE = "dose"
    REPORT = "report"


OF_NOBODY = frozenset({Area.CRITERIA, Area.DOSE})
"""Hold what ACR publishes, and nothing of a patient or of the site's orders."""


def served(pages: Pages, *, authenticated: bool) -> frozenset[Area]:
    """The areas that are served. `authenticated`: calls need a token, without which the sandbox could not call."""
    if pages is Pages.OFF:
        return frozenset()
    if not authenticated:
        return frozenset(Area)
    return OF_NOBODY | {Area.REPORT} if pages is Pages.ON else OF_NOBODY


def area_of(path: str) -> Area | None:
    """The area that a path lies in, whether it is served or not."""
    first = path.removeprefix("/").split("/")[0].split(".")[0]
    if not first:
        return Area.SANDBOX
    return Area(first) if first in set(Area) else None


WHY_OFF: Mapping[Area, str] = {
    Area.SANDBOX: "The sandbox is switched off. It is served where calls need no token (CDS_AUTH), unless CDS_PAGES "
    "is off.",
    Area.CRITERIA: "The pages of criteria are switched off: CDS_PAGES is off.",
    Area.DOSE: "The pages of radiation dose are switched off: CDS_PAGES is off.",
    Area.REPORT: "The report is switched off. Where calls need a token it is served with CDS_PAGES=on.",
}
"""What to tell somebody who asks for a page that is not served."""
