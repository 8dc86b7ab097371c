"""Bodies that mean no good, to every operation that takes one: refused as documented, never a crash."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from onstage.api.limits import LARGEST_BODY_BYTES
from tests.api.answers.good_project import GOOD_ON_PROJECTS
from tests.api.answers.good_room import GOOD_IN_ROOMS
from tests.api.answers.operations import DOCUMENT
from tests.api.answers.scene import NO_BODY, Call, Scene, open_scene, opened_doors
from tests.support.buses import Buses
from tests.support.gateway import ServedHouse
from tests.support.stores import Store
from tests.support.tally import tally

pytestmark = pytest.mark.asyncio(loop_scope="module")

_GOOD = GOOD_ON_PROJECTS | GOOD_IN_ROOMS
WITH_BODY = [name for name, one in DOCUMENT.operations.items() if one.has_body]
_DEEP = 100_000
# Bytes that are no JSON object of any operation.
BYTES = {
    "nothing but space": b"   ",
    "brackets": b"[" * _DEEP,
    "closed brackets": b"[" * _DEEP + b"]" * _DEEP,
    "objects": b'{"a":' * (_DEEP // 2),
    "objects in a field": b'{"metadata":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001,
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"metadata": {"a": Infinity}}',
    "beyond floating point": b'{"ttl_s": 1e400, "metadata": {"a": -1e400}}',
    "a number of many digits": b'{"ttl_s": ' + b"9" * 10_000 + b"}",
    "a fraction of many digits": b'{"ttl_s": 0.' + b"9" * 10_000 + b"}",
    "a comment": b'{"name": "x"} // so',
    "two objects": b"{}{}",
    "a key twice": b'{"name": "a", "name": 7}',
    "the prototype": b'{"__proto__": {"admin": true}, "constructor": {"prototype": {}}}',
    "single quotes": b"{'name': 'x'}",
    "a trailing comma": b'{"name": "x",}',
    "half of UTF-16": '{"name": "x"}'.encode("utf-16")[:-1],
    "UTF-7": b"+AHsAIgBuAGEAbQBlACIAOg-",
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "overlong UTF-8": b'{"name": "\xc0\x80"}',
    "half a surrogate pair in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "a NUL": b'{"name": "a\0b"}',
    "a NUL behind": b'{"name": "a"}\0',
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a form": b"name=x&role=host",
    "a megabyte": b'{"name": "' + b"x" * (4 * LARGEST_BODY_BYTES) + b'"}',
    "a field of a quarter of it": b'{"metadata": {"a": "' + b"x" * (LARGEST_BODY_BYTES - 100) + b'"}}',
    "many fields": json.dumps({f"field-{number}": number for number in range(10_000)}).encode(),
}
REFUSED = {400, 413, 422}
# Texts that some field or other may take; whether it does, it says by 2xx.
TEXTS = {
    "NUL": "a\0b",
    "half a surrogate pair": "\ud800",
    "the other half": "\udfff x",
    "control characters": "\x01\x1b[31m\x7f",
    "right to left": "\u202egnp.exe",
    "nothing to see": "\u200b\u2060\ufeff",
    "many marks": "a" + "\u0301" * 3_000,
    "no characters": "\uffff\ufdd0",
    "beyond the plane": "\U0010ffff",
    "much": "x" * 200_000,
    "a path": "../../../../etc/passwd",
    "SQL": "'; DROP TABLE rooms; --",
    "a template": "{{7*7}}${7*7}#{7*7}%s%n{0.__class__}",
    "markup": "<script>alert(1)</script>",
    "a line": "a\r\nSet-Cookie: a=b",
    "another id": "rm_00000000000000000000",
    "a number": "1e400",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    async with opened_doors(tmp_path_factory.mktemp("house"), schema, buses) as opened:
        yield opened


@pytest.mark.parametrize("name", WITH_BODY)
async def test_what_is_no_body_is_refused(doors: ServedHouse, name: str) -> None:
    scene = await open_scene(doors)
    call = await _GOOD[name](scene)
    found = {what: (await scene.answer(replace(call, content=content)))[0] for what, content in BYTES.items()}
    assert {what: status for what, status in found.items() if status not in REFUSED} == {}
    tally("hostile bodies", len(found))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
async def test_json_in_another_unicode_encoding_means_the_same(doors: ServedHouse, encoding: str) -> None:
    scene = await open_scene(doors)
    call = scene.call("update_room")
    await scene.done(replace(call, content='{"title": "Grüße"}'.encode(encoding)))
    assert (await scene.done(scene.call("get_room")))["title"] == "Grüße"
    tally("hostile bodies")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/xml",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/" + "x" * 10_000,
        "json",
        ";;;",
        "*/*",
    ],
)
async def test_a_body_of_another_type_is_taken_as_json_or_refused(doors: ServedHouse, content_type: str) -> None:
    scene = await open_scene(doors)
    good = await _GOOD["update_room"](scene)
    call = replace(good, headers={"Content-Type": content_type})
    assert (await scene.answer(call))[0] in {200, 422}
    form = replace(call, content=b"title=Taken&locked=true")
    assert (await scene.answer(form))[0] in REFUSED
    assert (await scene.done(scene.call("get_room")))["locked"] is False
    tally("hostile bodies", 2)


def strings(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in a body of this schema a text may stand, three levels down."""
    match schema:
        case {"$ref": str(ref)}:
            yield from strings(DOCUMENT.raw["components"]["schemas"][ref.rpartition("/")[2]], path)
        case {"anyOf": list(choices)}:
            for choice in choices:
                yield from strings(choice, path)
        case {"properties": dict(fields)} if len(path) < 3:
            for name, field in fields.items():
                yield from strings(field, (*path, name))
        case {"type": "array", "items": items}:
            yield from strings(items, (*path, "0"))
        case {"type": "object"} if path and len(path) < 3:
            yield (*path, "name")
        case {"type": "string"} if path:  # a file as a whole has no place in it
            yield path


def with_text(body: Any, path: tuple[str, ...], text: str) -> Any:
    """The body with that text there; what is on the way is made."""
    changed = copy.deepcopy(body) if isinstance(body, dict) else {}
    inner = changed
    for part, following in zip(path, (*path[1:], None), strict=True):
        if following is None:
            inner[part] = text
        elif following == "0":
            inner[part] = [text]
            break
        else:
            inner[part] = inner = inner[part] if isinstance(inner.get(part), dict) else {}
    return changed


async def said(scene: Scene, call: Call, path: tuple[str, ...], text: str) -> int:
    body = None if call.body is NO_BODY else call.body
    escaped = json.dumps(with_text(body, path, text)).encode()  # in ASCII, so that any text can be said
    return (await scene.answer(replace(call, content=escaped)))[0]


@pytest.mark.parametrize("name", WITH_BODY)
async def test_no_text_breaks_anything(doors: ServedHouse, name: str) -> None:
    scene = await open_scene(doors)
    [content] = DOCUMENT.operations[name].raw["requestBody"]["content"].values()
    places = list(dict.fromkeys(strings(content["schema"])))
    for place in places:
        call = await _GOOD[name](scene)
        for text in TEXTS.values():
            assert await said(scene, call, place, text) < 500
            tally("hostile texts")
