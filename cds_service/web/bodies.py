"""The body of a request to a page, as far as a page may read it."""

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from cds_service.hooks.errors import ROOT, BadRequest, TooLarge


def read_body(limit: int) -> bytes:
    """The bytes posted to a page. Raises TooLarge above `limit` bytes, BadRequest where they broke off."""
    request.max_content_length = limit
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(limit) from None
    except ClientDisconnected:
        raise BadRequest(ROOT, "ended before its announced length") from None
