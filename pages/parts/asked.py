"""What a browser tab asks for over its websocket: by whose hand, and put right where Streamlit would draw the wrong thing.

A page asks for parts of itself unbidden: when a pulse moved (pages.parts.pulse), and by `run_every`. Streamlit expects
neither in the same moment as something that a person does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

PULSE_MOVED = "pulse_moved"  # what a pulse is triggered with: it, not the person, asks for something to be drawn again
SETTLING = 1.0  # seconds: so long the console may take to lead from the page that somebody acts on to another
LEAVING = 5.0  # seconds: so long a slow browser may go on asking for parts of a page that the person has left by a link


class Asked:
    """What one tab has asked for so far; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._page, self._at = "", float("-inf")

    def put_right(self, data: bytes) -> bytes | None:
        """The message as Streamlit is to get it, None if it is to get none.

        Of what is triggered in one message Streamlit draws only the part that the first of it stands in: a click with a
        pulse would be carried out and its answer not be seen. It becomes a run of the whole page. A part of a page that
        is being left would be run after the next page, or instead of it. Nobody asked for that part, so it is dropped;
        what there was to draw is drawn with the page.
        """
        message = _read(data)
        if message is None or message.WhichOneof("type") != "rerun_script":
            return data
        asked = message.rerun_script
        if asked.fragment_id and not _is_by_hand(asked) and self._draws_all(asked.page_script_hash):
            return None
        if asked.fragment_id and len(triggers := _triggers(asked)) > 1 and any(map(_is_pulse, triggers)):
            asked.fragment_id = ""
            data = message.SerializeToString()
        if not asked.fragment_id:
            self._page, self._at = asked.page_script_hash, self._clock()
        return data

    def _draws_all(self, page: str) -> bool:
        """Is a whole page about to be drawn, this one or the one after it?"""
        since = self._clock() - self._at
        return since < SETTLING or (since < LEAVING and self._page not in ("", page))


def is_by_hand(data: bytes) -> bool:
    """Does the person ask, not the page by itself?"""
    message = _read(data)
    return message is not None and message.WhichOneof("type") == "rerun_script" and _is_by_hand(message.rerun_script)


def _read(data: bytes) -> BackMsg | None:
    """The message; None if it is none, which Streamlit says itself."""
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message


def _is_by_hand(asked: ClientState) -> bool:
    triggers = _triggers(asked)
    return not (asked.is_auto_rerun or (triggers and all(map(_is_pulse, triggers))))


def _triggers(asked: ClientState) -> Sequence[WidgetState]:
    """What was pressed, or moved by itself, just now."""
    return [one for one in asked.widget_states.widgets if _is_trigger(one)]


def _is_trigger(widget: WidgetState) -> bool:
    kind = widget.WhichOneof("value")
    return kind is not None and kind.endswith("trigger_value") and bool(getattr(widget, kind))


def _is_pulse(widget: WidgetState) -> bool:
    return PULSE_MOVED in widget.json_trigger_value
