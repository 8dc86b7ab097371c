"""What waits for one client: bounded, state never dropped, the oldest chat goes first and its place is told."""

import pytest

from onstage.events import EVERYONE
from onstage.gateway.batch import MOST_GATHERED_CHARS, FeedEvent
from onstage.gateway.frames import Frame
from onstage.gateway.send_queue import (
    MOST_CHARS,
    MOST_DROPPABLE,
    MOST_DROPPABLE_CHARS,
    MOST_ITEMS,
    Gap,
    SendQueue,
    TooSlowError,
)


def state(text: str) -> FeedEvent:
    return FeedEvent("room.updated", 1, text, EVERYONE, is_state=True)


def chat(text: str) -> FeedEvent:
    return FeedEvent("message.sent", 1, text, EVERYONE, is_state=False)


def taken(queue: SendQueue) -> list[list[str] | str | int]:
    """Everything that waits: frames as text, events that go together as lists, gaps as counts."""
    found: list[list[str] | str | int] = []
    while queue:
        match queue.take():
            case Gap(count=count):
                found.append(count)
            case Frame() as frame:
                found.append(frame.text)
            case events:
                found.append([one.tail for one in events])
    assert queue.take() == []
    return found


def filled(count: int) -> SendQueue:
    queue = SendQueue()
    for number in range(count):
        queue.put(state(str(number)))
    return queue


def test_events_go_together_and_other_frames_alone() -> None:
    queue = SendQueue()
    for one in (state("1"), chat("2"), Frame("reply"), state("3")):
        queue.put(one)
    assert taken(queue) == [["1", "2"], "reply", ["3"]]


def test_a_frame_of_events_stays_of_a_size_that_clients_take() -> None:
    queue = SendQueue()
    half = "x" * (MOST_GATHERED_CHARS // 2)
    for text in (half, half, "little", half * 3, "little"):
        queue.put(state(text))
    assert taken(queue) == [[half, half], ["little"], [half * 3], ["little"]]


def test_of_what_may_be_dropped_the_oldest_goes_and_its_place_is_told() -> None:
    queue = SendQueue()
    queue.put(state("state"))
    for number in range(MOST_DROPPABLE + 2):
        queue.put(chat(str(number)))
    first, gap, rest = taken(queue)
    assert (first, gap) == (["state"], 2)
    assert rest == [str(number) for number in range(2, MOST_DROPPABLE + 2)]


def test_state_between_what_was_dropped_is_kept_behind_the_gap() -> None:
    queue = SendQueue()
    for number in range(MOST_DROPPABLE):
        queue.put(chat(f"old {number}"))
        if number == 0:
            queue.put(state("state"))
    for number in range(3):
        queue.put(chat(f"new {number}"))
    gap, rest = taken(queue)
    assert gap == 3
    assert isinstance(rest, list)
    assert rest[:2] == ["state", "old 3"]
    assert rest[-1] == "new 2"


def test_what_is_dropped_after_a_gap_was_told_is_told_again() -> None:
    queue = SendQueue()
    for number in range(MOST_DROPPABLE + 1):
        queue.put(chat(str(number)))
    assert queue.take() == Gap(1)
    queue.put(chat("another"))
    assert queue.take() == Gap(1)
    assert isinstance(queue.take(), list)
    assert queue.dropped == 2


def test_chat_is_bounded_in_size_as_well() -> None:
    queue = SendQueue()
    large = "x" * (MOST_DROPPABLE_CHARS // 4)
    for number in range(6):
        queue.put(chat(f"{number}{large[1:]}"))
    gap, *rest = taken(queue)
    assert gap == 2
    assert sum(len(one) for one in rest if isinstance(one, list)) == 4


def test_state_is_never_dropped_the_client_is_cut_instead() -> None:
    queue = filled(MOST_ITEMS)
    with pytest.raises(TooSlowError):
        queue.put(state("one too many"))
    with pytest.raises(TooSlowError):
        queue.put(Frame("a reply too many"))


def test_state_is_bounded_in_size_but_one_event_is_taken_whatever_its_size() -> None:
    queue = SendQueue()
    queue.put(state("x" * (MOST_CHARS + 1)))
    with pytest.raises(TooSlowError):
        queue.put(state("x"))
    queue.take()
    queue.put(state("x"))


def test_a_queue_full_of_state_and_chat_loses_chat_and_cuts_nobody() -> None:
    queue = filled(MOST_ITEMS - 2)
    for text in ("old chat", "chat", "new chat"):
        queue.put(chat(text))
    queue.put(state("state"))
    assert queue.dropped == 2
    before, gap, after = taken(queue)
    assert isinstance(before, list)
    assert len(before) == MOST_ITEMS - 2
    assert (gap, after) == (2, ["new chat", "state"])


def test_chat_that_finds_a_queue_full_of_state_is_dropped_itself_and_told_at_the_end() -> None:
    queue = filled(MOST_ITEMS)
    queue.put(chat("chat"))
    queue.take()
    assert taken(queue) == [1]
