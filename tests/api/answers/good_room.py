"""A request that goes well, for each operation in a room. Each makes what it needs, and what has a rank is `rank`ed."""

import wave
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from onstage.actions.broadcast_life import report_status
from onstage.actions.hands import raise_hand
from onstage.actions.promotion import PromotionRequest, promote
from onstage.actions.recording_life import report_finished
from onstage.actions.tracks import report_tracks
from onstage.model.permission import Permission
from onstage.model.records import BroadcastStatus, Invite, Track
from onstage.model.role import Source
from tests.api.answers.good_project import in_session, plain
from tests.api.answers.scene import ALL, Call, Making, Scene, fresh
from tests.support.court import Somebody

POLL: dict[str, Any] = {"title": "?", "questions": [{"text": "?", "options": ["a", "b"]}]}
QUIZ: dict[str, Any] = {
    "kind": "quiz",
    "title": "?",
    "questions": [{"text": "?", "options": ["a", "b"], "correct": [0]}],
}
MEDIA = {"url": "https://192.0.43.7/intro.mp4"}  # an address, so that none is looked up
VOTE = {"answers": [{"question": 0, "options": [0]}]}


def to(name: str, place: str = "seat", **given: Any) -> Making:
    """A call that does something to somebody."""

    async def make(scene: Scene) -> Call:
        return scene.call(name, participant=(await scene.target(place)).id, **given)

    return make


async def send(scene: Scene, target: Somebody, *, is_muted: bool) -> None:
    """Have somebody on stage send a picture; the engine, which is away, is not asked about what is muted already."""
    track = Track("TR_1", Source.CAMERA, is_muted=is_muted)
    await report_tracks(scene.house.ctx, scene.room, target.participant.identity, (track,))


async def _mute(scene: Scene) -> Call:
    target = await scene.target("stage")
    await send(scene, target, is_muted=True)
    return scene.call("mute", participant=target.id)


async def _ban_identity(scene: Scene) -> Call:
    return scene.call("ban_identity", body={"identity": (await scene.target()).participant.identity})


async def _unban(scene: Scene) -> Call:
    await scene.host()
    identity = fresh("banned")
    await scene.done(scene.call("ban_identity", body={"identity": identity}))
    return scene.call("unban", identity=identity)


async def _raise_hand(scene: Scene) -> Call:
    return scene.call("raise_hand").by(await scene.seated())


async def _lower_hand(scene: Scene) -> Call:
    await scene.host()
    target = await scene.enter("seat", scene.rank, Permission.HAND_RAISE)
    await raise_hand(scene.house.ctx, scene.house.caller(target.participant), scene.room)
    return scene.call("lower_hand", participant=target.id)


async def invited(scene: Scene, role: str = "stage-9") -> tuple[Somebody, Invite]:
    """Somebody in the seats, and an invite for them from somebody on stage of the scene's rank."""
    await scene.host()
    maker, asked = await scene.enter("stage", scene.rank, *ALL), await scene.enter("seat", 9)
    request, caller = PromotionRequest(role=role), scene.house.caller(maker.participant)
    made = await promote(scene.house.ctx, caller, scene.room, asked.id, request)
    assert isinstance(made, Invite)
    return asked, made


def on_own_invite(name: str) -> Making:
    async def make(scene: Scene) -> Call:
        asked, invite = await invited(scene)
        return scene.call(name, invite=invite.id).by(asked)

    return make


async def _cancel_invite(scene: Scene) -> Call:
    return scene.call("cancel_invite", invite=(await invited(scene))[1].id)


async def said(scene: Scene, by: Somebody | None = None, **given: Any) -> str:
    """The id of a message."""
    await scene.host()
    call = scene.call("send_message", body={"text": "hello"} | given)
    return str((await scene.done(call if by is None else call.by(by)))["message"]["id"])


async def _delete_message(scene: Scene) -> Call:
    sender = await scene.enter("stage", scene.rank, *ALL)
    return scene.call("delete_message", message=await said(scene, sender))


def on_message(name: str) -> Making:
    async def make(scene: Scene) -> Call:
        return scene.call(name, message=await said(scene))

    return make


def on_state(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        await scene.target("stage")
        await scene.done(scene.call("set_state", key="key", body={"value": 1}))
        return scene.call(name, key="key", **given)

    return make


async def prepared(scene: Scene, *steps: str, **given: Any) -> str:
    """The id of a poll, taken through these steps."""
    await scene.host()
    made = str((await scene.done(scene.call("create_poll", body=POLL | given)))["id"])
    for step in steps:
        await scene.done(scene.call(step, poll=made))
    return made


def on_poll(name: str, *steps: str, body: Any = None, **plan: Any) -> Making:
    given = {} if body is None else {"body": body}

    async def make(scene: Scene) -> Call:
        return scene.call(name, poll=await prepared(scene, *steps, **plan), **given)

    return make


async def _vote(scene: Scene) -> Call:
    voter = await scene.seated()
    return scene.call("vote", poll=await prepared(scene, "start_poll"), body=VOTE).by(voter)


async def on_air(scene: Scene) -> str:
    """The id of a new broadcast; the one before is over."""
    for one in (await scene.done(scene.call("list_broadcasts")))["data"]:
        await report_status(scene.house.ctx, one["id"], BroadcastStatus.ENDED)
    return str(
        (await scene.done(scene.call("start_broadcast", body={"captions": [{"language": "en", "name": "English"}]})))[
            "id"
        ]
    )


def a_tone() -> bytes:
    """A tenth of a second in a WAV file."""
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(1_600))
    return written.getvalue()


async def _upload_media(scene: Scene) -> Call:
    await scene.host()
    call = scene.call("upload_media", query={"name": "A tone"})
    return replace(call, content=a_tone(), headers={"Content-Type": "audio/wav"})


async def _delete_media(scene: Scene) -> Call:
    uploaded = await scene.done(await _upload_media(scene))
    return scene.call("delete_media", media=uploaded["media_id"])


def on_playback(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        playing = await on_broadcast("play_media", body=MEDIA)(scene)
        playback = await scene.done(playing)
        return scene.call(name, broadcast=playing.ids["broadcast"], playback=playback["id"], **given)

    return make


async def _start_broadcast(scene: Scene) -> Call:
    call = await on_broadcast("start_broadcast")(scene)
    await report_status(scene.house.ctx, await on_air(scene), BroadcastStatus.ENDED)
    return call


async def _upload_image(scene: Scene) -> Call:
    await scene.host()
    file = BytesIO()
    Image.new("RGB", (32, 18), (200, 40, 40)).save(file, "PNG")
    return replace(scene.call("upload_image"), content=file.getvalue(), headers={"Content-Type": "image/png"})


def on_broadcast(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        await scene.host()
        return scene.call(name, broadcast=await on_air(scene), **given)

    return make


TARGET = {"type": "rtmp", "url": "rtmps://hooks.example.com/live", "stream_key": "a-key"}


async def _remove_output(scene: Scene) -> Call:
    await scene.host()
    broadcast = await on_air(scene)
    output = await scene.done(scene.call("add_output", broadcast=broadcast, body=TARGET))
    return scene.call("remove_output", broadcast=broadcast, output=output["id"])


RECORDING = {"type": "recording"}


async def recorded(scene: Scene) -> str:
    """The id of a recording that grows."""
    await scene.host()
    output = await scene.done(scene.call("add_output", broadcast=await on_air(scene), body=RECORDING))
    return str(output["recording_id"])


def on_recording(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        return scene.call(name, recording=await recorded(scene), **given)

    return make


def on_ended_recording(name: str) -> Making:
    """A call on a recording whose show is over."""

    async def make(scene: Scene) -> Call:
        call = scene.call(name, recording=await recorded(scene))
        await report_status(scene.house.ctx, await on_air(scene), BroadcastStatus.ENDED)
        return call

    return make


async def _request_assets(scene: Scene) -> Call:
    recording = await recorded(scene)
    await report_status(scene.house.ctx, await on_air(scene), BroadcastStatus.ENDED)
    await report_finished(scene.house.ctx, recording)
    return scene.call("request_assets", recording=recording, body={"kinds": ["zip"]})


GOOD_IN_ROOMS: dict[str, Making] = {
    "list_participants": in_session("list_participants"),
    "get_counts": in_session("get_counts"),
    "get_participant": to("get_participant"),
    "update_participant": to("update_participant", body={"name": "Another"}),
    "promote": to("promote", body={"role": "stage-9", "force": True}),
    "set_role": to("set_role", body={"role": "stage-9", "force": True}),
    "demote": to("demote", "stage"),
    "mute_many": in_session("mute_many"),
    "mute": _mute,
    "request_unmute": to("request_unmute", "stage", body={"source": "microphone"}),
    "mute_chat": to("mute_chat"),
    "set_backstage": to("set_backstage", "stage", body={"backstage": True}),
    "remove": to("remove"),
    "ban": to("ban"),
    "list_bans": in_session("list_bans"),
    "ban_identity": _ban_identity,
    "unban": _unban,
    "list_hands": in_session("list_hands"),
    "raise_hand": _raise_hand,
    "lower_all_hands": in_session("lower_all_hands"),
    "lower_hand": _lower_hand,
    "list_invites": in_session("list_invites"),
    "accept_invite": on_own_invite("accept_invite"),
    "decline_invite": on_own_invite("decline_invite"),
    "cancel_invite": _cancel_invite,
    "list_messages": in_session("list_messages"),
    "send_message": in_session("send_message", body={"text": "hello"}),
    "delete_message": _delete_message,
    "pin_message": on_message("pin_message"),
    "unpin_message": on_message("unpin_message"),
    "list_state": in_session("list_state"),
    "get_state": on_state("get_state"),
    "set_state": on_state("set_state", body={"value": 2}),
    "delete_state": on_state("delete_state"),
    "create_poll": plain("create_poll", body=POLL),
    "list_polls": plain("list_polls"),
    "get_poll": on_poll("get_poll"),
    "update_poll": on_poll("update_poll", body={"title": "Another"}),
    "delete_poll": on_poll("delete_poll"),
    "start_poll": on_poll("start_poll"),
    "stop_poll": on_poll("stop_poll", "start_poll"),
    "vote": _vote,
    "get_poll_results": on_poll("get_poll_results", "start_poll"),
    "list_leaders": on_poll("list_leaders", "start_poll", **QUIZ),
    "list_votes": on_poll("list_votes", "start_poll"),
    "send_reaction": in_session("send_reaction", body={"reaction": "👏"}),
    "send_custom": in_session("send_custom", body={"type": "cue"}),
    "upload_media": _upload_media,
    "list_media": plain("list_media"),
    "delete_media": _delete_media,
    "play_media": on_broadcast("play_media", body=MEDIA),
    "list_playbacks": on_broadcast("list_playbacks"),
    "update_playback": on_playback("update_playback", body={"volume_percent": 50}),
    "stop_playback": on_playback("stop_playback"),
    "start_broadcast": _start_broadcast,
    "list_broadcasts": on_broadcast("list_broadcasts"),
    "get_broadcast": on_broadcast("get_broadcast"),
    "update_broadcast": on_broadcast("update_broadcast", body={"title": "Another"}),
    "stop_broadcast": on_broadcast("stop_broadcast"),
    "upload_image": _upload_image,
    "add_output": on_broadcast("add_output", body=TARGET),
    "remove_output": _remove_output,
    "pause_recording": on_recording("pause_recording"),
    "resume_recording": on_recording("resume_recording"),
    "list_recordings": on_recording("list_recordings"),
    "get_recording": on_recording("get_recording"),
    "list_assets": on_recording("list_assets"),
    "request_assets": _request_assets,
    "delete_recording": on_ended_recording("delete_recording"),
    "send_metadata": on_broadcast("send_metadata", body={"payload": "poll:1"}),
    "send_captions": on_broadcast("send_captions", body={"language": "en", "cues": [{"text": "Hello"}]}),
}
