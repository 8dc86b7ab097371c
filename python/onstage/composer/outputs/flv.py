"""Coded pictures and sound as RTMP carries them ("Adobe Flash Video File Format" 10.1, annex E.4). Pure."""

import struct

from onstage.composer.boxes import AudioConfig, VideoConfig
from onstage.composer.outputs import amf
from onstage.composer.packager import Sample

_KEY_FRAME, _INTER_FRAME = 0x17, 0x27  # AVC in the low bits
_AAC = 0xAF  # 44 kHz, 16 bit, stereo, as the format demands whatever it really is
_CONFIG, _MEDIA = 0, 1


def metadata(video: VideoConfig, audio: AudioConfig, *, video_bps: int, frame_rate: int) -> bytes:
    """What a server may tell of the stream before it has seen any of it (E.5)."""
    about: dict[str, amf.Value] = {
        "width": float(video.width),
        "height": float(video.height),
        "framerate": float(frame_rate),
        "videocodecid": 7.0,
        "videodatarate": video_bps / 1000,
        "audiocodecid": 10.0,
        "audiodatarate": audio.bitrate_bps / 1000,
        "audiosamplerate": 48_000.0,
        "audiosamplesize": 16.0,
        "stereo": True,
        "encoder": "Onstage",
    }
    return amf.encode("@setDataFrame", "onMetaData", about)


def video_config(config: VideoConfig) -> bytes:
    """The AVCDecoderConfigurationRecord (14496-15 §5.3.3.1), with 4-byte lengths."""
    sets = b"".join(b"\x01" + struct.pack(">H", len(unit)) + unit for unit in (config.sps, config.pps))
    head, rest = sets[: 3 + len(config.sps)], sets[3 + len(config.sps) :]
    record = b"\x01" + config.sps[1:4] + b"\xff" + bytes([0xE0 | head[0]]) + head[1:] + rest
    return bytes([_KEY_FRAME, _CONFIG]) + bytes(3) + record


def picture(sample: Sample) -> bytes:
    """A coded picture: the very bytes that the segments have. Without B-frames it is shown when it is decoded."""
    return bytes([_KEY_FRAME if sample.is_sync else _INTER_FRAME, _MEDIA]) + bytes(3) + sample.data


def audio_config(config: AudioConfig) -> bytes:
    """The AudioSpecificConfig."""
    return bytes([_AAC, _CONFIG]) + config.specific_config


def sound(sample: Sample) -> bytes:
    """An AAC frame."""
    return bytes([_AAC, _MEDIA]) + sample.data
