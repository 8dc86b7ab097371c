"""Making projects."""

import secrets

from onstage.actions.access import hash_secret
from onstage.actions.context import Context
from onstage.model.ids import KeyId, Prefix, ProjectId, new_id
from onstage.model.records import Project, ProjectKey
from onstage.store import keys, projects

_SECRET_BYTES = 32


async def create_project(ctx: Context, name: str) -> tuple[Project, str]:
    """A new project and its secret, which is shown this once."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    project = Project(
        id=ProjectId(new_id(Prefix.PROJECT)),
        name=name,
        allowed_origins=None,
        created_at=ctx.clock.now(),
    )
    key = ProjectKey(
        id=KeyId(new_id(Prefix.KEY)),
        project_id=project.id,
        name="first",
        secret_hash=hash_secret(secret),
        sealed_secret=None,
        roles=None,
        permissions=None,
        created_at=project.created_at,
    )
    async with ctx.database.begin() as tx:
        await projects.add(tx, project)
        await keys.add(tx, key)
    return project, secret
