"""`onstage token`: a participant token, printed."""

from onstage.actions.access import ServerCaller
from onstage.actions.tokens import NewToken, mint_token
from onstage.cli.stored import store_of
from onstage.config import Settings
from onstage.errors import StartError
from onstage.store import projects


async def print_token(settings: Settings, room: str, new: NewToken, project_id: str | None) -> None:
    """Print a token for the room; without a project id, of the development project.

    Raises:
        StartError: there is no such project, or the store can't be used.
        OnstageError: as `mint_token`.
    """
    async with store_of(settings, seals=True) as ctx:
        async with ctx.database.read() as tx:
            found = await (projects.get(tx, project_id) if project_id else projects.by_name(tx, "development"))
        if found is None:
            raise StartError("There is no such project: `onstage project create NAME` makes one.")
        minted = await mint_token(ctx, ServerCaller(found.id), room, new)
    print(minted.token)
