"""Making projects."""

import secrets

from onstage.actions.access import hash_secret
from onstage.actions.context import Context
from onstage.model.ids import Prefix, ProjectId, new_id
from onstage.model.records import Project
from onstage.store import projects

_SECRET_BYTES = 32


async def create_project(ctx: Context, name: str) -> tuple[Project, str]:
    """A new project and its secret, which is shown this once."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    project = Project(
        id=ProjectId(new_id(Prefix.PROJECT)),
        name=name,
        secret_hash=hash_secret(secret),
        created_at=ctx.clock.now(),
    )
    async with ctx.database.begin() as tx:
        await projects.add(tx, project)
    return project, secret
