"""Timed metadata: a short text of the app's own that viewers get at a moment of the show, however late they watch."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from onstage.clock import rfc3339
from onstage.model.ids import BroadcastId

LONGEST_PAYLOAD = 2_000
"""Characters. Each is in every playlist for as long as the moment is listed."""
LONGEST_S = 3_600.0
_HMS_VERSION = "v1.1"


class PayloadShape(StrEnum):
    """Under which attribute players find the payload in EXT-X-DATERANGE."""

    ONSTAGE = "onstage"
    HMS = "100ms"  # what 100ms's players look for


@dataclass(frozen=True, slots=True)
class TimedMetadata:
    """A payload at a moment. `at` is the wall time at which what is seen then was filmed (PROGRAM-DATE-TIME)."""

    id: str
    broadcast_id: BroadcastId
    at: datetime
    duration_s: float
    payload: str
    shape: PayloadShape = PayloadShape.ONSTAGE

    @property
    def attribute(self) -> tuple[str, str]:
        """The name and the value of the attribute in EXT-X-DATERANGE: base64, so that any text fits the tag."""
        if self.shape is PayloadShape.HMS:
            return "X-100MSLIVE-PAYLOAD", _base64(json.dumps(self._as_hms()))
        return "X-ONSTAGE-PAYLOAD", _base64(self.payload)

    def _as_hms(self) -> dict[str, str]:
        return {
            "payload": self.payload,
            "start_date": _hms_date(self.at),
            "end_date": _hms_date(self.at + timedelta(seconds=self.duration_s)),
            "hms_version": _HMS_VERSION,
        }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _hms_date(moment: datetime) -> str:
    return rfc3339(moment).removesuffix("Z") + "+0000"
