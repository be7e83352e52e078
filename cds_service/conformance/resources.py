"""Whether a resource in an action is valid FHIR R4, by the models of fhir.resources and the codes they declare.

The models let any code pass where FHIR binds an element to a fixed list; those lists are held here.
"""

from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError


def fhir_fault(resource: dict[str, Any]) -> str | None:
    """The first thing that is wrong with a resource, with its place."""
    kind = resource.get("resourceType")
    try:
        model = get_fhir_model_class(str(kind))
    except ValueError:
        return f"there is no resource type {kind!r} in FHIR R4"
    try:
        model.model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the resource"
        return f"{place}: {first['msg']}"
    return _unknown_code(model, resource)


def _unknown_code(model: Any, resource: dict[str, Any]) -> str | None:
    for name, field in model.model_fields.items():
        codes = (field.json_schema_extra or {}).get("enum_values")
        value = resource.get(field.alias or name)
        if codes and value is not None and value not in codes:
            return f"{field.alias or name}: {value!r} is not one of {', '.join(codes)}"
    return None
