"""What a Flask view costs that only parses the body and answers with a constant card: the measure for ours.

python -m benchmarks.bare PORT WORKERS
"""

import sys

import msgspec
from flask import Flask, Response, request

from cds_service.cli.serve import make_server
from cds_service.hooks.response import Card, HookResponse, Source
from cds_service.settings import Settings

_CARD = Card(
    uuid="0d1c5a52-0d1c-4d1c-8d1c-0d1c5a520d1c",
    summary="The same card for everyone",
    indicator="info",
    source=Source(label="A constant"),
)
ANSWER = msgspec.json.encode(HookResponse(cards=(_CARD,)))


def make_bare() -> Flask:
    """The application. It reads a body as Flask does, with the JSON of the standard library."""
    app = Flask("bare", static_folder=None)

    @app.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        request.get_json()
        return Response(ANSWER, mimetype="application/json")

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    return app


def main(port: int, workers: int) -> None:
    """Serve it as `cds-service serve` serves the service."""
    make_server(Settings(port=port, workers=workers)).serve(target_loader=make_bare, wrap_loader=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
