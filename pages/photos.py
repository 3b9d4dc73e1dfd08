"""The routes of photos: one takes them, one shows them. Both answer only keys that a page made for this very session.

A key vouches that its page might show this photo in this column of this record; whether the person may see that column is
asked again for every request, answered from the browser's cache or not.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from logic.desk import NotRead
from logic.door.door import Visit
from logic.office import desk_of, door
from logic.photos import is_photo
from logic.register import registers
from logic.seeing import sees
from pages.parts import gate
from sheets.photos import Photo, Photos
from sheets.pictures import LARGEST_BYTES, NO_PICTURE, TOO_LARGE, Unfit
from sheets.port import StorageError

BODY_SECONDS = 180
MOST_AT_ONCE, MOST_OF_ONE = 16, 3
NONE = "没有这张照片,或者您不能看。"
_ENDED = "这个页面放得太久了,照片没有上传。请关闭记录,重新打开再上传。"
_BUSY = "现在上传的照片太多,请几秒后再试。"
_SLOW = "照片传得太慢,没有上传,请检查网络后再试。"
_KINDS = {"jpg": "image/jpeg", "png": "image/png"}
_uploading: Counter[str] = Counter()  # by account; only ever touched by the event loop


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a record of a register; `record` is "" for a new one."""

    register: str
    field: str
    record: str

    def key(self, session: str, name: str) -> str:
        """What lets this session see this photo here; with `name` "": send one."""
        return door().signature("photo", "\0".join((session, self.register, self.field, self.record, name)))


def address(session: str, place: Place, name: str, *, small: bool = False) -> str:
    """Where this session sees a photo that it may see in this place."""
    query = {"register": place.register, "field": place.field, "record": place.record, "key": place.key(session, name)}
    return f"/photo/{quote(name)}?{urlencode(query)}{'&small=1' if small else ''}"


def door_to(session: str, place: Place) -> str:
    """Where this session sends photos for this place."""
    query = {"register": place.register, "field": place.field, "record": place.record, "key": place.key(session, "")}
    return f"/photo?{urlencode(query)}"


def show(request: Request) -> Response:
    """A photo or its thumbnail. The browser keeps it, and asks every time whether it still may."""
    visit, name = gate.visit_in(request.scope), request.path_params["name"]
    place, small = _place(request, visit, name), bool(request.query_params.get("small"))
    photos = Photos(door().store)
    photo = photos.known([name]).get(name) if place is not None and _may_look(visit, place) else None
    path = photos.path(name, small=small) if photo is not None else None
    if path is None:
        return PlainTextResponse(NONE, 404, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    tag = f'"{path.name}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=_KINDS[path.suffix[1:]])


async def take(request: Request) -> Response:
    """Keep a photo that a form sends, as the bare bytes of its file; its name and where it is seen."""
    visit = gate.visit_in(request.scope)
    place = _place(request, visit, "")
    if place is None:
        return _refused(_ENDED, 403)
    if not request.headers.get("content-type", "").startswith("image/"):
        return _refused(NO_PICTURE, 415)
    if _uploading[visit.account] >= MOST_OF_ONE or _uploading.total() >= MOST_AT_ONCE:
        return _refused(_BUSY, 429)
    _uploading[visit.account] += 1
    try:
        async with asyncio.timeout(BODY_SECONDS):
            content = await _body(request)
        photo = await run_in_threadpool(_keep, content, place, visit)
    except TimeoutError:
        return _refused(_SLOW, 408)
    except ClientDisconnect:
        return Response(status_code=400)
    except Unfit as why:
        return _refused(str(why), 413 if str(why) == TOO_LARGE else 422)
    except StorageError as why:
        return _refused(str(why), 507)
    finally:
        _uploading[visit.account] -= 1
    shown = {"name": photo.name, "full": address(visit.session, place, photo.name)}
    return _answer(shown | {"small": address(visit.session, place, photo.name, small=True)}, 201)


def _keep(content: bytes, place: Place, visit: Visit) -> Photo:
    photos = Photos(door().store)
    return photos.add(content, place.register, place.field, visit.name, door().clock())


async def _body(request: Request) -> bytes:
    """All that is sent, unless it is too much."""
    if int(request.headers.get("content-length", "0")) > LARGEST_BYTES:
        raise Unfit(TOO_LARGE)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BYTES:
            raise Unfit(TOO_LARGE)
    return bytes(body)


def _place(request: Request, visit: Visit, name: str) -> Place | None:
    """The place the request speaks of, if its key was made for this session, this place and this photo."""
    asked = request.query_params
    place = Place(asked.get("register", ""), asked.get("field", ""), asked.get("record", ""))
    given, wanted = asked.get("key", ""), place.key(visit.session, name)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        return None
    register = registers().get(place.register)
    return place if register is not None and is_photo(register.fields.get(place.field)) else None


def _may_look(visit: Visit, place: Place) -> bool:
    """May the person see this column of this record now?"""
    register = registers()[place.register]
    try:
        desk = desk_of(register)
        judgement = desk.view().judgement
    except NotRead:
        return False
    person = judgement.people.actor(visit.name)
    record = judgement.record(place.register, place.record)
    return sees(person, register, place.field, record, desk.clock().date())


def _refused(said: str, status: int) -> Response:
    return _answer({"said": said}, status)


def _answer(content: dict[str, str], status: int) -> Response:
    return JSONResponse(content, status, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


ROUTES = (Route("/photo/{name:path}", show), Route("/photo", take, methods=["POST"]))
