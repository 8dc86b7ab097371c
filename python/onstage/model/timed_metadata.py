"""Timed metadata: a short text of the app's own that viewers get at a moment of the show, however late they watch."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from onstage.clock import rfc3339
from onstage.model.ids import BroadcastId
from onstage.model.mark_texts import hms_text
from onstage.model.marks import Mark

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
    mark: Mark | None = None  # None: an app sent it

    @property
    def attributes(self) -> dict[str, str]:
        """What EXT-X-DATERANGE says of it: base64, so that any text fits the tag."""
        is_for_hms = self.shape is PayloadShape.HMS
        for_hms = self.payload if is_for_hms else hms_text(self.mark, self.payload)
        found = {} if is_for_hms else {"X-ONSTAGE-PAYLOAD": _base64(self.payload)}
        if for_hms is not None:
            found["X-100MSLIVE-PAYLOAD"] = _base64(json.dumps(self._as_hms(for_hms)))
        return found

    def _as_hms(self, payload: str) -> dict[str, str]:
        return {
            "payload": payload,
            "start_date": _hms_date(self.at),
            "end_date": _hms_date(self.at + timedelta(seconds=self.duration_s)),
            "hms_version": _HMS_VERSION,
        }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _hms_date(moment: datetime) -> str:
    return rfc3339(moment).removesuffix("Z") + "+0000"
