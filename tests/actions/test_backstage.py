"""On stage, and left out of the show until called."""

from onstage.actions.accepting import accept
from onstage.actions.moderation import set_backstage
from onstage.actions.promotion import PromotionRequest, demote, promote, set_role
from onstage.actions.tokens import engine_grant
from onstage.errors import ErrorCode
from onstage.media.engine import BACKSTAGE_ATTRIBUTE
from onstage.model.records import Invite, Participant
from tests.support.house import House
from tests.support.refusals import refused


async def sent(house: House, person: Participant, *, is_backstage: bool, by: Participant | None = None) -> Participant:
    caller = house.server if by is None else house.caller(by)
    return await set_backstage(house.ctx, caller, "show", person.id, is_backstage=is_backstage)


async def test_a_host_sends_a_guest_backstage_and_calls_them(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    behind = await house.seq()
    waiting = await sent(house, gus, is_backstage=True, by=anna)
    assert engine_grant(waiting).attributes[BACKSTAGE_ATTRIBUTE]
    assert waiting.sources == gus.sources
    await sent(house, gus, is_backstage=True, by=anna)
    called = await sent(house, gus, is_backstage=False, by=anna)
    assert not engine_grant(called).attributes[BACKSTAGE_ATTRIBUTE]
    told = [one.data["participant"]["backstage"] for one in await house.events(behind=behind)]
    assert told == [True, False]


async def test_who_waits_does_not_call_themselves(house: House) -> None:
    gus = await house.join("gus", "guest")
    await sent(house, gus, is_backstage=True)
    assert await refused(sent(house, gus, is_backstage=False, by=gus)) is ErrorCode.PERMISSION_DENIED


async def test_the_seats_have_no_backstage(house: House) -> None:
    vic = await house.join("vic", "viewer")
    assert await refused(sent(house, vic, is_backstage=True)) is ErrorCode.PARTICIPANT_NOT_ON_STAGE


async def test_a_promotion_may_lead_backstage_and_a_demotion_ends_it(house: House) -> None:
    vic = await house.promoted(await house.join("vic", "viewer"), is_backstage=True)
    assert (vic.is_on_stage, vic.is_backstage) == (True, True)
    asked = PromotionRequest(force=True)
    still = await set_role(house.ctx, house.server, "show", "vic", "host", asked)
    assert isinstance(still, Participant)
    assert still.is_backstage
    seated = await demote(house.ctx, house.server, "show", "vic", None)
    assert not seated.is_backstage
    assert not (await house.promoted(seated)).is_backstage


async def test_an_invite_leads_where_it_was_said_to(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    request = PromotionRequest(is_backstage=True)
    invite = await promote(house.ctx, house.caller(anna), "show", "vic", request)
    assert isinstance(invite, Invite)
    await accept(house.ctx, house.caller(vic), "show", invite.id)
    assert (await house.now(vic)).is_backstage
