"""What a browser tab asks for over its websocket: by whose hand, and put right where Streamlit would draw the wrong thing.

A page asks for parts of itself unbidden: when a pulse moved (pages.parts.pulse), and by `run_every`. Streamlit expects
neither in the same moment as something that a person does.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PULSE_MOVED = (
    b"pulse_moved"  # in a message of the page's: a pulse, not the person, asks for something to be drawn again
)
LEAVING = 5.0  # seconds: so long a slow browser may go on asking for parts of the page that the person has left


class Asked:
    """What one tab has asked for so far; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._page, self._at = "", 0.0

    def put_right(self, data: bytes) -> bytes | None:
        """The message as Streamlit is to get it, None if it is to get none.

        Of a click and a pulse in one message it would draw only the part that the pulse stands in: the click is carried
        out, its answer is not seen. This becomes a run of the whole page. A part of the page that was just left would be
        put into the next one, or lead back: nobody asked for it, so it is dropped, and what there was to draw is drawn
        with the page.
        """
        message = BackMsg()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return data  # Streamlit says so itself
        if message.WhichOneof("type") != "rerun_script":
            return data
        asked = message.rerun_script
        if asked.fragment_id and PULSE_MOVED in data and sum(map(_is_trigger, asked.widget_states.widgets)) > 1:
            asked.fragment_id = ""
            data = message.SerializeToString()
        if not asked.fragment_id:
            self._page, self._at = asked.page_script_hash, self._clock()
        elif not _is_by_hand(message, data) and self._was_left(asked.page_script_hash):
            return None
        return data

    def _was_left(self, page: str) -> bool:
        """Has the person just asked for another page than this?"""
        return self._page not in ("", page) and self._clock() - self._at < LEAVING


def is_by_hand(data: bytes) -> bool:
    """Does the person ask, not the page by itself?"""
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return False
    return _is_by_hand(message, data)


def _is_by_hand(message: BackMsg, data: bytes) -> bool:
    is_asking = message.WhichOneof("type") == "rerun_script"
    return is_asking and PULSE_MOVED not in data and not message.rerun_script.is_auto_rerun


def _is_trigger(widget: WidgetState) -> bool:
    kind = widget.WhichOneof("value")
    return kind is not None and kind.endswith("trigger_value") and bool(getattr(widget, kind))
