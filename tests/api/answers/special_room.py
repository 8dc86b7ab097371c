"""Answers that only some operations have: on people, chat, state, polls and broadcasts."""

from dataclasses import replace
from typing import Any

from onstage.actions.broadcast_life import report_status
from onstage.actions.media_files import MOST_IN_ROOM
from onstage.actions.media_playbacks import MOST_AT_ONCE
from onstage.actions.messages import MOST_PINNED
from onstage.actions.polls import MOST_RUNNING, MOST_WAITING
from onstage.model.ids import MediaFileId
from onstage.model.outputs import MOST_OUTPUTS
from onstage.model.permission import Permission
from onstage.model.playbacks import MediaKind
from onstage.model.records import BroadcastStatus, MediaFile
from onstage.model.role import MediaAllowed
from onstage.model.state_keys import LARGEST_TOTAL_BYTES
from onstage.store import media_files
from tests.api.answers.good_project import plain
from tests.api.answers.good_room import (
    GOOD_IN_ROOMS,
    POLL,
    QUIZ,
    TARGET,
    VOTE,
    invited,
    on_broadcast,
    on_ended_recording,
    on_recording,
    prepared,
    said,
    send,
    to,
)
from tests.api.answers.scene import Call, Making, Scene
from tests.api.answers.special_project import while_present

_FORCED = {"role": "stage-9", "force": True}


def after(name: str, *, settings: dict[str, Any]) -> Making:
    """The call that would go well, in a room with these settings."""

    async def special(scene: Scene) -> Call:
        call = await GOOD_IN_ROOMS[name](scene)
        await scene.done(scene.call("update_room", body={"settings": settings}))
        return call

    return special


def _unmuted(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        target = await scene.target("stage")
        await send(scene, target, is_muted=False)
        return scene.call(name, participant=target.id)

    return special


async def _ask_for_a_source_they_lack(scene: Scene) -> Call:
    asked = await scene.of_role("stage-9", media_allowed=MediaAllowed.AUDIO_ONLY)
    return scene.call("request_unmute", participant=asked.id, body={"source": "camera"})


async def _raise_without_permission(scene: Scene) -> Call:
    return scene.call("raise_hand").by(await scene.target())


async def _raise_on_stage(scene: Scene) -> Call:
    return scene.call("raise_hand").by(await scene.host())


def closed(name: str) -> Making:
    """An invite that was answered."""

    async def special(scene: Scene) -> Call:
        asked, invite = await invited(scene)
        await scene.done(scene.call("decline_invite", invite=invite.id).by(asked))
        return scene.call(name, invite=invite.id).by(await scene.host() if name == "cancel_invite" else asked)

    return special


async def _accept_a_place_that_is_gone(scene: Scene) -> Call:
    asked, invite = await invited(scene, "single")
    await scene.of_role("single")
    return scene.call("accept_invite", invite=invite.id).by(asked)


async def _accept_in_a_room_that_is_full(scene: Scene) -> Call:
    asked, invite = await invited(scene)
    await scene.done(scene.call("update_room", body={"settings": {"capacity": {"stage": 1}}}))
    return scene.call("accept_invite", invite=invite.id).by(asked)


async def _accept_a_role_that_is_gone(scene: Scene) -> Call:
    asked, invite = await invited(scene, "single")
    await scene.done(scene.call("update_template", template="court", body={"roles": {"single": None, "full": None}}))
    return scene.call("accept_invite", invite=invite.id).by(asked)


async def _read_another_session(scene: Scene) -> Call:
    return scene.call("list_messages", query={"session": "ses_nothing"})


async def _read_another_session_as_somebody(scene: Scene) -> Call:
    return (await _read_another_session(scene)).by(await scene.host())


def says(**given: Any) -> Making:
    """The server says something to somebody who is not there."""
    return while_present("send_message", {"text": "hello"} | given)


async def _says_while_muted(scene: Scene) -> Call:
    muted = await scene.seated()
    await scene.done(scene.call("mute_chat", participant=muted.id))
    return scene.call("send_message", body={"text": "hello"}).by(muted)


def says_in(**chat: Any) -> Making:
    """Somebody who does not moderate has said something, and does again."""

    async def special(scene: Scene) -> Call:
        chatter = await scene.enter("seat", 9, Permission.MESSAGE_SEND)
        call = scene.call("send_message", body={"text": "hello"}).by(chatter)
        await scene.done(call)
        await scene.done(scene.call("update_room", body={"settings": {"chat": chat}}))
        return call

    return special


def again_and_again(name: str, body: object, times: int) -> Making:
    """The same by one person, as often as is allowed at once."""

    async def special(scene: Scene) -> Call:
        call = scene.call(name, body=body).by(await scene.host())
        for _ in range(times):
            await scene.done(call)
        return call

    return special


async def _pin_what_is_for_one(scene: Scene) -> Call:
    message = await said(scene, to_participant=(await scene.target()).id)
    return scene.call("pin_message", message=message)


async def _pin_one_more(scene: Scene) -> Call:
    for _ in range(MOST_PINNED):
        await scene.done(scene.call("pin_message", message=await said(scene)))
    return scene.call("pin_message", message=await said(scene))


def writes(name: str, body: dict[str, Any] | None = None, query: dict[str, str] | None = None) -> Making:
    """A key that is there is written by the server."""
    given = {} if body is None else {"body": body}

    async def special(scene: Scene) -> Call:
        good = await GOOD_IN_ROOMS["get_state"](scene)
        return scene.call(name, **given, query=query, **good.ids)

    return special


def writes_without_key(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        good = await GOOD_IN_ROOMS[name](scene)
        return good.by(await scene.of_role("keyless", Permission.STATE_SET))

    return special


async def _write_nothing(scene: Scene) -> Call:
    await scene.host()
    return scene.call("set_state", key="nothing", body={"value": None})


async def _write_too_much(scene: Scene) -> Call:
    await scene.host()
    value = "x" * 8_000
    for number in range(LARGEST_TOTAL_BYTES // len(value)):
        await scene.done(scene.call("set_state", key=f"key-{number}", body={"value": value}))
    return scene.call("set_state", key="one-more", body={"value": value})


async def _prepare_one_more(scene: Scene) -> Call:
    for _ in range(MOST_WAITING):
        await prepared(scene)
    return scene.call("create_poll", body=POLL)


async def _start_one_more(scene: Scene) -> Call:
    for _ in range(MOST_RUNNING):
        await prepared(scene, "start_poll")
    return scene.call("start_poll", poll=await prepared(scene))


def on_poll(name: str, *steps: str, body: object = None, **plan: Any) -> Making:
    """By the server, on a poll that has come so far."""
    given = {} if body is None else {"body": body}

    async def special(scene: Scene) -> Call:
        return scene.call(name, poll=await prepared(scene, *steps, **plan), **given)

    return special


def on_hidden_poll(name: str, **plan: Any) -> Making:
    """By somebody who may not stop the poll."""

    async def special(scene: Scene) -> Call:
        voter = await scene.target()
        return (await on_poll(name, "start_poll", results_shown="never", **plan)(scene)).by(voter)

    return special


async def _vote_when_it_is_over(scene: Scene) -> Call:
    poll = await prepared(scene, "start_poll", "stop_poll")
    return scene.call("vote", poll=poll, body=VOTE).by(await scene.host())


async def _vote_twice(scene: Scene) -> Call:
    call = await GOOD_IN_ROOMS["vote"](scene)
    await scene.done(call)
    return call


async def _go_on_air_twice(scene: Scene) -> Call:
    await scene.done(scene.call("start_broadcast"))
    return scene.call("start_broadcast")


async def _go_on_air_without_capacity(scene: Scene) -> Call:
    scene.house.ctx.max_broadcasts = 0
    return scene.call("start_broadcast")


async def _upload_one_too_many(scene: Scene) -> Call:
    house = scene.house
    async with house.ctx.database.begin() as tx:
        for number in range(MOST_IN_ROOM):
            at = house.clock.now()
            file = MediaFile(
                MediaFileId(f"med_{scene.room}{number}"),
                house.room.project_id,
                house.room.id,
                house.ctx.server_id,
                "",
                MediaKind.AUDIO,
                1,
                None,
                None,
                None,
                at,
            )
            await media_files.add(tx, file)
    return await GOOD_IN_ROOMS["upload_media"](scene)


async def _upload_nonsense(scene: Scene) -> Call:
    return replace(await GOOD_IN_ROOMS["upload_media"](scene), content=b"no sound")


async def _upload_without_a_name(scene: Scene) -> Call:
    return replace(await GOOD_IN_ROOMS["upload_media"](scene), query={"name": " "})


async def _play_one_too_many(scene: Scene) -> Call:
    call = await GOOD_IN_ROOMS["play_media"](scene)
    for _ in range(MOST_AT_ONCE):
        await scene.done(call)
    return call


def _play(**body: str) -> Making:
    async def special(scene: Scene) -> Call:
        return replace(await GOOD_IN_ROOMS["play_media"](scene), body=body)

    return special


def _when_it_plays_no_more(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        call = await GOOD_IN_ROOMS[name](scene)
        await scene.done(scene.call("stop_playback", **call.ids))
        return call

    return special


def when_over(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        call = await GOOD_IN_ROOMS[name](scene)
        await report_status(scene.house.ctx, call.ids["broadcast"], BroadcastStatus.ENDED)
        return call

    return special


_NO_IMAGE = {"look": {"background_image": "img_nothing"}}
_IMAGE_OF_OURS = {"look": {"logo": {"image": "https://10.0.0.1/logo.png"}}}
_FORBIDDEN = {"type": "rtmp", "url": "rtmp://10.0.0.1/live/a-key"}


def _target(number: int) -> dict[str, str]:
    return TARGET | {"stream_key": f"key-{number}"}


async def _feed_twice(scene: Scene) -> Call:
    call = await GOOD_IN_ROOMS["add_output"](scene)
    await scene.done(call)
    return call


async def _feed_one_more(scene: Scene) -> Call:
    call = await GOOD_IN_ROOMS["add_output"](scene)
    for number in range(MOST_OUTPUTS - 1):
        await scene.done(replace(call, body=_target(number)))
    return call


async def _remove_hls(scene: Scene) -> Call:
    call = await GOOD_IN_ROOMS["remove_output"](scene)
    shown = await scene.done(scene.call("get_broadcast", broadcast=call.ids["broadcast"]))
    return replace(call, ids=call.ids | {"output": shown["outputs"][0]["id"]})


def _given_role(name: str, role: str, place: str = "seat") -> Making:
    return to(name, place, body={"role": role} if name == "demote" else _FORCED | {"role": role})


_FULL = {"capacity": {"stage": 1}}
_CUE = {"type": "cue"}
_TITLE = {"title": "Another"}


async def _upload_no_image(scene: Scene) -> Call:
    return replace(await GOOD_IN_ROOMS["upload_image"](scene), content=b"GIF89a")


SPECIAL_IN_ROOMS: dict[tuple[str, str], Making] = {
    ("promote", ""): to("promote", body={"role": "stage-9"}),
    ("promote", "already_on_stage"): to("promote", "stage", body=_FORCED),
    ("promote", "role_not_on_stage"): _given_role("promote", "seat-9"),
    ("promote", "stage_full"): _given_role("promote", "full"),
    ("promote", "room_full"): after("promote", settings=_FULL),
    ("promote", "unknown_role"): _given_role("promote", "king"),
    ("set_role", ""): to("set_role", body={"role": "stage-9"}),
    ("set_role", "stage_full"): _given_role("set_role", "full"),
    ("set_role", "room_full"): after("set_role", settings=_FULL),
    ("set_role", "unknown_role"): _given_role("set_role", "king"),
    ("demote", "not_promoted"): to("demote"),
    ("demote", "role_not_on_stage"): _given_role("demote", "stage-9", "stage"),
    ("demote", "unknown_role"): _given_role("demote", "king", "stage"),
    ("mute_many", "unknown_role"): while_present("mute_many", {"role": "king"}),
    ("mute_many", "engine_unavailable"): _unmuted("mute_many"),
    ("mute", "track_not_found"): to("mute", "stage"),
    ("mute", "participant_not_on_stage"): to("mute"),
    ("mute", "engine_unavailable"): _unmuted("mute"),
    ("request_unmute", "participant_not_on_stage"): to("request_unmute", body={"source": "camera"}),
    ("request_unmute", "source_not_allowed"): _ask_for_a_source_they_lack,
    ("set_backstage", "participant_not_on_stage"): to("set_backstage", body={"backstage": True}),
    ("raise_hand", "hand_not_raisable"): _raise_on_stage,
    ("raise_hand", "permission_denied"): _raise_without_permission,
    ("accept_invite", "invite_closed"): closed("accept_invite"),
    ("accept_invite", "stage_full"): _accept_a_place_that_is_gone,
    ("accept_invite", "room_full"): _accept_in_a_room_that_is_full,
    ("accept_invite", "unknown_role"): _accept_a_role_that_is_gone,
    ("decline_invite", "invite_closed"): closed("decline_invite"),
    ("cancel_invite", "invite_closed"): closed("cancel_invite"),
    ("list_messages", "session_not_found"): _read_another_session,
    ("list_messages", "permission_denied"): _read_another_session_as_somebody,
    ("send_message", "chat_muted"): _says_while_muted,
    ("send_message", "chat_disabled"): says_in(enabled=False),
    ("send_message", "slow_mode"): says_in(slow_mode_s=60),
    ("send_message", "sending_too_fast"): again_and_again("send_message", {"text": "hello"}, 20),
    ("send_message", "participant_not_found"): says(to_participant="nothing"),
    ("send_message", "unknown_role"): says(to_roles=["king"]),
    ("pin_message", "message_not_pinnable"): _pin_what_is_for_one,
    ("pin_message", "too_many_pinned"): _pin_one_more,
    ("set_state", "state_key_denied"): writes_without_key("set_state"),
    ("set_state", "state_key_not_found"): _write_nothing,
    ("set_state", "state_conflict"): writes("set_state", {"value": 2, "if_version": 7}),
    ("set_state", "state_full"): _write_too_much,
    ("delete_state", "state_key_denied"): writes_without_key("delete_state"),
    ("delete_state", "state_conflict"): writes("delete_state", query={"if_version": "7"}),
    ("create_poll", "poll_limit_reached"): _prepare_one_more,
    ("create_poll", "unknown_role"): while_present("create_poll", POLL | {"vote_roles": ["king"]}),
    ("update_poll", "poll_already_started"): on_poll("update_poll", "start_poll", body=_TITLE),
    ("update_poll", "unknown_role"): on_poll("update_poll", body={"vote_roles": ["king"]}),
    ("delete_poll", "poll_already_started"): on_poll("delete_poll", "start_poll"),
    ("start_poll", "poll_already_started"): on_poll("start_poll", "start_poll"),
    ("start_poll", "poll_limit_reached"): _start_one_more,
    ("stop_poll", "poll_not_open"): on_poll("stop_poll"),
    ("vote", "poll_not_open"): _vote_when_it_is_over,
    ("vote", "already_voted"): _vote_twice,
    ("get_poll_results", "poll_results_hidden"): on_hidden_poll("get_poll_results"),
    ("list_leaders", "poll_results_hidden"): on_hidden_poll("list_leaders", **QUIZ),
    ("list_leaders", "poll_has_no_leaderboard"): on_poll("list_leaders"),
    ("send_reaction", "sending_too_fast"): again_and_again("send_reaction", {"reaction": "👏"}, 10),
    ("send_custom", "sending_too_fast"): again_and_again("send_custom", _CUE, 20),
    ("send_custom", "participant_not_found"): while_present("send_custom", _CUE | {"to_participants": ["nothing"]}),
    ("send_custom", "unknown_role"): while_present("send_custom", _CUE | {"to_roles": ["king"]}),
    ("upload_media", "malformed"): _upload_without_a_name,
    ("upload_media", "media_limit"): _upload_one_too_many,
    ("upload_media", "media_unplayable"): _upload_nonsense,
    ("play_media", "broadcast_over"): when_over("play_media"),
    ("play_media", "media_file_not_found"): _play(media_id="med_nothing"),
    ("play_media", "media_limit"): _play_one_too_many,
    ("play_media", "url_not_allowed"): _play(url="https://10.0.0.1/intro.mp4"),
    ("update_playback", "playback_over"): _when_it_plays_no_more("update_playback"),
    ("stop_playback", "playback_over"): _when_it_plays_no_more("stop_playback"),
    ("start_broadcast", "broadcast_active"): _go_on_air_twice,
    ("start_broadcast", "capacity_exhausted"): _go_on_air_without_capacity,
    ("start_broadcast", "encoder_unavailable"): plain("start_broadcast", body={"encoder": "h264_nvenc"}),
    ("start_broadcast", "url_not_allowed"): plain("start_broadcast", body={"outputs": [_FORBIDDEN]}),
    ("start_broadcast", "image_unusable"): plain("start_broadcast", body=_NO_IMAGE),
    ("start_broadcast", "output_exists"): plain("start_broadcast", body={"outputs": [TARGET, TARGET]}),
    ("start_broadcast", "output_limit_reached"): plain(
        "start_broadcast", body={"outputs": [_target(number) for number in range(MOST_OUTPUTS)]}
    ),
    ("add_output", "broadcast_over"): when_over("add_output"),
    ("add_output", "url_not_allowed"): on_broadcast("add_output", body=_FORBIDDEN),
    ("add_output", "output_exists"): _feed_twice,
    ("add_output", "output_limit_reached"): _feed_one_more,
    ("remove_output", "output_not_removable"): _remove_hls,
    ("pause_recording", "recording_over"): on_ended_recording("pause_recording"),
    ("resume_recording", "recording_over"): on_ended_recording("resume_recording"),
    ("delete_recording", "recording_active"): on_recording("delete_recording"),
    ("request_assets", "recording_not_ready"): on_recording("request_assets", body={"kinds": ["mp4"]}),
    ("update_broadcast", "url_not_allowed"): on_broadcast("update_broadcast", body=_IMAGE_OF_OURS),
    ("update_broadcast", "image_unusable"): on_broadcast("update_broadcast", body=_NO_IMAGE),
    ("upload_image", "image_unusable"): _upload_no_image,
    ("update_broadcast", "broadcast_over"): when_over("update_broadcast"),
    ("stop_broadcast", "broadcast_over"): when_over("stop_broadcast"),
    ("send_metadata", "broadcast_over"): when_over("send_metadata"),
    ("send_captions", "broadcast_over"): when_over("send_captions"),
    ("send_captions", "caption_language_unknown"): on_broadcast(
        "send_captions", body={"language": "fr", "cues": [{"text": "Salut"}]}
    ),
}
