"""What makes and changes projects and their keys."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from onstage.actions.bodies.base import Body, Name
from onstage.actions.keys import NewKey
from onstage.model.page_origins import PageOrigin
from onstage.model.permission import Permission
from onstage.model.view import Moment

Origins = Annotated[list[PageOrigin], Field(max_length=100)]
RoleNames = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)]
Permissions = Annotated[list[Permission], Field(max_length=100)]


def _origins(given: list[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(dict.fromkeys(given))


class CreateProject(Body):
    """POST /v1/projects."""

    name: Name
    allowed_origins: Origins | None = Field(default=None, description="Whose pages may call; null: everybody's.")

    @property
    def origins(self) -> tuple[str, ...] | None:
        """As the action takes them."""
        return _origins(self.allowed_origins)


class UpdateProject(Body):
    """PATCH /v1/project; what is absent stays. `allowed_origins` null: pages of any origin may call."""

    name: Name | None = None
    allowed_origins: Origins | None = None

    def change(self) -> dict[str, Any]:
        """As the action takes it."""
        change: dict[str, Any] = {}
        if self.name is not None:
            change["name"] = self.name
        if "allowed_origins" in self.model_fields_set:
            change["allowed_origins"] = _origins(self.allowed_origins)
        return change


class CreateKey(Body):
    """POST /v1/keys. With `roles` or `permissions` the key only makes tokens and room codes, within those bounds.

    With `roles` alone its tokens give what the role gives, and no `permissions` besides.
    """

    name: Name
    roles: RoleNames | None = Field(default=None, description="The roles its tokens may name; null: any.")
    permissions: Permissions | None = Field(
        default=None,
        description=(
            "All that its tokens may give, what their role gives included. "
            "Null: with `roles`, what the role gives and nothing besides; without, anything."
        ),
    )
    expires_at: Moment | None = None

    def new(self) -> NewKey:
        """As the action takes it."""
        return NewKey(
            name=self.name,
            roles=None if self.roles is None else tuple(self.roles),
            permissions=None if self.permissions is None else frozenset(self.permissions),
            expires_at=self.expires_at,
        )


class UpdateKey(Body):
    """PATCH /v1/keys/{key}; what is absent stays, and null takes a bound or the expiry away.

    With `roles` and without `permissions`, its tokens give what the role gives, and nothing besides.
    """

    name: Name | None = None
    roles: RoleNames | None = None
    permissions: Permissions | None = None
    expires_at: Moment | None = None

    def change(self) -> dict[str, Any]:
        """As the action takes it."""
        whole: dict[str, Any] = {
            "roles": None if self.roles is None else tuple(self.roles),
            "permissions": None if self.permissions is None else frozenset(self.permissions),
            "expires_at": self.expires_at,
        }
        change = {name: value for name, value in whole.items() if name in self.model_fields_set}
        return change if self.name is None else change | {"name": self.name}
