"""Photos: what is kept of a picture, where, and who may name one in a record."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from logic.history import undo
from sheets import photos as storage
from sheets import pictures
from sheets.ids import is_photo_name
from sheets.photos import Photos, PhotosFull, PhotosShut
from sheets.pictures import Unfit, made
from sheets.store import Store, StoreFull
from tests.conftest import Clock
from tests.photo_office import AGENT, FINANCE, NOW, OTHERS, OWN, Office
from tests.pictures import GPS, HEIC, HIDDEN, HTML, ORIENTATION, SVG, bomb, from_a_phone, picture

# What is kept ---------------------------------------------------------------------------------------------------------


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_nothing_but_the_picture_is_kept() -> None:
    sent = from_a_phone()
    assert opened(sent).getexif()[ORIENTATION] == 6 and GPS in opened(sent).getexif() and HIDDEN in sent
    kept = made(sent)
    for content in (kept.content, kept.thumbnail):
        assert HIDDEN not in content
        assert dict(opened(content).getexif()) == {}
        assert "comment" not in opened(content).info
    assert (kept.width, kept.height) == opened(kept.content).size == (40, 60), "turned the way it was held"


def test_a_note_of_the_camera_that_cannot_be_read_costs_no_photo() -> None:
    whole = from_a_phone()
    at = whole.index(b"Exif\0\0") + 6
    assert made(whole[:at] + b"\xff" * 12 + whole[at + 12 :]).width == 60


def test_a_screenshot_stays_sharp_and_what_is_clear_becomes_white() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(clear, "PNG")
    kept = made(clear.getvalue())
    assert kept.ending == "png"
    assert opened(kept.content).getpixel((5, 5)) == opened(kept.thumbnail).getpixel((5, 5)) == (255, 255, 255)
    assert made(picture(format="WEBP")).ending == made(picture()).ending == "jpg"


def test_a_large_photo_is_made_smaller_and_a_huge_screenshot_no_larger_file(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = made(picture(size=(8000, 6000)))
    assert 11_000_000 < kept.width * kept.height <= pictures.KEPT_PIXELS
    assert kept.width / kept.height == pytest.approx(4 / 3, rel=0.01)
    assert max(opened(kept.thumbnail).size) == max(pictures.THUMBNAIL)
    monkeypatch.setattr(pictures, "_LOSSLESS", 100)
    assert made(picture(size=(300, 300), format="PNG")).ending == "jpg"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", pictures.EMPTY),
        (SVG, pictures.NO_PICTURE),
        (HTML, pictures.NO_PICTURE),
        (b"GIF89a" + picture(format="GIF"), pictures.NO_PICTURE),
        (picture(format="GIF"), pictures.NO_PICTURE),
        (picture(format="TIFF"), pictures.NO_PICTURE),
        (HEIC, pictures.APPLE),
        (picture(size=(400, 400))[:900], pictures.BROKEN),
        (b"\xff" * 1000, pictures.NO_PICTURE),
        (bomb(10_000, 10_000), pictures.TOO_MANY_PIXELS),
        (bomb(20_000, 10_000), pictures.TOO_MANY_PIXELS),
        (bomb(pictures.LONGEST_SIDE + 8, 8), pictures.TOO_MANY_PIXELS),
        (bytes(pictures.LARGEST_BYTES + 1), pictures.TOO_LARGE),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unfit) as why:
        made(content)
    assert str(why.value) == said
    assert said.endswith("。") and "上传" in said


# Where it is kept -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def photos(store: Store) -> Photos:
    return Photos(store, reserve=0)


def files(photos: Photos) -> list[Path]:
    return sorted(path for path in photos.folder.rglob("*") if path.is_file())


def test_a_photo_is_on_disk_with_its_thumbnail_for_the_console_alone(photos: Photos) -> None:
    photo = photos.add(from_a_phone(), "cases", "proof", "闵思源", NOW)
    assert is_photo_name(photo.name) and photo.name.startswith("202611/")
    whole, small = photos.path(photo.name), photos.path(photo.name, small=True)
    assert whole is not None and small is not None
    assert files(photos) == sorted([whole, small]), "no half file left"
    if os.name != "nt":
        assert {stat.S_IMODE(one.stat().st_mode) for one in (whole, small)} == {0o600}
        assert stat.S_IMODE(whole.parent.stat().st_mode) == 0o700
    assert opened(whole.read_bytes()).size == (photo.width, photo.height) == (40, 60)
    assert photos.known([photo.name]) == {photo.name: photo}


def test_names_are_random_and_nothing_else_is_a_name(photos: Photos) -> None:
    first = photos.add(picture("red"), "cases", "proof", "甲", NOW)
    second = photos.add(picture("blue"), "cases", "proof", "甲", NOW)
    assert first.name != second.name
    outside = photos.folder.parent / "console.sqlite"
    assert outside.is_file()
    month, file = first.name.split("/")
    small = file.replace(".jpg", ".small.jpg")
    for name in (
        "", "..", "../console.sqlite", "202611/../../console.sqlite", f"{month}/../{first.name}", f"/{first.name}",
        f"{month}\\{file}", f"{month}/{small}", month, f"{first.name}\0", f"{first.name}\n", str(outside), f"{month}//{file}",
        first.name.lower(), f"{month}/ABCDEFGHJKLM.jpg",
    ):  # fmt: skip
        assert photos.path(name) is None and photos.path(name, small=True) is None, name
        assert photos.known([name]) == {}


def test_the_same_photo_sent_again_is_the_same_but_not_for_others(photos: Photos) -> None:
    first = photos.add(picture(), "cases", "proof", "甲", NOW)
    assert photos.add(picture(), "cases", "proof", "甲", NOW) == first
    for register, field, by in (("cases", "proof", "乙"), ("cases", "other", "甲"), ("other", "proof", "甲")):
        assert photos.add(picture(), register, field, by, NOW).name != first.name
    path = photos.path(first.name)
    assert path is not None
    path.unlink()
    assert photos.known([first.name]) == {}, "a file that is gone is missed"
    assert photos.add(picture(), "cases", "proof", "甲", NOW).name != first.name


def test_a_full_disk_is_said_and_leaves_nothing(store: Store, photos: Photos, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PhotosFull) as full:
        Photos(store, reserve=10**18).add(picture(), "cases", "proof", "甲", NOW)
    assert "磁盘" in str(full.value)
    for number, wanted in ((errno.ENOSPC, PhotosFull), (errno.EACCES, PhotosShut)):

        def fails(descriptor: int, number: int = number) -> None:
            raise OSError(number, "no")

        with monkeypatch.context() as patch, pytest.raises(wanted) as why:
            patch.setattr(storage.os, "fsync", fails)
            photos.add(picture(), "cases", "proof", "甲", NOW)
        assert "照片没有保存" in str(why.value)
    assert files(photos) == []
    with monkeypatch.context() as patch, pytest.raises(StoreFull):

        def full_store() -> None:
            raise StoreFull

        patch.setattr(store, "transaction", full_store)
        photos.add(picture(), "cases", "proof", "甲", NOW)


# Who may name it ------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = Office(tmp_path, clock)
    yield office
    office.keeper.stop()
    office.store.close()


def test_a_photo_that_was_sent_is_saved_and_one_that_never_was_is_not(office: Office) -> None:
    mine, link = office.send("cases", "proof", AGENT), "https://a.b/1.jpg"
    saved = office.save(AGENT, "cases", None, proof=f"{mine}、{link}、聊天.png")
    assert saved.state == "queued"
    assert office.text("cases", saved.records[0], "proof") == f"{mine}、{link}、聊天.png"
    made_up = office.save(AGENT, "cases", None, proof="照片:202611/ABCDEFGHJKLM.jpg")
    assert (made_up.state, made_up.violations[0].rule) == ("rejected", "DAT-01")
    assert "不在控制台里" in made_up.violations[0].message and "重新上传" in made_up.violations[0].remedy


def test_a_photo_of_a_column_that_everybody_sees_may_be_named_elsewhere(office: Office) -> None:
    """复制新增 keeps the photos."""
    theirs = office.send("wages", "front", FINANCE)
    assert office.save(AGENT, "cases", None, proof=theirs).state == "queued"


def test_nobody_names_a_photo_from_a_column_they_may_not_see(office: Office) -> None:
    secret = office.send("wages", "slip", FINANCE)
    assert office.save(FINANCE, "wages", OTHERS, slip=secret).state == "queued"
    for register, record, field in (("cases", None, "proof"), ("wages", OWN, "slip"), ("wages", OWN, "front")):
        refused = office.save(AGENT, register, record, **{field: secret})
        assert (refused.state, refused.violations[0].rule) == ("rejected", "DAT-01"), (register, field)
    assert office.save(FINANCE, "cases", None, proof=secret).state == "queued", "who may see it may show it"


def test_what_stands_already_may_stay_and_come_back(office: Office) -> None:
    """Others edit and undo beside a photo that they did not send."""
    record, theirs = "CS261101-22222", office.send("wages", "slip", FINANCE)
    first = office.save(FINANCE, "cases", record, proof=theirs)
    assert first.state == "queued"
    link = "https://a.b/1.jpg"
    assert office.save(AGENT, "cases", record, proof=f"{theirs}、{link}").state == "queued"
    assert office.save(AGENT, "cases", record, more=theirs).state == "queued", "from one column to another"
    removed = office.save(AGENT, "cases", record, proof=link, more="")
    assert removed.state == "queued"
    assert office.save(AGENT, "cases", record, proof=theirs).state == "rejected"
    taken_back = undo(office.desk, AGENT, removed.change)
    assert taken_back.state == "queued", taken_back.reason
    assert office.text("cases", record, "proof") == f"{theirs}、{link}"
