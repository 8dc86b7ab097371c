"""The table of error codes, written down a second time by hand; and each of them seen at some door."""

from pathlib import Path

import pytest

from onstage.errors import ErrorCode, OnstageError
from tests.api.answers.operations import DOCUMENT
from tests.support.gateway import ServedHouse
from tests.support.problems import code
from tests.support.tally import tally

TESTS = Path(__file__).parents[1]
TIMED = {
    "join_too_early",
    "broadcast_not_live",
    "idempotency_in_progress",
    "rate_limited",
    "slow_mode",
    "sending_too_fast",
}
"""These say after how many seconds the same may go well."""
STATUS = {
    400: "body_not_json hls_directive_invalid",
    401: "credentials_missing credentials_invalid token_invalid token_expired token_revoked",
    403: "token_exceeds_key key_bounded origin_not_allowed join_too_early join_too_late admin_off permission_denied "
    "not_on_stage outranked token_wrong_room participant_removed participant_banned chat_muted state_key_denied "
    "poll_results_hidden metrics_off playback_token_missing playback_token_invalid playback_token_expired "
    "playback_token_revoked playback_token_wrong_room download_invalid download_expired",
    404: "room_not_found session_not_found project_not_found key_not_found room_code_not_found template_not_found "
    "media_file_not_found playback_not_found "
    "participant_not_found ban_not_found invite_not_found broadcast_not_found output_not_found state_key_not_found "
    "poll_not_found broadcast_not_live message_not_found media_not_found track_not_found webhook_not_found "
    "delivery_not_found route_not_found recording_not_found playback_token_not_found "
    "asset_not_found",
    405: "method_not_allowed",
    408: "body_too_slow",
    409: "project_active key_revoked key_last too_many_keys room_code_expired room_code_used_up participant_left "
    "room_name_taken room_in_use room_full room_not_open identity_connected room_locked session_ended "
    "already_on_stage not_promoted participant_not_on_stage source_not_allowed stage_full role_not_on_stage "
    "invite_closed hand_not_raisable chat_disabled message_not_pinnable too_many_pinned broadcast_active "
    "playback_over media_limit "
    "encoder_unavailable broadcast_over template_name_taken template_built_in template_limit_reached "
    "template_in_use template_changed output_exists output_limit_reached output_not_removable "
    "webhook_limit_reached webhook_disabled state_conflict state_full poll_already_started poll_not_open "
    "already_voted poll_has_no_leaderboard poll_limit_reached idempotency_conflict idempotency_in_progress "
    "idempotency_answer_lost recording_over recording_active recording_not_ready caption_language_unknown",
    413: "body_too_large",
    422: "malformed unknown_role url_not_allowed media_unplayable image_unusable unknown_request",
    429: "rate_limited slow_mode sending_too_fast",
    500: "internal",
    503: "hls_timeout capacity_exhausted engine_unavailable storage_away store_unavailable",
}
# Codes that no operation of REST lists, and the test that has a door answer with them.
ELSEWHERE = {
    "route_not_found": "api/test_problems.py",
    "method_not_allowed": "api/test_problems.py",
    "internal": "api/test_problems.py",
    "body_too_slow": "hostile/test_slow_and_large.py",
    "metrics_off": "api/test_metrics.py",
    "playback_token_missing": "playback/test_signed_door.py",
    "playback_token_invalid": "playback/test_attacks.py",
    "playback_token_expired": "playback/test_signed_door.py",
    "playback_token_revoked": "playback/test_signed_door.py",
    "playback_token_wrong_room": "playback/test_attacks.py",
    "download_invalid": "jobs/test_assets.py",
    "download_expired": "jobs/test_assets.py",
    "asset_not_found": "jobs/test_assets.py",
    "hls_directive_invalid": "origin/test_http.py",
    "hls_timeout": "origin/test_http.py",
    "broadcast_not_live": "origin/test_http.py",
    "media_not_found": "origin/test_http.py",
    "storage_away": "origin/test_storage_away.py",
}


def test_each_code_has_the_status_that_is_written_here() -> None:
    assert {one.code: one.value.status for one in ErrorCode} == {
        name: status for status, names in STATUS.items() for name in names.split()
    }


def test_each_code_is_seen_at_a_door() -> None:
    """`test_every_answer.py` has each operation give each code that it lists."""
    listed = {name for operation in DOCUMENT.operations.values() for name in operation.codes}
    assert listed.isdisjoint(ELSEWHERE)
    for name, test in ELSEWHERE.items():
        assert name in (TESTS / test).read_text(), name
    here = {"unknown_request", "store_unavailable"}
    assert listed | ELSEWHERE.keys() | here == {one.code for one in ErrorCode}
    tally("error codes seen", len(ErrorCode))


def test_the_codes_that_say_when_they_are_over_are_documented_to() -> None:
    described = DOCUMENT.raw["components"]["schemas"]["ProblemView"]["properties"]["retry_after_s"]["description"]
    guide = (TESTS.parent / "docs/guides/errors.md").read_text()
    assert {one.code for one in ErrorCode if f"`{one.code}`" in described} == TIMED
    assert described in guide
    for operation in DOCUMENT.operations.values():
        for answer in operation.raw["responses"].values():
            names = {name for name in TIMED if f"`{name}`" in answer["description"]}
            said = answer.get("headers", {}).get("Retry-After", {"description": ""})["description"]
            assert {name for name in TIMED if f"`{name}`" in said} == names, operation.name


def test_a_code_that_is_not_documented_to_says_no_seconds() -> None:
    with pytest.raises(AssertionError, match="room_locked"):
        OnstageError(ErrorCode.ROOM_LOCKED, retry_after_s=1)


async def test_a_request_that_the_gateway_does_not_know(doors: ServedHouse) -> None:
    async with doors.client(await doors.token("anna", "host")) as anna:
        await anna.first()
        reply = await anna.request("participant.fly")
    assert (reply["error"]["code"], reply["error"]["status"]) == ("unknown_request", 422)


@pytest.mark.parametrize("path", ["/v1/rooms", "/v1/rooms/show/participants", "/v1/webhooks", "/v1/sessions"])
async def test_a_database_that_is_away(doors: ServedHouse, path: str) -> None:
    async with doors.house.store.away(doors.house.ctx.database):
        assert code(await doors.rest.get(path)) == "store_unavailable"
    assert (await doors.rest.get(path)).status_code == 200
