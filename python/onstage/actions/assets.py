"""Assets of recordings: listed and asked for by the project's server, had by whoever was given a URL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onstage.actions.access import Caller
from onstage.actions.context import Context
from onstage.actions.recordings import access_recording, hold_recording
from onstage.errors import ErrorCode, OnstageError
from onstage.model import playback_token
from onstage.model.assets import AssetKind, AssetStatus, asset_name
from onstage.model.ids import AssetId, Prefix, new_id, random_text
from onstage.model.playback import PlaybackGrant
from onstage.model.records import Asset, Recording, RecordingStatus
from onstage.store import assets, broadcasts, recordings
from onstage.store.database import Tx

GOOD_FOR = timedelta(hours=6)
"""How long a URL can be used. A download that has begun goes on."""
_TOKEN_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Download:
    """An asset, and where it can be had: a path below the server's own URL. None of them until it is ready."""

    asset: Asset
    path: str | None = None
    expires_at: datetime | None = None


async def read_assets(ctx: Context, caller: Caller, recording_id: str) -> list[Download]:
    """What was made of a recording, and what is being made.

    Raises:
        OnstageError: as `access_recording`.
    """
    async with ctx.database.read() as tx:
        recording = await access_recording(tx, caller, recording_id)
        return _downloads(ctx, await assets.of_recording(tx, recording.id))


async def request_assets(ctx: Context, caller: Caller, recording_id: str, kinds: Sequence[AssetKind]) -> list[Download]:
    """Have files made. What is there or being made stays as it is; what failed is tried again.

    Raises:
        OnstageError: as `access_recording`; `recording_not_ready`.
    """
    async with ctx.database.begin() as tx:
        recording = await hold_recording(tx, caller, recording_id)
        if recording.status is not RecordingStatus.READY:
            raise OnstageError(ErrorCode.RECORDING_NOT_READY, f"It is {recording.status.value}.")
        await add_assets(ctx, tx, recording, kinds)
        return _downloads(ctx, await assets.of_recording(tx, recording.id))


async def add_assets(ctx: Context, tx: Tx, recording: Recording, kinds: Iterable[AssetKind]) -> None:
    """Want these of the recording: an MP4 is of each rendition that has pictures."""
    broadcast = await broadcasts.get(tx, recording.broadcast_id)
    rungs = () if broadcast is None else broadcast.ladder.rungs
    for kind in kinds:
        for rendition in [one.name for one in rungs] if kind is AssetKind.MP4 else [None]:
            await _want(ctx, tx, recording, kind, rendition)


async def _want(ctx: Context, tx: Tx, recording: Recording, kind: AssetKind, rendition: str | None) -> None:
    name = asset_name(kind, rendition)
    known = await assets.named(tx, recording.id, name)
    if known is None:
        made = Asset(
            AssetId(new_id(Prefix.ASSET)),
            recording.id,
            kind,
            name,
            AssetStatus.PREPARING,
            created_at=ctx.clock.now(),
            rendition=rendition,
        )
        await assets.add(tx, made)
    elif known.status is AssetStatus.FAILED:
        await assets.save(tx, replace(known, status=AssetStatus.PREPARING, reason=None, revision=known.revision + 1))


def _downloads(ctx: Context, found: Iterable[Asset]) -> list[Download]:
    return [_download(ctx, one) if one.status is AssetStatus.READY else Download(one) for one in found]


def _download(ctx: Context, asset: Asset) -> Download:
    now = ctx.clock.now()
    grant = PlaybackGrant(_scope(asset.recording_id, asset.name), random_text(_TOKEN_ID_LENGTH), now, now + GOOD_FOR)
    token = playback_token.sign(grant, ctx.keyring.download_keys[0])
    return Download(asset, f"/downloads/~{token}/{asset.recording_id}/{asset.name}", grant.expires_at)


def _scope(recording_id: str, name: str) -> str:
    """What a token is for: a folder of the recording's, so that a track's sprites can be had with it."""
    return f"{recording_id}/{name.partition('/')[0]}"


async def open_download(ctx: Context, token: str, recording_id: str, name: str) -> tuple[Recording, Asset]:
    """What the token gives: the asset, ready, and its recording.

    Raises:
        OnstageError: `download_invalid`, `download_expired`, `asset_not_found`.
    """
    _prove(ctx, token, _scope(recording_id, name))
    async with ctx.database.read() as tx:
        recording = await recordings.get(tx, recording_id)
        asset = await assets.named(tx, recording_id, name)
    if recording is None or asset is None or asset.status is not AssetStatus.READY:
        raise OnstageError(ErrorCode.ASSET_NOT_FOUND)
    return recording, asset


def _prove(ctx: Context, token: str, scope: str) -> None:
    try:
        grant = playback_token.PlaybackTokens(ctx.keyring.download_keys).read(token, ctx.clock.now())
    except OnstageError as error:
        is_over = error.code is ErrorCode.PLAYBACK_TOKEN_EXPIRED
        raise OnstageError(ErrorCode.DOWNLOAD_EXPIRED if is_over else ErrorCode.DOWNLOAD_INVALID) from error
    if grant.room_id != scope:
        raise OnstageError(ErrorCode.DOWNLOAD_INVALID)
