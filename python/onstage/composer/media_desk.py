"""What is played into the show: does what the server says, and tells what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from onstage.composer import wire
from onstage.composer.media_player import MediaFeed, MediaPlayer
from onstage.composer.stage import Guest, Stage
from onstage.composer.tiles import TileKey
from onstage.model.playbacks import PlaybackEndReason, ShownAs

Said = wire.MediaStarted | wire.MediaEnded


@dataclass(slots=True)
class _Playing:
    play: wire.PlayMedia
    player: MediaPlayer
    has_begun: bool = False


class MediaDesk:
    """Keeps the stage's guests like what the server wants played."""

    def __init__(self, stage: Stage, canvas: wire.Canvas, frame_rate: int) -> None:
        self._stage = stage
        self._most = (canvas.width, canvas.height)
        self._frame_rate = frame_rate
        self._playing: dict[str, _Playing] = {}

    def do(self, message: wire.PlayMedia | wire.UpdateMedia | wire.StopMedia) -> None:
        """What the server says. Of what is over already it may come late."""
        match message:
            case wire.PlayMedia(playback_id=one) if one not in self._playing:
                self._playing[one] = _Playing(message, MediaPlayer(message, self._most, self._frame_rate))
                self._playing[one].player.start()
            case wire.UpdateMedia(playback_id=one) if one in self._playing:
                self._playing[one].player.update(message)
            case wire.StopMedia(playback_id=one):
                self._drop(one)
            case _:
                pass

    def look(self) -> Iterator[Said]:
        """Before each tick: let in what is ready to be played, and out what is over; what is to be told of it."""
        for one, playing in list(self._playing.items()):
            if (error := playing.player.error) is not None:
                self._drop(one)
                yield wire.MediaEnded(one, PlaybackEndReason.FAILED, error)
            elif playing.player.is_over:
                self._drop(one)
                yield wire.MediaEnded(one, PlaybackEndReason.FINISHED)
            elif not playing.has_begun:
                yield from self._begin(one, playing)

    @property
    def names(self) -> frozenset[str]:
        """What is playing, or about to."""
        return frozenset(self._playing)

    @property
    def is_waiting(self) -> bool:
        """Whether something can't be played yet, as it has to be decoded first."""
        players = [playing.player for playing in self._playing.values()]
        return any(not (one.is_ready or one.is_over or one.error) for one in players)

    def close(self) -> None:
        """Stop everything."""
        for one in list(self._playing):
            self._drop(one)

    def _begin(self, one: str, playing: _Playing) -> Iterator[Said]:
        player = playing.player
        if player.is_ready:
            playing.has_begun = True
            self._stage.welcome(one, self._guest(playing))
            yield wire.MediaStarted(one)
        else:
            player.wait()

    def _guest(self, playing: _Playing) -> Guest:
        play, player = playing.play, playing.player
        key = TileKey(play.playback_id, is_screen=True)
        is_seen = play.shown_as is not ShownAs.SOUND
        feed = MediaFeed(player.picture, player.card) if is_seen else None
        label = play.title if player.has_pictures else ""
        return Guest(key, label, feed, player.sound, is_full=play.shown_as is ShownAs.FULL)

    def _drop(self, one: str) -> None:
        playing = self._playing.pop(one, None)
        if playing is not None:
            playing.player.stop()
            self._stage.see_off(one)
