"""Files that people upload for a room, to be played into its shows."""

from collections.abc import AsyncIterator

from onstage.actions.access import Caller, access_room
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.media_playbacks import file_of
from onstage.composer.media_file import MediaError
from onstage.composer.media_library import MediaLibrary, TooLargeError
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import MediaFileId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import MediaFile, Room
from onstage.store import media_files
from onstage.store.database import Tx

MOST_IN_ROOM = 100
_KINDS = ("video/", "audio/", "application/octet-stream", "application/ogg")


async def upload(
    ctx: Context, caller: Caller, room: str, data: AsyncIterator[bytes], *, name: str, content_type: str
) -> MediaFile:
    """Keep a file for a room, once it was found to be playable.

    Raises:
        OnstageError: as `access_room` with `media.play`; `media_limit`, `media_unplayable`, `body_too_large`.
    """
    async with ctx.database.read() as tx:
        await _require_place(tx, (await access_room(tx, caller, room, Permission.MEDIA_PLAY))[0])
    if not content_type.strip().lower().startswith(_KINDS):
        raise OnstageError(ErrorCode.MEDIA_UNPLAYABLE, expected="a `Content-Type` of `video/…` or `audio/…`")
    media_id = MediaFileId(new_id(Prefix.MEDIA_FILE))
    library = library_of(ctx)
    try:
        return await _keep(ctx, caller, room, media_id, await _write(library, media_id, data), name=name)
    except BaseException:
        await library.remove(media_id)
        raise


def library_of(ctx: Context) -> MediaLibrary:
    """Where the files are."""
    assert ctx.media is not None, "every server has a folder for them"
    return ctx.media


async def _write(library: MediaLibrary, media_id: str, data: AsyncIterator[bytes]) -> int:
    try:
        return await library.write(media_id, data)
    except TooLargeError as cause:
        raise OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {library.most_bytes} bytes") from cause


async def _keep(
    ctx: Context, caller: Caller, room: str, media_id: MediaFileId, size_bytes: int, *, name: str
) -> MediaFile:
    try:
        facts = await library_of(ctx).facts(media_id)
    except MediaError as cause:
        raise OnstageError(ErrorCode.MEDIA_UNPLAYABLE, f"It is not played: {cause}.") from cause
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.MEDIA_PLAY)  # again: it may have taken minutes
        await _require_place(tx, found)
        file = MediaFile(
            id=media_id,
            project_id=found.project_id,
            room_id=found.id,
            server_id=ctx.server_id,
            name=name,
            kind=facts.kind,
            size_bytes=size_bytes,
            duration_ms=facts.duration_ms,
            width=facts.width,
            height=facts.height,
            created_at=ctx.clock.now(),
        )
        await media_files.add(tx, file)
    return file


async def _require_place(tx: Tx, room: Room) -> None:
    if await media_files.count(tx, room.id) >= MOST_IN_ROOM:
        raise OnstageError(ErrorCode.MEDIA_LIMIT, expected=f"fewer than {MOST_IN_ROOM} files in a room")


async def read_files(ctx: Context, caller: Caller, room: str, *, after: str | None, limit: int) -> list[MediaFile]:
    """A page of the room's files, newest first.

    Raises:
        OnstageError: as `access_room` with `media.play`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, Permission.MEDIA_PLAY)
        if after is not None:
            last = await media_files.get(tx, after)
            if last is None or last.room_id != found.id:
                raise wrong_cursor()
        return await media_files.page(tx, found.id, after=after, limit=limit)


async def forget_files(ctx: Context, tx: Tx, room: Room) -> None:
    """The room is being taken away: so are its files, here at once, and on other servers when they look for such."""
    gone = await media_files.ids_of(tx, room.id, ctx.server_id)

    async def remove() -> None:
        for media_id in gone:
            await library_of(ctx).remove(media_id)

    if gone:
        tx.after_commit.append(remove)


async def delete_file(ctx: Context, caller: Caller, room: str, media_id: str) -> None:
    """Take a file away. What plays it now plays on, as long as its composer lives.

    Raises:
        OnstageError: as `access_room` with `media.play`; `media_file_not_found`.
    """
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.MEDIA_PLAY)
        file = await file_of(tx, found, media_id)
        await media_files.remove(tx, file.id)
    if file.server_id == ctx.server_id:
        await library_of(ctx).remove(file.id)
