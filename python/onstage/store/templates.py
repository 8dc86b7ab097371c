"""Queries on templates. The built-in ones are found beside a project's own."""

from onstage.model.template import BUILT_IN_TEMPLATES, Template
from onstage.store.database import Tx


async def named(tx: Tx, project_id: str, name: str) -> Template | None:  # noqa: ARG001 - a project's own come next
    """The template a room of the project means by that name."""
    return BUILT_IN_TEMPLATES.get(name)
