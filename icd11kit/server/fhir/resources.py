"""The operations of the three kinds of resource."""

from __future__ import annotations

from icd11kit.server.fhir.code_systems import operations as code_systems
from icd11kit.server.fhir.concept_maps import operations as concept_maps
from icd11kit.server.fhir.routing import Operation
from icd11kit.server.fhir.value_sets import operations as value_sets

RESOURCE_OPERATIONS: tuple[Operation, ...] = (
    *code_systems.ROUTES,
    *value_sets.ROUTES,
    *concept_maps.ROUTES,
)
