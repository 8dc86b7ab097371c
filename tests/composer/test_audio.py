"""Sound from sources with clocks of their own, on simulated time."""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pytest

from onstage.composer.audio import (
    CHANNELS,
    LATE_BEYOND_S,
    RESET_BEYOND_S,
    SAMPLE_RATE,
    TARGET_S,
    Mixer,
    Sound,
    TrackBuffer,
    sound_of_pcm,
)
from onstage.composer.encoder import AudioEncoder
from tests.composer.media import Studio, decode_sound, loudest_hz, tone

GRID_SAMPLES = 1600  # a picture's share, taken at once
GRID_S = GRID_SAMPLES / SAMPLE_RATE
CHUNK = 480  # the SDK hands out 10 ms at a time
HZ = 440.0


class Tone:
    """A source with a tone of its own and a clock that is `ppm` fast, and the buffer it feeds."""

    def __init__(self, ppm: float = 0.0) -> None:
        self.buffer = TrackBuffer()
        self.rate = SAMPLE_RATE * (1 + ppm / 1e6)
        self.sent = 0
        self.now_s = 0.0
        self.fills: list[float] = []
        self.delay_s = 0.0
        self.is_silent = False

    def run(self, seconds: float) -> Sound:
        """Put what comes and take what is due, every picture, for so long."""
        return np.concatenate([self._grid() for _ in range(round(seconds / GRID_S))], axis=1)

    def _grid(self) -> Sound:
        self.now_s += GRID_S
        while (self.sent + CHUNK) / self.rate <= self.now_s - self.delay_s:
            self.send()
        taken = self.buffer.take(GRID_SAMPLES)
        self.fills.append(self.buffer.fill_s)
        return taken if taken is not None else np.zeros((CHANNELS, GRID_SAMPLES), np.float32)

    def send(self) -> None:
        if not self.is_silent:
            sound = tone(HZ, CHUNK, start=self.sent)
            self.buffer.put(np.stack((sound, sound)))
        self.sent += CHUNK


def sharpest_turn(sound: npt.NDArray[np.float32]) -> float:
    """The largest second difference: a click makes it jump, a tone or a fade keeps it small."""
    return float(np.abs(np.diff(sound, n=2)).max())


SMOOTH = 0.5 * (2 * np.pi * HZ / SAMPLE_RATE) ** 2 * 1.5
"""What `sharpest_turn` of our tone may be: its own curvature and half as much again."""


@pytest.mark.parametrize("ppm", [-200, 0, 200, 1000])
def test_a_source_whose_clock_is_off_stays_in_step(ppm: float) -> None:
    source = Tone(ppm)
    sound = source.run(180)
    steady = np.array(source.fills[-3000:])
    assert np.abs(steady - TARGET_S).max() < CHUNK / SAMPLE_RATE + abs(ppm) * 1e-6 * 25
    assert source.buffer.leaps == 0
    heard = sound[0, SAMPLE_RATE:]
    assert sharpest_turn(heard) < SMOOTH
    assert (
        np.abs(heard[: len(heard) // 960 * 960].reshape(-1, 960)).max(axis=1).min() > 0.49
    )  # never a gap, never quieter


def test_the_pitch_of_a_source_does_not_waver() -> None:
    sound = Tone(200).run(120)[0, -60 * SAMPLE_RATE :]
    crossings = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))
    periods = np.diff(crossings[:: int(HZ)]) / SAMPLE_RATE  # about a second each
    assert np.abs(periods - periods.mean()).max() < 6e-4  # one cent


@pytest.mark.parametrize("jitter_s", [0.005, 0.015])
def test_a_little_jitter_is_not_heard(jitter_s: float) -> None:
    source = Tone()
    rng = np.random.default_rng(7)
    pieces = [source.run(2)]
    for _ in range(500):
        source.delay_s = float(rng.uniform(0, jitter_s))
        pieces.append(source.run(GRID_S * 2))
    sound = np.concatenate(pieces, axis=1)[0, SAMPLE_RATE:]
    assert source.buffer.leaps == 0
    assert sharpest_turn(sound) < SMOOTH


def test_a_track_that_runs_dry_again_and_again_gets_more_room_and_gives_it_back() -> None:
    source = Tone()
    source.run(2)
    rng = np.random.default_rng(7)
    for _ in range(500):
        source.delay_s = float(rng.uniform(0, 0.045))
        source.run(GRID_S * 2)
    dry = source.buffer.dry
    assert 0 < dry < 20
    assert source.fills[-1] > TARGET_S
    source.delay_s = 0.0
    source.run(180)
    assert source.buffer.dry == dry
    assert source.fills[-1] == pytest.approx(TARGET_S, abs=0.011)


def test_a_pause_fades_out_and_in_and_adds_no_delay() -> None:
    source = Tone()
    before = source.run(3)
    source.is_silent = True
    pause = source.run(1)
    source.is_silent = False
    after = source.run(3)
    assert np.abs(pause[:, -GRID_SAMPLES:]).max() == 0
    assert sharpest_turn(np.concatenate((before, pause, after), axis=1)[0]) < 4 * SMOOTH
    assert source.fills[-1] == pytest.approx(TARGET_S, abs=0.011)


def test_what_comes_late_all_at_once_is_not_played_late() -> None:
    source = Tone()
    source.run(3)
    source.delay_s = 0.2
    source.run(0.2)
    source.delay_s = 0.0
    source.run(2)
    assert source.fills[-1] == pytest.approx(TARGET_S, abs=0.011)


@pytest.mark.parametrize("late_s", [0.08, 0.15, 0.24])
def test_sound_that_came_late_after_a_stall_fits_the_lips_again_in_seconds(late_s: float) -> None:
    source = Tone()
    source.run(3)
    burst = tone(HZ, round(late_s * SAMPLE_RATE), start=source.sent)
    source.buffer.put(np.stack((burst, burst)))
    source.sent += len(burst)
    source.now_s += len(burst) / SAMPLE_RATE
    after = source.run(4)
    assert source.buffer.leaps == 1
    assert np.abs(np.array(source.fills[-50:]) - TARGET_S).max() < LATE_BEYOND_S
    assert sharpest_turn(after[0]) < 4 * SMOOTH


def test_far_too_much_is_thrown_away_at_once_without_a_click() -> None:
    source = Tone()
    before = source.run(3)
    burst = tone(HZ, round((RESET_BEYOND_S + 0.05) * SAMPLE_RATE), start=source.sent)
    source.buffer.put(np.stack((burst, burst)))
    source.sent += len(burst)
    source.now_s += len(burst) / SAMPLE_RATE
    after = source.run(2)
    assert source.buffer.leaps == 1
    assert sharpest_turn(np.concatenate((before, after), axis=1)[0]) < 4 * SMOOTH
    assert source.fills[-1] == pytest.approx(TARGET_S, abs=0.011)


def test_sound_that_nobody_takes_does_not_pile_up() -> None:
    source = Tone()
    for _ in range(1000):
        source.send()
    assert source.buffer._sound.shape[1] <= SAMPLE_RATE  # the bound on memory is what this is about


def test_four_loud_tones_stay_below_minus_one_dbfs_as_a_player_decodes_them() -> None:
    mixer, studio = Mixer(), Studio()
    encoder, hertz = studio.audio, (300, 400, 500, 600)
    quiet = mixer.mix([], GRID_SAMPLES)
    assert not quiet.any()
    for block in range(100):
        start = block * GRID_SAMPLES
        tones = [np.stack([tone(hz, GRID_SAMPLES, start=start, level=0.95)] * 2) for hz in hertz]
        studio.packager.add_audio(encoder.encode(mixer.mix(tones, GRID_SAMPLES)))
    for tick in range(60):
        studio.packager.add_video(studio.video.encode(studio.picture, start_ticks=3000 * tick, is_idr=tick == 0))
    part = _cut(studio)
    decoded = decode_sound(studio.packager.init + part)
    assert np.abs(decoded).max() <= 10 ** (-1 / 20)
    assert loudest_hz(decoded[0][-48_000:], 4) == list(hertz)


def test_the_mix_comes_back_to_full_loudness_after_a_loud_moment() -> None:
    mixer = Mixer()
    loud, soft = np.full((CHANNELS, GRID_SAMPLES), 3.0, np.float32), np.full((CHANNELS, GRID_SAMPLES), 0.2, np.float32)
    mixer.mix([loud], GRID_SAMPLES)
    mixes = [mixer.mix([soft], GRID_SAMPLES) for _ in range(100)]
    assert mixes[0].max() < 0.1
    assert mixes[-1] == pytest.approx(soft)


def test_pcm_of_one_channel_goes_to_both() -> None:
    pcm = np.array([0, 16_384, -32_768], np.int16)
    assert sound_of_pcm(pcm.tobytes(), 1).tolist() == [[0, 0.5, -1], [0, 0.5, -1]]
    stereo = np.array([0, 1, 16_384, 1], np.int16)
    assert sound_of_pcm(stereo.tobytes(), 2)[0].tolist() == [0, 0.5]


def _cut(studio: Studio) -> bytes:
    date = datetime(2026, 1, 1, tzinfo=UTC)
    return studio.packager.cut(end_ticks=60 * 3000, program_date_time=date, composed_at_s=0.0).data


def test_the_encoder_takes_any_number_of_samples() -> None:
    encoder = AudioEncoder(bitrate_bps=128_000, start_sample=9_600)
    frames = [frame for _ in range(10) for frame in encoder.encode(np.zeros((CHANNELS, 700), np.float32))]
    starts = [frame.start for frame in frames]
    assert starts == [9_600 + 1024 * n for n in range(len(starts))]
