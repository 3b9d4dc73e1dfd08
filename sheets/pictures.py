"""A picture somebody sends, made safe to keep: read whole by its content, drawn anew, with a thumbnail beside it.

What is kept is never the bytes that came: only the picture itself survives, so that neither the place where it was taken
nor anything hidden behind it does. Limits are in bytes, in pixels and in pixels of one side.
"""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

log = logging.getLogger(__name__)

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 30_000  # a chat of many screens in one screenshot
KEPT_PIXELS = 12_500_000  # larger ones are made smaller: every word of a document can still be read
THUMBNAIL = (320, 320)
_LOSSLESS = 4 * 1024 * 1024  # a screenshot stays as sharp as it was, up to this many bytes
_QUALITY, _SMALL_QUALITY = 88, 80
# No other reader is ever tried. JPEGs of phones that hold several pictures (MPO) come by the first: its first one counts.
_READABLE = ("JPEG", "PNG", "WEBP")
_READERS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # imported, so that Pillow knows them
_APPLE = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

EMPTY = "这个文件是空的,没有上传,请重新选择照片。"
TOO_LARGE = f"照片太大了,最多 {LARGEST_BYTES // 1024 // 1024} MB,没有上传。请截图或压缩以后再上传。"
TOO_MANY_PIXELS = f"照片的尺寸太大了,最多 {LARGEST_PIXELS // 10_000} 万像素,没有上传。请缩小或截图以后再上传。"
APPLE = "这是苹果手机的 HEIC 照片,控制台不能读。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”重新拍,或截图以后再上传。"
NO_PICTURE = "这个文件不是照片,没有上传。可以上传 JPG、PNG 和 WebP 照片,截图也可以。"
BROKEN = "这张照片不完整或已损坏,没有上传。请重新拍摄、保存或截图以后再上传。"


class Unfit(Exception):
    """A file that is not kept; the text is a Chinese sentence saying why and what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture: its bytes as a JPEG or PNG, a small JPEG, and its size in pixels."""

    content: bytes
    ending: Literal["jpg", "png"]
    thumbnail: bytes
    width: int
    height: int


_one_at_a_time = threading.Lock()  # a picture of 50 million pixels takes 200 MB while it is drawn


def made(content: bytes) -> Picture:
    """The picture in these bytes; raises Unfit."""
    if not content:
        raise Unfit(EMPTY)
    if len(content) > LARGEST_BYTES:
        raise Unfit(TOO_LARGE)
    if content[4:8] == b"ftyp" and content[8:12] in _APPLE:
        raise Unfit(APPLE)
    with _one_at_a_time:
        drawn, is_lossless = _drawn(content)
        kept, ending = _encoded(drawn, is_lossless)
        small = drawn.copy()
        small.thumbnail(THUMBNAIL)
        return Picture(kept, ending, _jpeg(small, _SMALL_QUALITY), *drawn.size)


def _drawn(content: bytes) -> tuple[Image.Image, bool]:
    """The picture the right way up on white paper, with nothing else; and whether it came without loss."""
    try:
        with Image.open(io.BytesIO(content), formats=_READABLE) as image:
            width, height = image.size
            if width * height > LARGEST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise Unfit(TOO_MANY_PIXELS)
            scale = min(1.0, (KEPT_PIXELS / (width * height)) ** 0.5)
            goal = max(1, int(width * scale)), max(1, int(height * scale))
            if scale < 1:
                image.draft("RGB", goal)  # a JPEG can be read at half its size
            upright = _upright(image)
            if scale < 1:
                upright.thumbnail((max(goal), max(goal)))
            return _on_paper(upright), image.format == "PNG"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit(TOO_MANY_PIXELS) from error
    except Image.UnidentifiedImageError as error:
        raise Unfit(NO_PICTURE) from error
    except Unfit:
        raise
    except Exception as error:  # a damaged file makes the readers raise whatever they like
        log.info("a picture could not be read: %r", error)
        raise Unfit(BROKEN) from error


def _upright(image: Image.Image) -> Image.Image:
    """As the camera was held; as it stands where its note of that cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception as error:  # the note is a file format of its own, and cameras write it as they like
        log.info("the orientation of a picture could not be read: %r", error)
        return image


def _on_paper(image: Image.Image) -> Image.Image:
    """Only what can be seen: a new picture brings no comment, profile or position along."""
    paper = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper.paste(clear, mask=clear.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def _encoded(image: Image.Image, is_lossless: bool) -> tuple[bytes, Literal["jpg", "png"]]:
    if is_lossless:
        written = io.BytesIO()
        image.save(written, "PNG")
        if written.tell() <= _LOSSLESS:
            return written.getvalue(), "png"
    return _jpeg(image, _QUALITY), "jpg"


def _jpeg(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()
