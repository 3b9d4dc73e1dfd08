"""Columns of words: free text, people's names, e-mail addresses, links and photos."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from logic import wording
from logic.kinds.kind import Kind, Misread
from logic.normalise import half_width, without_blanks, without_hidden
from sheets.ids import PHOTO_NAME

_HAN = "\u2e80-\u9fff\uf900-\ufaff"
_INNER_BLANKS = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
# Two letters and more: C:\凭证\1.jpg is a file name, javascript: is not.
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_PLAIN_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?:[/?#][!-~]*)?").fullmatch
_QUICK_LENGTH = 4000
_LINK_ENDS = re.compile("[、\n\r\t\u2028\u2029]+")
_LINK_BEGINS = re.compile(r"https?:", re.IGNORECASE)
_WORD = re.compile(r"\S+")
# A comma at an end, before another address, or after the extension of a file name: one or several?
_UNCLEAR_WEB = re.compile(r"[,;，；](?:https?://|$)", re.IGNORECASE)
_UNCLEAR_NAME = re.compile(r"\.\w{2,5}\s*[,;，；]|^[,;，；]|[,;，；]$")
# A photo kept by the console, by itself or among others; what separates it from its neighbours goes.
_PHOTO = re.compile(rf"(?<![^\s、,;，；])照片[:：]\s?({PHOTO_NAME})(?![^\s、,;，；])")
_PHOTO_SEPARATORS = " \t\r\n\u2028\u2029\u3000、,;，；"


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Free text, kept as typed; only blanks round it go."""

    name: str = field(default="text", init=False)
    title: str = field(default="文字", init=False)

    def _is_canonical(self, text: str) -> bool:
        if not 0 < len(text) < _QUICK_LENGTH or text.strip() != text:
            return False
        return text.isprintable() or text.replace("\n", "").isprintable()


@dataclass(frozen=True, slots=True)
class LongText(Text):
    """Free text of several lines."""

    name: str = field(default="long_text", init=False)
    title: str = field(default="长文字", init=False)


@dataclass(frozen=True, slots=True)
class Staff(Kind):
    """The name of one or several members of staff; whether they exist is asked by the engine (DAT-05)."""

    name: str = field(default="staff", init=False)
    title: str = field(default="员工", init=False)
    many: bool = False

    def __post_init__(self) -> None:
        if self.many:
            object.__setattr__(self, "python_type", tuple[str, ...])

    def _one(self, text: str) -> Any:
        # 张　三 is how sheets align two-character names; it is the same person as 张三.
        text = _INNER_BLANKS.sub(" ", half_width(without_hidden(text)).strip())
        return _BETWEEN_HAN.sub("", text)


@dataclass(frozen=True, slots=True)
class Email(Kind):
    """An e-mail address, in small letters."""

    name: str = field(default="email", init=False)
    title: str = field(default="邮箱", init=False)

    def _one(self, text: str) -> Any:
        address = without_blanks(half_width(text)).lower()
        if not _EMAIL.fullmatch(address):
            raise Misread(*wording.not_email(text))
        return address


@dataclass(frozen=True, slots=True)
class Link(Kind):
    """A web address, or the name of a file; nothing a browser would run. With `many` several of them in one cell.

    Several are separated by 、 or a line break. A blank separates only beside an address, for names of files have blanks
    in them (屏幕截图 2021-03-02.png) and addresses have none. Commas and semicolons are part of addresses and never
    separate: where one looks as if it should, the cell is refused rather than cut in the wrong place.
    """

    name: str = field(default="link", init=False)
    title: str = field(default="链接", init=False)
    many: bool = False

    def __post_init__(self) -> None:
        if self.many:
            object.__setattr__(self, "python_type", tuple[str, ...])

    def _is_canonical(self, text: str) -> bool:
        if _PLAIN_WEB(text) is None or len(text) >= _QUICK_LENGTH:
            return False
        return not (self.many and _UNCLEAR_WEB.search(text))

    def _parts(self, text: str) -> Iterator[str]:
        for piece in _LINK_ENDS.split(without_hidden(text)):
            name: slice | None = None  # words of a file name, with the blanks between them
            for word in _WORD.finditer(piece):
                if _LINK_BEGINS.match(half_width(word[0])):
                    if name is not None:
                        yield _clear(piece[name], _UNCLEAR_NAME)
                        name = None
                    yield _clear(word[0], _UNCLEAR_WEB)
                else:
                    name = slice(word.start() if name is None else name.start, word.end())
            if name is not None:
                yield _clear(piece[name], _UNCLEAR_NAME)

    def _one(self, text: str) -> Any:
        # Browsers ignore blanks and line breaks inside a scheme, so they are ignored here before looking at it.
        scheme = _SCHEME.match(without_blanks(half_width(text)))
        web = scheme is not None and scheme[1].lower() in ("http", "https")
        if scheme is not None and not web:
            raise Misread(*wording.link_scheme(text))
        text = without_hidden(text).strip()
        if "\n" in text or "\t" in text or (web and not _WEB.fullmatch(text)):
            raise Misread(*wording.link_broken(text))
        return text


def _clear(part: str, unclear: re.Pattern[str]) -> str:
    """A part of a text of several links, unless it may be several itself."""
    if unclear.search(part):
        raise Misread(*wording.links_unclear(part))
    return part


@dataclass(frozen=True, slots=True)
class Photo(Link):
    """One or several photos: those the console keeps (照片:202611/7K3QD2M9XH4T.jpg), links and names of files.

    A photo of the console's stands out by itself: commas and blanks beside it separate, as when cells were copied together.
    """

    name: str = field(default="photo", init=False)
    title: str = field(default="照片", init=False)
    many: bool = field(default=True, init=False)

    def _parts(self, text: str) -> Iterator[str]:
        text, done = without_hidden(text), 0
        for photo in _PHOTO.finditer(text):
            yield from Link._parts(self, text[done : photo.start()].strip(_PHOTO_SEPARATORS))
            yield photo_text(photo[1])
            done = photo.end()
        yield from Link._parts(self, text[done:].strip(_PHOTO_SEPARATORS) if done else text)


def photo_text(name: str) -> str:
    """What stands in a cell for a photo of the console's."""
    return f"照片:{name}"


def photo_names(text: str) -> list[str]:
    """The photos of the console's that a text of a Photo column names, each once, in order."""
    return list(dict.fromkeys(photo[1] for photo in _PHOTO.finditer(without_hidden(text))))


def without_photos(text: str) -> str:
    """The rest of such a text: links and names of files."""
    return _PHOTO.sub(" ", without_hidden(text)).strip(_PHOTO_SEPARATORS)
