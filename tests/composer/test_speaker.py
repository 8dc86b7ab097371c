"""The floor changes calmly."""

from onstage.composer.speaker import SpeakerPicker


def test_nobody_has_the_floor_before_anybody_spoke() -> None:
    assert SpeakerPicker().speaker(10.0) is None


def test_a_cough_does_not_take_the_floor() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    floor.heard([], 0.5)
    assert floor.speaker(1.0) is None


def test_speech_takes_the_floor_and_keeps_it_through_silence() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.speaker(0.6) is None
    assert floor.speaker(0.7) == "ann"
    floor.heard([], 1.0)
    assert floor.speaker(60.0) == "ann"


def test_who_still_speaks_is_not_interrupted() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.speaker(1.0) == "ann"
    floor.heard(["bob", "ann"], 1.5)
    assert floor.speaker(30.0) == "ann"
    floor.heard(["bob"], 30.5)
    assert floor.speaker(30.5) == "bob"


def test_the_floor_is_held_for_two_seconds() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.speaker(0.7) == "ann"
    floor.heard(["bob"], 0.8)
    assert floor.speaker(2.6) == "ann"
    assert floor.speaker(2.7) == "bob"


def test_who_left_loses_the_floor_at_once() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann", "bob"], 0.0)
    assert floor.speaker(1.0) == "ann"
    floor.left("ann")
    assert floor.speaker(1.1) == "bob"
