"""What the words of the order say of where the patient stands: in follow-up, to be staged, or between treatments."""

import re

from cds_service.facts.mentions import Kind
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source


def follow_up_said(source: Source) -> bool:
    """Whether the order speaks of follow-up."""
    return any(reading.affirmed(Kind.FOLLOW_UP) for draft in source.drafts for reading in source.order_readings(draft))


def staging_said(source: Source) -> bool:
    """Whether the order speaks of staging."""
    return any(reading.affirmed(Kind.STAGING) for draft in source.drafts for reading in source.order_readings(draft))


def between_treatments(source: Source) -> bool:
    """Whether the order speaks of a treatment that runs, ends or has just ended before surgery, or of its response.

    Endocrine therapy runs for years, and says nothing of that.
    """
    texts = (text for draft in source.drafts for text in source.words_of(draft))
    sentences = (each for text in texts for each in sentences_of(text))
    return any(_BETWEEN.search(each) and not _OF_FOLLOW_UP.search(each) for each in sentences)


_OF_FOLLOW_UP = re.compile(
    r"endocrin|hormon|\bai\b|aromatase|letrozole|anastrozole|exemestane|tamoxifen|bisphosph|denosumab|zoledron"
    r"|lumpectomy|mastectomy|\bsurger|\b(?:19|20)\d\d\b|\byears?\b|\byrs?\b",
    re.IGNORECASE,
)
"""What a story of treatment that is over has beside it, or a therapy of follow-up."""
_BETWEEN = re.compile(
    r"\b(?:evaluat\w*|assess\w*|check\w*|monitor\w*|gauge) (?:for |the |of |tumou?r |treatment |therapy )*response"
    r"|\b(?:treatment|therapy|chemo\w*) response\b|\bresponse to (?:treatment|therapy|chemo\w*|NAC)"
    r"|\b(?:mid|on|during|undergoing|receiving|(?:half|mid)way through)[- ](?:active )?"
    r"(?:treatment|therapy|chemo\w*)\b"
    r"|\b(?:post|after|following|s/p)[- ]?(?:neo-?adjuvant|NACT?\b)|\brestag\w* (?:after|post|following|s/p)"
    r"|\b(?:RT|XRT|radiation|radiotherapy) (?:to |will |is to )?(?:start|begin|finish|end)"
    r"|\b(?:finishing|starting|beginning|completing|during|mid)[- ](?:RT|XRT|radiation|radiotherapy|chemo\w*)\b",
    re.IGNORECASE,
)
