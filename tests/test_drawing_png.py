from __future__ import annotations

import importlib.util
import struct
import zlib
from pathlib import Path

import pytest

from handbook.drawing.capture import FigureError
from handbook.drawing.icons import find, load
from handbook.drawing.png import shrink

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(width: int, height: int, depth: int, colour: int, raw: bytes, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            chunk(b"IHDR", head),
            *more,
            chunk(b"IDAT", zlib.compress(raw)),
            chunk(b"IEND", b""),
        )
    )


def pixels(data: bytes) -> list[bytes]:
    """The pixels of what `shrink` wrote: one byte each into a palette."""
    place, parts = 8, {}
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        parts[kind] = data[place + 8 : place + 8 + length]
        place += length + 12
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    raw, colours, alpha = zlib.decompress(parts[b"IDAT"]), parts[b"PLTE"], parts[b"tRNS"]
    places = [raw[y * (width + 1) + 1 + x] for y in range(height) for x in range(width)]
    return [colours[3 * p : 3 * p + 3] + alpha[p : p + 1] for p in places]


RED, GREEN = b"\xff\x00\x00\xff", b"\x00\xff\x00\xff"


def test_every_line_filter_is_undone() -> None:
    # Five lines of red then green, each with another filter.
    line = RED + GREEN
    left = RED + bytes((g - r) & 255 for r, g in zip(RED, GREEN, strict=True))
    zero = bytes(8)
    first_half = bytes((v - v // 2) & 255 for v in RED)
    second_half = bytes((g - (r + g) // 2) & 255 for r, g in zip(RED, GREEN, strict=True))
    raw = b"\0" + line + b"\1" + left + b"\2" + zero + b"\3" + first_half + second_half
    raw += (
        b"\4"
        + zero[:4]
        + bytes(
            # Above is green, left is red, the corner is red: Paeth guesses green.
            4
        )
    )
    assert pixels(shrink(picture(2, 5, 8, 6, raw), 40)) == [RED, GREEN] * 5


def test_palettes_greys_and_deep_pictures_are_read() -> None:
    palette = chunk(b"PLTE", RED[:3] + GREEN[:3])
    assert pixels(shrink(picture(2, 1, 1, 3, b"\0\x40", palette), 9)) == [RED, GREEN]
    assert pixels(shrink(picture(2, 1, 8, 0, b"\0\x00\xff"), 9)) == [
        b"\0\0\0\xff",
        b"\xff\xff\xff\xff",
    ]
    assert pixels(shrink(picture(1, 1, 16, 2, b"\0\xff\xff\0\0\0\0"), 9)) == [RED]


def test_shrinking_averages_and_ignores_the_colour_of_the_unseen() -> None:
    unseen = b"\0\xff\0\0"
    raw = (b"\0" + RED + unseen) * 2
    (pixel,) = pixels(shrink(picture(2, 2, 8, 6, raw), 1))
    assert pixel[:3] == RED[:3]
    assert 120 <= pixel[3] <= 136


@pytest.mark.parametrize("data", [b"", b"GIF89a", _SIGNATURE, _SIGNATURE + b"\0\0\0\rIHDR"])
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        shrink(data, 40)


def test_stock_pictures_become_small(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("diagrams")
    assert spec is not None
    assert spec.origin is not None
    resources = Path(spec.origin).parent.parent / "resources"
    for name in ("aws/compute/lambda.png", "gcp/ml/automl.png", "onprem/queue/kafka.png"):
        icon = load(str(resources / name), tmp_path)
        assert icon.image.startswith("data:image/png;base64,")
        assert icon.size < 2600
    assert len(list(tmp_path.iterdir())) == 3


def test_icon_names_cannot_leave_their_folder() -> None:
    for name in ("mdi-../../../etc/passwd", "si-", "fa-house", "mdi-Server"):
        with pytest.raises(FigureError, match="no icon is called"):
            find(name)
