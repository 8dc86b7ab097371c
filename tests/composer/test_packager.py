"""Encoders and packager together: what they write is read back box by box and decoded."""

from datetime import UTC, datetime

import numpy as np
import pytest

from onstage.composer.boxes import AUDIO_TRACK, VIDEO_TRACK
from onstage.composer.encoder import LOOK_AHEAD_FRAMES, VideoEncoder, nal_units, peak_bps
from onstage.model.media import AAC_FRAME_SAMPLES, DEFAULT_PROFILE, Part, Rung
from tests.composer.media import Studio, decode_pictures, decode_sound, find, loudest_hz, runs, tone

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PART_FRAMES = DEFAULT_PROFILE.part_frames


def compose(studio: Studio, ticks: int, *, next_ticks: int = 0) -> list[Part]:
    parts = []
    for tick in range(ticks):
        studio.paint(40 + tick % 100)
        is_idr = tick % DEFAULT_PROFILE.segment_frames == 0
        start = next_ticks + tick * 3000
        studio.packager.add_video(studio.video.encode(studio.picture, start_ticks=start, is_idr=is_idr))
        sound = tone(440, 1600, start=tick * 1600)
        studio.packager.add_audio(studio.audio.encode(np.stack((sound, sound))))
        if studio.packager.pictures == PART_FRAMES:
            end = start + 3000
            parts.append(studio.packager.cut(end_ticks=end, program_date_time=NOW, composed_at_s=float(tick)))
    return parts


@pytest.fixture(scope="module")
def show() -> tuple[bytes, list[Part]]:
    studio = Studio()
    parts = compose(studio, 2 * DEFAULT_PROFILE.segment_frames)
    return studio.packager.init, parts


def test_every_part_has_sixteen_pictures_and_twenty_five_aac_frames(show: tuple[bytes, list[Part]]) -> None:
    counts = [[len(run.sizes) for run in runs(part.data)] for part in show[1]]
    assert counts == [[16, 25]] * 8


def test_decode_times_have_no_hole(show: tuple[bytes, list[Part]]) -> None:
    for track, duration in ((VIDEO_TRACK, 3000), (AUDIO_TRACK, 1024)):
        expected = 0
        for part in show[1]:
            (run,) = (run for run in runs(part.data) if run.track == track)
            assert run.start == expected
            expected += duration * len(run.sizes)


def test_sample_sizes_and_offsets_fill_the_mdat(show: tuple[bytes, list[Part]]) -> None:
    for part in show[1]:
        video, audio = runs(part.data)
        payload_at = part.data.index(b"mdat") + 4
        assert video.data_offset == payload_at
        assert audio.data_offset == payload_at + sum(video.sizes)
        assert audio.data_offset + sum(audio.sizes) == len(part.data)


def test_a_segment_begins_with_an_independent_part(show: tuple[bytes, list[Part]]) -> None:
    assert [part.is_independent for part in show[1]] == [True, False, False, False] * 2
    assert [runs(part.data)[0].first_is_sync for part in show[1]] == [True, False, False, False] * 2


def test_parts_tell_their_place_on_the_timeline(show: tuple[bytes, list[Part]]) -> None:
    assert [part.start_ticks for part in show[1]] == [48_000 * n for n in range(8)]
    assert {part.duration_ticks for part in show[1]} == {48_000}


def test_each_growing_prefix_decodes(show: tuple[bytes, list[Part]]) -> None:
    init, parts = show
    for count in (1, 2, 5, 8):
        data = init + b"".join(part.data for part in parts[:count])
        pictures = decode_pictures(data)
        assert len(pictures) == 16 * count
        assert decode_sound(data).shape == (2, 1024 * 25 * count)


def test_the_pictures_come_back_in_order_and_in_their_grey(show: tuple[bytes, list[Part]]) -> None:
    init, parts = show
    pictures = decode_pictures(init + b"".join(part.data for part in parts[:4]))
    shades = [float(picture.mean()) for picture in pictures]
    wanted = [(40 + tick - 16) * 255 / 219 for tick in range(64)]
    assert np.allclose(shades, wanted, atol=3)


def test_sound_is_stamped_with_what_it_decodes_to(show: tuple[bytes, list[Part]]) -> None:
    init, parts = show
    sound = decode_sound(init + b"".join(part.data for part in parts))[0]
    lead = LOOK_AHEAD_FRAMES * AAC_FRAME_SAMPLES
    assert np.abs(sound[: lead - 480]).max() < 0.01  # the silence that lets every part be whole
    wanted = tone(440, sound.shape[0], start=-lead)
    middle = slice(4800, 48_000)
    assert np.abs(sound[middle] - wanted[middle]).max() < 0.05  # one sample late would be 0.03, one frame far more
    assert loudest_hz(sound[middle]) == [440]


def test_a_second_segment_decodes_alone(show: tuple[bytes, list[Part]]) -> None:
    init, parts = show
    assert len(decode_pictures(init + b"".join(part.data for part in parts[4:]))) == 64


def test_parameter_sets_are_the_same_at_every_start() -> None:
    assert Studio().packager.init == Studio().packager.init


def test_the_codec_name_is_the_sps_own() -> None:
    config = VideoEncoder(Rung("720p", 1280, 720, 2_500_000), DEFAULT_PROFILE).config
    assert config.codec == "avc1.4D401F"
    assert Studio().audio.config.codec == "mp4a.40.2"
    (avcc,) = find(Studio().packager.init, "moov")[:1]
    assert config.sps[0] & 0x1F == 7
    assert b"avcC" in avcc


def test_no_parameter_sets_and_no_encoder_banner_in_the_samples(show: tuple[bytes, list[Part]]) -> None:
    video = runs(show[1][0].data)[0]
    sample = show[1][0].data[video.data_offset : video.data_offset + video.sizes[0]]
    size = int.from_bytes(sample[:4], "big")
    assert size + 4 == len(sample)
    assert sample[4] & 0x1F == 5


def test_a_resumed_timeline_starts_both_tracks_at_its_tick() -> None:
    part = compose(Studio(next_ticks=1_203_000), 16, next_ticks=1_203_000)[0]
    video, audio = runs(part.data)
    assert (video.start, audio.start) == (1_203_000, 641_600)
    assert video.start / 90_000 == audio.start / 48_000


def test_a_short_part_is_cut_with_what_is_there() -> None:
    studio = Studio()
    compose(studio, 5)
    part = studio.packager.cut(end_ticks=15_000, program_date_time=NOW, composed_at_s=0.0)
    assert part.duration_ticks == 15_000
    assert len(decode_pictures(studio.packager.init + part.data)) == 5


def test_nal_units_are_found_after_short_and_long_start_codes() -> None:
    assert nal_units(b"\0\0\0\1\x67ab\0\0\1\x68cd\0\0\0\1\x65\0\x80") == [b"\x67ab", b"\x68cd", b"\x65\0\x80"]


def test_the_peak_covers_a_full_buffer() -> None:
    assert peak_bps(2_000_000, 2.0) == 2_500_000
