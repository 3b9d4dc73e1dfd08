"""Pictures for tests, made by code: of one colour, or what somebody might send instead of one."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112
HIDDEN = b"<script>alert(1)</script>"


def picture(color: str = "red", size: tuple[int, int] = (60, 40), format: str = "JPEG", **more: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, color).save(written, format, **more)
    return written.getvalue()


def from_a_phone(color: str = "red") -> bytes:
    """Held upright, with the place where it was taken, a comment, and a page of HTML behind it."""
    noted = Image.Exif()
    noted[ORIENTATION] = 6
    noted[GPS] = {1: "N", 2: (30.0, 15.0, 1.5)}
    return picture(color, exif=noted, comment=HIDDEN) + HIDDEN


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is this large, and is."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width // 8)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
