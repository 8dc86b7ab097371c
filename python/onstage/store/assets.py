"""Queries on assets of recordings."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, insert, or_, select, update

from onstage.model.assets import CHAT_KINDS, AssetFailure, AssetKind, AssetStatus
from onstage.model.ids import AssetId, RecordingId
from onstage.model.records.assets import Asset
from onstage.store.database import Tx
from onstage.store.tables import assets, broadcasts, recordings


def _asset(row: RowMapping) -> Asset:
    return Asset(
        id=AssetId(row["id"]),
        recording_id=RecordingId(row["recording_id"]),
        kind=AssetKind(row["kind"]),
        name=row["name"],
        status=AssetStatus(row["status"]),
        created_at=row["created_at"],
        rendition=row["rendition"],
        reason=None if row["reason"] is None else AssetFailure(row["reason"]),
        size_bytes=row["size_bytes"],
        revision=row["revision"],
        ready_at=row["ready_at"],
    )


def _values(asset: Asset) -> dict[str, Any]:
    """The columns that can change."""
    return {
        "status": asset.status.value,
        "reason": None if asset.reason is None else asset.reason.value,
        "size_bytes": asset.size_bytes,
        "revision": asset.revision,
        "ready_at": asset.ready_at,
    }


async def add(tx: Tx, asset: Asset) -> None:
    """Insert an asset."""
    fixed = {
        "id": asset.id,
        "recording_id": asset.recording_id,
        "kind": asset.kind.value,
        "name": asset.name,
        "rendition": asset.rendition,
        "created_at": asset.created_at,
    }
    await tx.connection.execute(insert(assets).values(**fixed, **_values(asset)))


async def save(tx: Tx, asset: Asset) -> None:
    """Write what of an asset can change."""
    await tx.connection.execute(update(assets).where(assets.c.id == asset.id).values(**_values(asset)))


async def get(tx: Tx, asset_id: str) -> Asset | None:
    """The asset of that id."""
    row = (await tx.connection.execute(select(assets).where(assets.c.id == asset_id))).mappings().first()
    return None if row is None else _asset(row)


async def named(tx: Tx, recording_id: str, name: str) -> Asset | None:
    """The recording's asset of that name."""
    query = select(assets).where(assets.c.recording_id == recording_id, assets.c.name == name)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _asset(row)


async def of_recording(tx: Tx, recording_id: str) -> list[Asset]:
    """All of a recording, as they came."""
    query = select(assets).where(assets.c.recording_id == recording_id).order_by(assets.c.created_at, assets.c.name)
    return [_asset(row) for row in (await tx.connection.execute(query)).mappings()]


async def remove_all(tx: Tx, recording_id: str, kinds: Iterable[AssetKind] = AssetKind) -> None:
    """Forget those of a recording."""
    named_so = [one.value for one in kinds]
    await tx.connection.execute(
        delete(assets).where(assets.c.recording_id == recording_id, assets.c.kind.in_(named_so))
    )


_WITH_SHOW = assets.join(recordings, recordings.c.id == assets.c.recording_id).join(
    broadcasts, broadcasts.c.id == recordings.c.broadcast_id
)
_IS_PREPARING = assets.c.status == AssetStatus.PREPARING.value
_IS_LOST = and_(assets.c.status == AssetStatus.FAILED.value, assets.c.reason == AssetFailure.SERVER_LOST.value)
_IN_ORDER = select(assets).select_from(_WITH_SHOW).order_by(assets.c.created_at, assets.c.id)


async def due(tx: Tx, server_id: str, *, others: Collection[str] = (), but: Collection[str] = ()) -> Asset | None:
    """What that server should make first: of broadcasts that ran there, also when others gave it up meanwhile.

    `others`: or on these. `but`: not these assets.
    """
    of_server = or_(broadcasts.c.server_id == server_id, broadcasts.c.server_id.is_(None))
    is_due = or_(and_(_IS_PREPARING, broadcasts.c.server_id.in_(others)), and_(of_server, or_(_IS_PREPARING, _IS_LOST)))
    query = _IN_ORDER.where(is_due, assets.c.id.not_in(list(but))).limit(1)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _asset(row)


async def waited_for(tx: Tx, alive: Collection[str]) -> set[str]:
    """The servers that have something to make, but for these."""
    is_gone = and_(broadcasts.c.server_id.is_not(None), broadcasts.c.server_id.not_in(alive))
    query = select(broadcasts.c.server_id).distinct().select_from(_WITH_SHOW).where(_IS_PREPARING, is_gone)
    return set((await tx.connection.execute(query)).scalars())


async def preparing_on(tx: Tx, server_ids: Collection[str]) -> list[Asset]:
    """What these servers have to make, the first hundred."""
    query = _IN_ORDER.where(_IS_PREPARING, broadcasts.c.server_id.in_(server_ids)).limit(100)
    return [_asset(row) for row in (await tx.connection.execute(query)).mappings()]


_AGAIN = {
    "status": AssetStatus.PREPARING.value,
    "reason": None,
    "size_bytes": None,
    "ready_at": None,
    "revision": assets.c.revision + 1,
}


async def remake_chat(tx: Tx, room_id: str, said_at: datetime) -> None:
    """Have the chat logs made again in which something may stand that was said then."""
    of_room = select(recordings.c.id).where(
        recordings.c.room_id == room_id,
        recordings.c.started_at <= said_at,
        or_(recordings.c.ended_at.is_(None), recordings.c.ended_at >= said_at),
    )
    logs = assets.c.kind.in_([one.value for one in CHAT_KINDS]) & assets.c.recording_id.in_(of_room)
    await tx.connection.execute(update(assets).where(logs).values(_AGAIN))


async def remake_all(tx: Tx, recording_id: str) -> None:
    """Have everything made again of a recording that is not what it was; sprites come with their track."""
    await remove_all(tx, recording_id, {AssetKind.SPRITE})
    await tx.connection.execute(update(assets).where(assets.c.recording_id == recording_id).values(_AGAIN))
