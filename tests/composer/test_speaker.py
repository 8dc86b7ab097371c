"""The floor changes calmly."""

from onstage.composer.speaker import SpeakerPicker


def test_nobody_has_the_floor_before_anybody_spoke() -> None:
    assert SpeakerPicker().floor(10.0) == []


def test_a_cough_does_not_take_the_floor() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    floor.heard([], 0.5)
    assert floor.floor(1.0) == []


def test_speech_takes_the_floor_and_keeps_it_through_silence() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.floor(0.6) == []
    assert floor.floor(0.7)[0] == "ann"
    floor.heard([], 1.0)
    assert floor.floor(60.0)[0] == "ann"


def test_who_still_speaks_is_not_interrupted() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.floor(1.0)[0] == "ann"
    floor.heard(["bob", "ann"], 1.5)
    assert floor.floor(30.0)[0] == "ann"
    floor.heard(["bob"], 30.5)
    assert floor.floor(30.5)[0] == "bob"


def test_the_floor_is_held_for_two_seconds() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann"], 0.0)
    assert floor.floor(0.7)[0] == "ann"
    floor.heard(["bob"], 0.8)
    assert floor.floor(2.6)[0] == "ann"
    assert floor.floor(2.7)[0] == "bob"


def test_who_left_loses_the_floor_at_once() -> None:
    floor = SpeakerPicker()
    floor.heard(["ann", "bob"], 0.0)
    assert floor.floor(1.0)[0] == "ann"
    floor.left("ann")
    assert floor.floor(1.1)[0] == "bob"
