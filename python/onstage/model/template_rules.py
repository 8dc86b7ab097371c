"""Which roles make sense together: every rule on a template that no single field can say."""

from collections.abc import Iterator

from onstage.errors import FieldProblem
from onstage.model.authority import SEAT_PERMISSIONS, lacking_for_gift, refusal_of_gift
from onstage.model.permission import Permission
from onstage.model.role import SOUND_SOURCES, Level, PublishLimits, Role
from onstage.model.template import Template

_OF_PICTURES = ("max_width", "max_height", "max_frame_rate")
_OF_ONE_ROOM = ("join_from", "join_until", "ends_at")


def problems_of(template: Template) -> list[FieldProblem]:
    """What is wrong, each with its path in the template's JSON; none when it makes sense."""
    return [FieldProblem(path, problem) for path, problem in _problems(template)]


def _problems(template: Template) -> Iterator[tuple[str, str]]:
    for role in template.roles:
        yield from _of_role(template, role)
    yield from _of_ways(template)
    for name in _OF_ONE_ROOM:
        if getattr(template.settings, name) is not None:
            yield f"settings.{name}", "a moment belongs to one room, not to a template"


def _of_role(template: Template, role: Role) -> Iterator[tuple[str, str]]:
    at = f"roles.{role.name}"
    if role.level is not Level.STAGE:
        if role.publish:
            yield f"{at}.publish", "only a role of level `stage` publishes"
        if unusable := role.permissions - SEAT_PERMISSIONS:
            yield f"{at}.permissions", f"of no use below the stage: {', '.join(sorted(unusable))}"
    for source in sorted(role.publish.keys() & SOUND_SOURCES):
        for name in _limits_of_pictures(role.publish[source]):
            yield f"{at}.publish.{source}.{name}", "sound has no such limit"
    for place, name in enumerate(role.subscribe_to or ()):
        if template.role(name) is None:
            yield f"{at}.subscribe_to.{place}", f"there is no role {name!r}"


def _limits_of_pictures(limits: PublishLimits) -> list[str]:
    return [name for name in _OF_PICTURES if getattr(limits, name) is not None]


def _of_ways(template: Template) -> Iterator[tuple[str, str]]:
    """To the stage and back."""
    levels = {role.level for role in template.roles}
    if Level.STAGE not in levels:
        yield "roles", "one of them must be of level `stage`"
    else:
        promote = template.role(template.promote_role)
        if promote is None:
            yield "promote_role", f"there is no role {template.promote_role!r}"
        elif promote.level is not Level.STAGE:
            yield "promote_role", f"the role {promote.name!r} is not of level `stage`"
        else:
            yield from _of_promoters(template, promote)
    yield from _of_the_way_back(template)


def _of_promoters(template: Template, promote: Role) -> Iterator[tuple[str, str]]:
    """Of those who may promote, one must be able to. With none of them, a server does it."""
    promoters = [
        role
        for role in template.roles
        if role.level is Level.STAGE and Permission.PARTICIPANT_PROMOTE in role.permissions
    ]
    if not promoters or any(refusal_of_gift(role, promote) is None for role in promoters):
        return
    reasons = "; ".join(_why_not(role, promote) for role in promoters)
    yield (
        "promote_role",
        f"nobody with `participant.promote` can give {promote.name!r}: {reasons}. "
        f"Give {promote.name!r} a lower rank than theirs (a higher `priority`)",
    )


def _why_not(giver: Role, promote: Role) -> str:
    if promote.priority < giver.priority:
        return f"{giver.name!r} ranks lower"
    lacking = ", ".join(sorted(lacking_for_gift(giver, promote)))
    return f"{giver.name!r} is of the same rank, and lacks {lacking}"


def _of_the_way_back(template: Template) -> Iterator[tuple[str, str]]:
    if template.demote_role is not None:
        demote = template.role(template.demote_role)
        if demote is None:
            yield "demote_role", f"there is no role {template.demote_role!r}"
        elif demote.level is Level.STAGE:
            yield "demote_role", f"the role {demote.name!r} is of level `stage`"
