"""Images of shows: fetched once from where somebody says they are, or uploaded, and kept by their content."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from onstage.actions.access import Caller, access_room
from onstage.actions.bodies.base import field_problems
from onstage.actions.context import Context
from onstage.actions.image_files import LARGEST_BYTES, ImageFile, read_image, unusable
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import ImageId, Prefix, ProjectId, new_id
from onstage.model.look import Look, is_image_id, with_ids
from onstage.model.permission import Permission
from onstage.model.records import StoredImage
from onstage.outbound import Failure, fetched_whole
from onstage.store import images, projects
from onstage.store.database import Tx

KEPT_IMAGES = 200
"""Of a project: when there are more, those that no show began or changed with for longest are forgotten."""
FETCHED_WITHIN_S = 20.0
"""All images of one request."""


async def upload_image(ctx: Context, caller: Caller, room: str, data: bytes) -> StoredImage:
    """Keep an image for shows of the room's project; the same content again is the same image.

    Raises:
        OnstageError: as `access_room` with `broadcast.update`; `image_unusable`.
    """
    async with ctx.database.read() as tx:  # nobody else makes us decode
        await access_room(tx, caller, room, Permission.BROADCAST_UPDATE)
    file = await read_image(data)
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.BROADCAST_UPDATE)
        return await _keep(ctx, tx, found.project_id, file)


async def fetched_look(ctx: Context, project_id: str, patch: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A patch of a look in which images are named by the ids under which they are kept, not by URLs.

    Raises:
        OnstageError: `malformed`; as `keep_urls`.
    """
    if not patch:
        return patch
    named = patched_look(Look(), patch)
    ids = await keep_urls(ctx, project_id, named.images())
    return with_ids(patch, ids)


async def keep_urls(ctx: Context, project_id: str, named: Iterable[str]) -> dict[str, str]:
    """Of images named by URL or id: the ids under which those of URLs are kept now.

    Raises:
        OnstageError: `url_not_allowed`, `image_unusable`.
    """
    files: dict[str, ImageFile] = {}
    try:
        async with asyncio.timeout(FETCHED_WITHIN_S):
            for url in named:
                if not is_image_id(url):
                    files[url] = await _fetched(ctx, url)
    except TimeoutError as cause:
        raise unusable(f"The images did not come within {FETCHED_WITHIN_S:g} s.") from cause
    if not files:
        return {}
    async with ctx.database.begin() as tx:
        kept = {url: await _keep(ctx, tx, ProjectId(project_id), file) for url, file in files.items()}
    return {url: image.id for url, image in kept.items()}


async def use_images(ctx: Context, tx: Tx, project_id: str, look: Look, patch: Mapping[str, Any] | None) -> None:
    """The look's images are used, from now on; those that the patch names must be there.

    One that was forgotten since a template named it is only missing from the picture.

    Raises:
        OnstageError: `image_unusable`.
    """
    found = await images.use(tx, project_id, list(look.images()), ctx.clock.now())
    missing = set(Look().patched(patch).images()) - found if patch else set()
    if missing:
        raise unusable(f"There is no image {min(missing)!r}.")


def patched_look(look: Look, patch: Mapping[str, Any] | None) -> Look:
    """The look with a merge patch applied.

    Raises:
        OnstageError: `malformed`.
    """
    try:
        return look if patch is None else look.patched(patch)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors(), within="look")) from cause


async def _fetched(ctx: Context, url: str) -> ImageFile:
    target = await ctx.outbound.guard.check(url, path="look")
    try:
        data = await fetched_whole(ctx.outbound, target.url, most_bytes=LARGEST_BYTES)
    except Failure as cause:
        raise unusable(f"The image could not be fetched: {cause}.") from cause
    return await read_image(data)


async def _keep(ctx: Context, tx: Tx, project_id: ProjectId, file: ImageFile) -> StoredImage:
    await projects.lock(tx, project_id)  # of two who bring the same, one adds it
    now = ctx.clock.now()
    found = await images.of_content(tx, project_id, file.sha256)
    if found is not None:
        await images.use(tx, project_id, [found.id], now)
        return found
    image_id = ImageId(new_id(Prefix.IMAGE))
    image = StoredImage(image_id, project_id, file.sha256, file.width, file.height, created_at=now)
    await images.add(tx, image, file.data)
    await images.forget_unused(tx, project_id, keep=KEPT_IMAGES)
    return image
