"""Files that are made of recordings."""

from fastapi import APIRouter

from onstage.actions import assets
from onstage.actions.assets import Download
from onstage.actions.bodies.assets import RequestAssets
from onstage.api.deps import CallerDep, ContextDep, PublicUrl
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.views import DownloadView

router = APIRouter(prefix="/v1/recordings/{recording}/assets", tags=["recordings"], route_class=IdempotentRoute)


@router.get("", responses=answers(*OF_PROJECT, E.RECORDING_NOT_FOUND))
async def list_assets(recording: str, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl) -> Page[DownloadView]:
    """The files made of a recording, oldest first and all in one page, each with a URL that expires."""
    return _page(await assets.read_assets(ctx, caller, recording), public_url)


@router.post("", status_code=202, responses=answers(*OF_PROJECT, E.RECORDING_NOT_FOUND, E.RECORDING_NOT_READY))
async def request_assets(
    recording: str, body: RequestAssets, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl
) -> Page[DownloadView]:
    """Have files made of a recording that is ready; `recording.asset_ready` tells of each. Answers as the list does."""
    return _page(await assets.request_assets(ctx, caller, recording, body.kinds), public_url)


def _page(found: list[Download], public_url: str) -> Page[DownloadView]:
    return whole(
        found,
        lambda one: DownloadView.at(one.asset, None if one.path is None else public_url + one.path, one.expires_at),
    )
