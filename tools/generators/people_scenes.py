"""What happens in the recordings of moderation, and of roles other than promotion."""

from datetime import timedelta

from onstage.actions.accepting import accept
from onstage.actions.bans import unban
from onstage.actions.hands import lower_all, raise_hand
from onstage.actions.moderation import BanRequest, ParticipantChange, ban, mute_chat, update_participant
from onstage.actions.muting import request_unmute
from onstage.actions.promotion import PromotionRequest, set_role
from onstage.actions.tracks import report_tracks
from onstage.model.records import Invite, Participant, Track
from onstage.model.role import MediaAllowed, Source
from tests.support.house import House
from tools.generators.scene import Watch

_AT_ONCE = PromotionRequest(force=True)
_TRACKS = (Track("TR_1", Source.CAMERA, is_muted=False), Track("TR_2", Source.MICROPHONE, is_muted=False))


async def _given(house: House, person: Participant, role: str, asked: PromotionRequest = _AT_ONCE) -> None:
    await set_role(house.ctx, house.server, "show", person.identity, role, asked)


async def roles_change_on_either_side(house: House, watch: Watch) -> None:
    """Listed or not, with or without tracks: a viewer moves to the audience, a guest hosts and loses the camera."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await report_tracks(house.ctx, house.room.id, "gus", _TRACKS)
    await watch(anna)
    await _given(house, vic, "audience")
    await _given(house, gus, "host")
    await _given(house, gus, "guest", PromotionRequest(force=True, media_allowed=MediaAllowed.AUDIO_ONLY))
    await _given(house, wim, "guest")
    await _given(house, wim, "audience")
    await _given(house, vic, "viewer")


async def own_role_changes_by_an_invite(house: House, watch: Watch) -> None:
    """A viewer is asked into the audience, and says yes."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(vic)
    invite = await set_role(house.ctx, house.caller(anna), "show", "vic", "audience", PromotionRequest())
    assert isinstance(invite, Invite)
    await accept(house.ctx, house.caller(vic), "show", invite.id)


async def what_is_known_of_people_changes(house: House, watch: Watch) -> None:
    """Name, metadata, attributes and the right to chat; of viewers, only where a hand shows them."""
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    wim = await house.join("wim", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    await watch(gus)
    for one in (gus, vic, wim):
        change = ParticipantChange(name="<i>New</i>", metadata={"a": [1]}, attributes={"seat": "3", "row": "B"})
        await update_participant(house.ctx, house.server, "show", one.identity, change)
    await update_participant(house.ctx, house.server, "show", "vic", ParticipantChange(attributes={"row": None}))
    await mute_chat(house.ctx, house.server, "show", "vic", is_muted=True)
    await lower_all(house.ctx, house.server, "show")
    await mute_chat(house.ctx, house.server, "show", "gus", is_muted=True)
    await mute_chat(house.ctx, house.server, "show", "gus", is_muted=False)


async def a_viewer_hears_what_is_changed_of_them(house: House, watch: Watch) -> None:
    """And nothing of another viewer."""
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await watch(vic)
    for one in (wim, vic):
        await update_participant(house.ctx, house.server, "show", one.identity, ParticipantChange(name="Somebody"))
    await mute_chat(house.ctx, house.server, "show", "vic", is_muted=True)


async def a_guest_is_asked_to_unmute_and_another_is_banned(house: House, watch: Watch) -> None:
    """The one who is asked hears of it; the ban shows as a removal, and its end does not show."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    eve = await house.join("eve", "guest")
    await watch(gus)
    await request_unmute(house.ctx, house.caller(anna), "show", "gus", Source.MICROPHONE)
    await request_unmute(house.ctx, house.caller(anna), "show", eve.id, Source.CAMERA)
    await ban(house.ctx, house.caller(anna), "show", "eve", BanRequest("rude", timedelta(hours=1)))
    await unban(house.ctx, house.caller(anna), "show", "eve")
    await house.join("eve", "guest")


PEOPLE_SCENES = (
    roles_change_on_either_side,
    own_role_changes_by_an_invite,
    what_is_known_of_people_changes,
    a_viewer_hears_what_is_changed_of_them,
    a_guest_is_asked_to_unmute_and_another_is_banned,
)
