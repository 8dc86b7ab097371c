"""What waits for one client: bounded, state never dropped, the oldest chat goes first, no frame too large."""

import pytest

from onstage.gateway.send_queue import (
    MOST_DROPPABLE,
    MOST_FRAMES,
    MOST_GATHERED_CHARS,
    Kind,
    Outgoing,
    SendQueue,
    TooSlowError,
)


def event(text: str, *, kind: Kind = Kind.STATE, seq: int | None = 1) -> Outgoing:
    return Outgoing(kind, text, is_event=True, seq=seq, is_urgent=False)


def taken(queue: SendQueue) -> list[list[str]]:
    """Everything that waits, frame by frame."""
    frames = []
    while frame := queue.take():
        frames.append([one.text for one in frame])
    return frames


def test_events_go_together_and_other_frames_alone() -> None:
    queue = SendQueue()
    for one in (event("1"), event("2"), Outgoing(Kind.CONTROL, "reply"), event("3")):
        queue.put(one)
    assert taken(queue) == [["1", "2"], ["reply"], ["3"]]
    assert queue.is_empty


def test_a_frame_of_events_stays_of_a_size_that_clients_take() -> None:
    queue = SendQueue()
    half = "x" * (MOST_GATHERED_CHARS // 2)
    for text in (half, half, "little", half * 3, "little"):
        queue.put(event(text))
    assert taken(queue) == [[half, half], ["little"], [half * 3], ["little"]]


def test_of_what_may_be_dropped_the_oldest_goes() -> None:
    queue = SendQueue()
    queue.put(event("state"))
    for number in range(MOST_DROPPABLE + 2):
        queue.put(event(str(number), kind=Kind.DROPPABLE))
    [frame] = taken(queue)
    assert frame[:2] == ["state", "2"]
    assert queue.dropped == 2


def test_state_is_never_dropped_the_client_is_cut_instead() -> None:
    queue = SendQueue()
    for number in range(MOST_FRAMES):
        queue.put(event(str(number)))
    with pytest.raises(TooSlowError):
        queue.put(event("one too many"))


def test_a_queue_full_of_state_and_chat_loses_chat_and_cuts_nobody() -> None:
    queue = SendQueue()
    for number in range(MOST_FRAMES - 2):
        queue.put(event(str(number)))
    for text in ("old chat", "chat", "new chat"):
        queue.put(event(text, kind=Kind.DROPPABLE))
    assert queue.dropped == 1
    queue.put(event("state"))
    assert queue.dropped == 2
    assert taken(queue)[-1][-2:] == ["new chat", "state"]


def test_chat_that_finds_a_queue_full_of_state_is_dropped_itself() -> None:
    queue = SendQueue()
    for number in range(MOST_FRAMES):
        queue.put(event(str(number)))
    queue.put(event("chat", kind=Kind.DROPPABLE))
    assert queue.dropped == 1
