"""Schemathesis over the OpenAPI document, against a real server, with valid credentials and ids that are there.

Of ten examples eight name what is there, with the credentials that suit, and four of these have what a body needs; one
has ids of its own, and one no credentials. What an example used up is made anew for the next one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
import schemathesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.answers.good_project import GOOD_ON_PROJECTS
from tests.api.answers.good_room import GOOD_IN_ROOMS
from tests.api.answers.operations import DOCUMENT
from tests.api.answers.scene import Call, open_scene, opened_doors
from tests.support.buses import Buses
from tests.support.gateway import ServedHouse
from tests.support.stores import Store
from tests.support.tally import tally

EXAMPLES = 50
_GOOD = GOOD_ON_PROJECTS | GOOD_IN_ROOMS
_SCHEMA = schemathesis.openapi.from_dict(DOCUMENT.raw)
_AS_DOCUMENTED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Of ten examples; those before are on what is there, and the last is without credentials.
_WITH_GOOD_FIELDS, _WITH_OWN_IDS = range(4), 8
_GENERATED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(slots=True)
class Stand:
    """A server that runs beside the test, and what is there for one operation."""

    portal: BlockingPortal
    doors: ServedHouse
    session: requests.Session

    def ground(self, name: str) -> Call:
        """A new project, and a call that goes well in it."""
        return self.portal.call(self._ground, name)

    async def _ground(self, name: str) -> Call:
        return await _GOOD[name](await open_scene(self.doors))

    def send(self, case: Case, authorization: str | None) -> Response:
        headers = {} if authorization is None else {"Authorization": authorization}
        return case.call(base_url=self.doors.url, session=self.session, headers=headers)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> Iterator[Stand]:
    house = opened_doors(tmp_path_factory.mktemp("house"), schema, buses)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(house) as doors,
        requests.Session() as session,
    ):
        yield Stand(portal, doors, session)


def cases(name: str) -> st.SearchStrategy[Case]:
    """What fits the document, and what does not where anything can be wrong."""
    operation = DOCUMENT.operations[name]
    described = _SCHEMA[operation.path][operation.method]
    fitting = described.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.has_body or operation.query):
        return fitting
    return st.one_of(fitting, described.as_strategy(generation_mode=GenerationMode.NEGATIVE))


@pytest.mark.parametrize("name", DOCUMENT.operations)
def test_nothing_breaks_and_nothing_is_undocumented(stand: Stand, name: str) -> None:
    good = stand.ground(name)
    seen: Counter[int] = Counter()

    @_GENERATED
    @given(case=cases(name), kind=st.integers(0, 9))
    def example(case: Case, kind: int) -> None:
        nonlocal good
        if kind != _WITH_OWN_IDS:
            case.path_parameters = dict(good.ids)
        if kind in _WITH_GOOD_FIELDS and isinstance(case.body, dict) and isinstance(good.body, dict):
            case.body = case.body | good.body
        if kind in _WITH_GOOD_FIELDS and good.content is not None:
            case.body = good.content
        response = stand.send(case, good.authorization if kind <= _WITH_OWN_IDS else None)
        case.validate_response(response, checks=_AS_DOCUMENTED)
        seen[response.status_code // 100] += 1
        if kind < _WITH_OWN_IDS and response.status_code in (204, 404, 409):  # used up, or in the way
            good = stand.ground(name)

    example()
    assert seen[2] > 0, "with what is there, some go well"
    tally("schemathesis examples", seen.total())
    tally("schemathesis examples that went well", seen[2])
