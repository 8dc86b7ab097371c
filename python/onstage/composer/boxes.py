"""The ISO base media boxes of our init segment (ISO/IEC 14496-12, -14, -15). Pure: values in, bytes out."""

import struct
from dataclasses import dataclass

from onstage.model.media import SAMPLE_RATE, TICKS_PER_SECOND

VIDEO_TRACK = 1
AUDIO_TRACK = 2
AUDIO_TIMESCALE = SAMPLE_RATE

_UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED_LANGUAGE = 0x55C4  # "und", 14496-12 §8.4.2.3
_SMPTE170M = 6  # H.273: what WebRTC's pictures are made with when they do not say


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What a decoder must know before the first picture."""

    width: int
    height: int
    sps: bytes
    pps: bytes

    @property
    def codec(self) -> str:
        """RFC 6381 name, from the SPS itself: profile, constraint flags, level."""
        return "avc1." + self.sps[1:4].hex().upper()


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """What a decoder must know before the first sound: the AudioSpecificConfig (14496-3 §1.6.2.1)."""

    channels: int
    bitrate_bps: int
    specific_config: bytes

    @property
    def codec(self) -> str:
        """RFC 6381 name: 40 is MPEG-4 audio, then the object type."""
        return f"mp4a.40.{self.specific_config[0] >> 3}"


def box(kind: bytes, *payload: bytes) -> bytes:
    """A box of four-character type `kind`."""
    size = 8 + sum(map(len, payload))
    return b"".join((struct.pack(">I4s", size, kind), *payload))


def full_box(kind: bytes, version: int, flags: int, *payload: bytes) -> bytes:
    """A box with version and flags (14496-12 §4.2)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *payload)


def init_segment(video: VideoConfig | None, audio: AudioConfig | None) -> bytes:
    """`ftyp` and `moov` of a fragmented file with a track of pictures, one of sound, or both."""
    tracks: list[tuple[int, bytes]] = []
    if video is not None:
        tracks.append((VIDEO_TRACK, _video_track(video)))
    if audio is not None:
        tracks.append((AUDIO_TRACK, _audio_track(audio)))
    header = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">4I", 0, 0, 1000, 0),
        struct.pack(">IH10x", 0x10000, 0x100),
        _UNITY_MATRIX,
        bytes(24),
        struct.pack(">I", AUDIO_TRACK + 1),
    )
    extends = box(b"mvex", *(_trex(number) for number, _ in tracks))
    movie = box(b"moov", header, *(track for _, track in tracks), extends)
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6cmfcmp41") + movie


def _trex(track: int) -> bytes:
    return full_box(b"trex", 0, 0, struct.pack(">5I", track, 1, 0, 0, 0))


def _video_track(config: VideoConfig) -> bytes:
    head = _tkhd(VIDEO_TRACK, config.width, config.height, volume=0)
    media_header = full_box(b"vmhd", 0, 1, bytes(8))
    return box(b"trak", head, _media(b"vide", TICKS_PER_SECOND, media_header, _avc1(config)))


def _audio_track(config: AudioConfig) -> bytes:
    head = _tkhd(AUDIO_TRACK, 0, 0, volume=0x100)
    media_header = full_box(b"smhd", 0, 0, bytes(4))
    return box(b"trak", head, _media(b"soun", AUDIO_TIMESCALE, media_header, _mp4a(config)))


def _tkhd(track: int, width: int, height: int, *, volume: int) -> bytes:
    times = struct.pack(">IIIII8x", 0, 0, track, 0, 0)
    order = struct.pack(">HHHH", 0, 0, volume, 0)
    size = struct.pack(">II", width << 16, height << 16)
    return full_box(b"tkhd", 0, 3, times, order, _UNITY_MATRIX, size)


def _media(handler: bytes, timescale: int, media_header: bytes, sample_entry: bytes) -> bytes:
    head = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, timescale, 0, _UNDETERMINED_LANGUAGE, 0))
    handled_by = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, handler), b"Onstage\0")
    here = full_box(b"url ", 0, 1)
    source = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), here))
    return box(b"mdia", head, handled_by, box(b"minf", media_header, source, _sample_table(sample_entry)))


def _sample_table(sample_entry: bytes) -> bytes:
    descriptions = full_box(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry)
    empty = [full_box(kind, 0, 0, bytes(4)) for kind in (b"stts", b"stsc")]
    sizes = full_box(b"stsz", 0, 0, bytes(8))
    return box(b"stbl", descriptions, *empty, sizes, full_box(b"stco", 0, 0, bytes(4)))


def _avc1(config: VideoConfig) -> bytes:
    shape = struct.pack(">6xH16xHHIIIH32sHh", 1, config.width, config.height, 0x480000, 0x480000, 0, 1, b"", 24, -1)
    colour = box(b"colr", b"nclx", struct.pack(">HHHB", _SMPTE170M, _SMPTE170M, _SMPTE170M, 0))
    return box(b"avc1", shape, _avcc(config), colour, box(b"pasp", struct.pack(">II", 1, 1)))


def _avcc(config: VideoConfig) -> bytes:
    """AVCDecoderConfigurationRecord (14496-15 §5.3.3.1), lengths of four bytes, one SPS, one PPS."""
    sps, pps = config.sps, config.pps
    head = bytes((1, sps[1], sps[2], sps[3], 0xFC | 3, 0xE0 | 1))
    sets = struct.pack(">H", len(sps)) + sps + b"\x01" + struct.pack(">H", len(pps)) + pps
    return box(b"avcC", head, sets)


def _mp4a(config: AudioConfig) -> bytes:
    shape = struct.pack(">6xH8xHHHHI", 1, config.channels, 16, 0, 0, AUDIO_TIMESCALE << 16)
    return box(b"mp4a", shape, _esds(config))


def _esds(config: AudioConfig) -> bytes:
    """ES_Descriptor (14496-1 §7.2.6.5): object type 0x40 MPEG-4 audio, stream type 5 audio."""
    rates = struct.pack(">BB3xII", 0x40, 5 << 2 | 1, config.bitrate_bps, config.bitrate_bps)
    decoder = _descriptor(4, rates + _descriptor(5, config.specific_config))
    stream = struct.pack(">HB", AUDIO_TRACK, 0) + decoder + _descriptor(6, b"\x02")
    return full_box(b"esds", 0, 0, _descriptor(3, stream))


def _descriptor(tag: int, payload: bytes) -> bytes:
    assert len(payload) < 0x80, "one length byte holds our descriptors"
    return bytes((tag, len(payload))) + payload
