"""Scenes of polls, quizzes and the session's state; the others are in scenes.py."""

from onstage.actions.polls import STOPPED_KEPT
from onstage.actions.state import set_state
from onstage.actions.voting import tell_results
from onstage.model.records import Answer, ResultsShown
from tests.support.house import House
from tests.support.polls import CAPITAL, CHOICE, PRIMES, QUIZ, SEVERAL, TEXT, choose, prepared, running, stopped, votes
from tools.generators.scene import Watch


async def state_is_set_changed_and_deleted(house: House, watch: Watch) -> None:
    """Keys are in the order of their characters; a deleted one is gone, and comes back with its next version."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await set_state(house.ctx, house.server, "show", "b", "before")
    await watch(vic)
    for key, value in [("a.b", [1, {"deep": None}]), ("B", "<b>"), ("b", 0), ("_", False), ("B", None), ("B", "again")]:
        await set_state(house.ctx, house.caller(anna), "show", key, value)
    await set_state(house.ctx, house.caller(anna), "show", "_", None)


async def a_poll_with_live_results_seen_by_a_voter(house: House, watch: Watch) -> None:
    """Others' votes show in the counts alone, and one's own at once."""
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await watch(vic)
    poll = await running(house, questions=(CHOICE, SEVERAL, TEXT), results_shown=ResultsShown.LIVE)
    await votes(house, poll, vic, choose(1))
    await tell_results(house.ctx)
    await votes(house, poll, wim, choose(1), choose(0, 2, question=1))
    await votes(house, poll, vic, Answer(question=2, text="<i>because</i>"), choose(2, question=1))
    await tell_results(house.ctx)
    await votes(house, poll, await house.join("zoe", "viewer"), choose(0))
    await stopped(house, poll)


async def a_quiz_seen_by_somebody_who_does_not_answer(house: House, watch: Watch) -> None:
    """Right answers and results come with the stop; what is prepared is not seen."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await watch(anna)
    await prepared(house, **QUIZ)
    quiz = await running(house, **QUIZ, duration_s=60, vote_roles=("viewer",), metadata={"round": 1})
    await votes(house, quiz, vic, choose(1), choose(0, 1, question=1))
    await stopped(house, quiz)
    hidden = await running(house, **QUIZ, results_shown=ResultsShown.NEVER)
    await stopped(house, hidden)


async def an_anonymous_poll_seen_by_a_voter(house: House, watch: Watch) -> None:
    """The voter's own page remembers that they have voted, and not what."""
    vic = await house.join("vic", "viewer")
    poll = await running(house, questions=(CAPITAL, PRIMES), kind=QUIZ["kind"], is_anonymous=True)
    await watch(vic)
    await votes(house, poll, vic, choose(1))
    await votes(house, poll, vic, choose(0, 1, question=1))
    await stopped(house, poll)


async def more_polls_than_a_snapshot_holds(house: House, watch: Watch) -> None:
    """The ones that stopped first fall off, and one's votes with them; what runs stays."""
    vic = await house.join("vic", "viewer")
    lasting = await running(house, title="lasting")
    await votes(house, lasting, vic, choose(0))
    await watch(vic)
    for number in range(STOPPED_KEPT + 2):
        poll = await running(house, title=str(number))
        await votes(house, poll, vic, choose(number % 3))
        await stopped(house, poll)


POLL_SCENES = (
    state_is_set_changed_and_deleted,
    a_poll_with_live_results_seen_by_a_voter,
    a_quiz_seen_by_somebody_who_does_not_answer,
    an_anonymous_poll_seen_by_a_voter,
    more_polls_than_a_snapshot_holds,
)
