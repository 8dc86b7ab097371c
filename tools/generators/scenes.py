"""What happens in each recording, and through whose eyes it is seen."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from onstage.actions import presence
from onstage.actions.accepting import accept
from onstage.actions.hands import lower_hand, raise_hand
from onstage.actions.invites import cancel, decline, expire_due
from onstage.actions.promotion import PromotionRequest, demote, promote, set_role
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.tracks import report_engine_failed, report_tracks
from onstage.model.records import Participant, Track
from onstage.model.role import MediaAllowed, Source
from tests.support.house import House
from tools.generators.broadcast_scenes import BROADCAST_SCENES
from tools.generators.chat_scenes import CHAT_SCENES
from tools.generators.media_scenes import MEDIA_SCENES
from tools.generators.people_scenes import PEOPLE_SCENES
from tools.generators.poll_scenes import POLL_SCENES
from tools.generators.scene import Watch

_CAMERA = Track("TR_camera", Source.CAMERA, is_muted=False)
_MICROPHONE = Track("TR_microphone", Source.MICROPHONE, is_muted=False)


async def _publishes(house: House, person: Participant, *tracks: Track) -> None:
    await report_tracks(house.ctx, house.room.id, person.identity, tracks)


async def hands_seen_by_a_host(house: House, watch: Watch) -> None:
    """Two viewers and somebody of the audience raise hands; one takes it down, one is taken down."""
    anna = await house.join("anna", "host")
    people = [await house.join("vic", "viewer"), await house.join("amy", "audience"), await house.join("wim", "viewer")]
    await watch(anna)
    for one in people:
        await raise_hand(house.ctx, house.caller(one), "show")
        await house.clock.advance(1)
    await lower_hand(house.ctx, house.caller(people[1]), "show", None)
    await lower_hand(house.ctx, house.caller(anna), "show", "vic")


async def own_hand_lowered_by_a_host(house: House, watch: Watch) -> None:
    """A viewer sees their own hand go up and be taken down."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(vic)
    await raise_hand(house.ctx, house.caller(vic), "show")
    await lower_hand(house.ctx, house.caller(anna), "show", "vic")


async def invite_accepted_seen_by_the_invited(house: House, watch: Watch) -> None:
    """From the viewers' seats to the stage, with a hand up."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(vic)
    await raise_hand(house.ctx, house.caller(vic), "show")
    invite = await house.invited(vic, by=anna)
    await accept(house.ctx, house.caller(vic), "show", invite.id)


async def invite_declined_seen_by_the_host(house: House, watch: Watch) -> None:
    """The host's list of invites grows and shrinks."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(anna)
    invite = await house.invited(vic, by=anna)
    await decline(house.ctx, house.caller(vic), "show", invite.id)


async def invites_of_others_are_not_seen(house: House, watch: Watch) -> None:
    """A guest hears of the promotion, and not of the invite before it."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    vic = await house.join("vic", "viewer")
    await watch(gus)
    invite = await house.invited(vic, by=anna)
    await accept(house.ctx, house.caller(vic), "show", invite.id)


async def invite_replaced_cancelled_and_expired(house: House, watch: Watch) -> None:
    """A second invite takes the first one's place; one is taken back, one runs out, one stays."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    wim = await house.join("wim", "viewer")
    await watch(anna)
    await house.invited(vic, by=anna)
    second = await house.invited(vic, by=anna)
    await cancel(house.ctx, house.caller(anna), "show", second.id)
    await house.invited(wim, by=anna, expires_in=timedelta(seconds=10))
    await house.clock.advance(11)
    await expire_due(house.ctx)
    await house.invited(vic, by=anna)


async def invite_cancelled_with_its_inviters_right(house: House, watch: Watch) -> None:
    """One host is made a guest, another goes: nobody comes on stage on their word any more. The server's stays."""
    anna, ben = await house.join("anna", "host"), await house.join("ben", "host")
    vic = await house.join("vic", "viewer")
    await watch(vic)
    await house.invited(vic, by=anna)
    await set_role(house.ctx, house.server, "show", "anna", "guest", PromotionRequest(force=True))
    await house.invited(vic, by=ben)
    await presence.leave_room(house.ctx, house.caller(ben))
    await house.invited(vic)


async def forced_promotion_of_a_raised_hand(house: House, watch: Watch) -> None:
    """The hand goes down with the promotion, which allows sound only."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    await watch(anna)
    asked = PromotionRequest(force=True, media_allowed=MediaAllowed.AUDIO_ONLY, join_audio_muted=True)
    await promote(house.ctx, house.caller(anna), "show", "vic", asked)


async def from_audience_to_stage_and_back(house: House, watch: Watch) -> None:
    """Somebody of the audience stays listed all the while, and their tracks end with the demotion."""
    anna, amy = await house.join("anna", "host"), await house.join("amy", "audience")
    gus = await house.join("gus", "guest")
    await watch(gus)
    promoted = await house.promoted(amy)
    await _publishes(house, promoted, _CAMERA, _MICROPHONE)
    await demote(house.ctx, house.caller(anna), "show", "amy", None)


async def own_promotion_and_demotion(house: House, watch: Watch) -> None:
    """A viewer is listed while on stage, and only then."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(vic)
    await promote(house.ctx, house.caller(anna), "show", "vic", PromotionRequest(role="guest", force=True))
    await _publishes(house, vic, _CAMERA)
    await demote(house.ctx, house.caller(vic), "show", "vic", None)


async def tracks_come_mute_and_go(house: House, watch: Watch) -> None:
    """Tracks are in the order of their sid, whatever came first."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    await watch(anna)
    muted = Track(_CAMERA.sid, _CAMERA.source, is_muted=True)
    for tracks in [(_MICROPHONE,), (_MICROPHONE, _CAMERA), (_MICROPHONE, muted), (_MICROPHONE, _CAMERA), (_CAMERA,)]:
        await _publishes(house, gus, *tracks)
    await _publishes(house, anna, _MICROPHONE)


async def the_room_changes(house: House, watch: Watch) -> None:
    """Name, title, lock and metadata; then settings, and with them when the session ends."""
    vic = await house.join("vic", "viewer")
    await watch(vic)
    change = RoomChange(name="tonight", title='"Tonight" </script>', is_locked=True, metadata={"nested": {"list": [1]}})
    await update_room(house.ctx, house.server, "show", change)
    timed = RoomChange(settings={"max_session_s": 3_600, "capacity": {"viewer": 100}})
    await update_room(house.ctx, house.server, house.room.id, timed)


async def people_of_the_stage_come_and_go(house: House, watch: Watch) -> None:
    """Somebody who comes back is listed where their new time of joining puts them."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    await house.join("eve", "guest")
    await watch(anna)
    await presence.leave_room(house.ctx, house.caller(gus))
    await house.clock.advance(1)
    await house.join("gus", "guest")
    await house.join("amy", "audience")


async def viewers_come_and_go_uncounted_one_by_one(house: House, watch: Watch) -> None:
    """Viewers are only counted; one with a hand up leaves the queue."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    await watch(anna)
    await house.join("wim", "viewer")
    await house.join("zoe", "viewer")
    await presence.leave_room(house.ctx, house.caller(vic))


async def a_guest_is_removed(house: House, watch: Watch) -> None:
    """Removed, with tracks and all."""
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    vic = await house.join("vic", "viewer")
    await _publishes(house, gus, _CAMERA)
    await watch(vic)
    await presence.remove(house.ctx, house.caller(anna), "show", "gus")


async def the_engine_fails_for_somebody(house: House, watch: Watch) -> None:
    """The page is told, and nothing of the wish is lost."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(anna)
    promoted = await house.promoted(vic)
    await report_engine_failed(house.ctx, promoted, reason="engine_unavailable")


SCENES: dict[str, Callable[[House, Watch], Awaitable[None]]] = {
    scene.__name__: scene
    for scene in (
        hands_seen_by_a_host,
        own_hand_lowered_by_a_host,
        invite_accepted_seen_by_the_invited,
        invite_declined_seen_by_the_host,
        invites_of_others_are_not_seen,
        invite_replaced_cancelled_and_expired,
        invite_cancelled_with_its_inviters_right,
        forced_promotion_of_a_raised_hand,
        from_audience_to_stage_and_back,
        own_promotion_and_demotion,
        tracks_come_mute_and_go,
        *CHAT_SCENES,
        the_room_changes,
        *BROADCAST_SCENES,
        people_of_the_stage_come_and_go,
        viewers_come_and_go_uncounted_one_by_one,
        a_guest_is_removed,
        the_engine_fails_for_somebody,
        *PEOPLE_SCENES,
        *POLL_SCENES,
        *MEDIA_SCENES,
    )
}
