"""Just enough of PNG to shrink a stock picture: decode, average, quantise, encode."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Where each pass of an interlaced picture starts and how far it steps: x, y, dx, dy.
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def shrink(data: bytes, side: int) -> bytes:
    """Returns a picture of at most `side` x `side` px, with at most 256 colours.

    Args:
        data: A PNG file.
        side: The longer side of the result in px.

    Raises:
        ValueError: `data` is no PNG that can be read.
    """
    try:
        width, height, pixels = _decode(data)
    except (struct.error, zlib.error, IndexError, KeyError) as error:
        raise ValueError(f"not a readable PNG: {error}") from error
    scale = max(width, height) / side
    if scale <= 1:
        return _encode(width, height, pixels)
    new_width, new_height = max(1, round(width / scale)), max(1, round(height / scale))
    return _encode(new_width, new_height, _average(width, height, pixels, new_width, new_height))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    if not data.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    found: dict[bytes, bytes] = {}
    place = len(_SIGNATURE)
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        found[kind] = found.get(kind, b"") + data[place + 8 : place + 8 + length]
        place += length + 12
    return found


def _decode(data: bytes) -> tuple[int, int, list[bytes]]:
    """Returns width, height and the rows as RGBA bytes."""
    chunks = _chunks(data)
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    raw = zlib.decompress(chunks[b"IDAT"])
    palette, alpha = chunks.get(b"PLTE", b""), chunks.get(b"tRNS", b"")

    def to_rgba(rows: list[bytes], columns: int) -> list[bytes]:
        return [_rgba(row, columns, depth, colour, palette, alpha) for row in rows]

    bits = depth * _CHANNELS[colour]
    if not interlaced:
        rows, _ = _unfilter(raw, 0, width, height, bits)
        return width, height, to_rgba(rows, width)
    canvas = [bytearray(width * 4) for _ in range(height)]
    place = 0
    for x0, y0, dx, dy in _ADAM7:
        columns, lines = (width - x0 + dx - 1) // dx, (height - y0 + dy - 1) // dy
        if columns <= 0 or lines <= 0:
            continue
        rows, place = _unfilter(raw, place, columns, lines, bits)
        for index, row in enumerate(to_rgba(rows, columns)):
            target = canvas[y0 + index * dy]
            for channel in range(4):
                target[x0 * 4 + channel :: dx * 4] = row[channel::4]
    return width, height, [bytes(row) for row in canvas]


def _unfilter(
    raw: bytes, place: int, columns: int, lines: int, bits: int
) -> tuple[list[bytes], int]:
    """Undoes the line filters; returns the rows and where the next pass starts."""
    stride, step = (columns * bits + 7) // 8, max(1, bits // 8)
    above = bytes(stride)
    rows: list[bytes] = []
    for _ in range(lines):
        kind, line = raw[place], bytearray(raw[place + 1 : place + 1 + stride])
        place += stride + 1
        if kind == 2:
            line = bytearray((a + b) & 255 for a, b in zip(line, above, strict=True))
        elif kind:
            _undo(kind, line, above, step)
        above = bytes(line)
        rows.append(above)
    return rows, place


def _undo(kind: int, line: bytearray, above: bytes, step: int) -> None:
    """Undoes the filters that look to the left: 1 left, 3 average, 4 Paeth."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + above[i]) // 2) & 255
        else:
            corner = above[i - step] if i >= step else 0
            line[i] = (line[i] + _paeth(left, above[i], corner)) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _rgba(row: bytes, columns: int, depth: int, colour: int, palette: bytes, alpha: bytes) -> bytes:
    if depth == 16:
        row, depth = row[::2], 8
    if depth < 8:
        row = _unpack(row, columns, depth, scale=colour != 3)
    if colour == 6:
        return row
    out = bytearray(b"\xff" * (columns * 4))
    if colour == 3:
        for channel in range(3):
            out[channel::4] = bytes(palette[index * 3 + channel] for index in row)
        opacity = alpha.ljust(256, b"\xff")
        out[3::4] = bytes(opacity[index] for index in row)
        return bytes(out)
    channels = _CHANNELS[colour]
    for channel in range(3):
        out[channel::4] = row[(channel if colour == 2 else 0) :: channels]
    if colour == 4:
        out[3::4] = row[1::2]
    return bytes(out)


def _unpack(row: bytes, columns: int, depth: int, *, scale: bool) -> bytes:
    top = (1 << depth) - 1
    factor = 255 // top if scale else 1
    values = [
        ((byte >> shift) & top) * factor for byte in row for shift in range(8 - depth, -1, -depth)
    ]
    return bytes(values[:columns])


def _average(
    width: int, height: int, rows: list[bytes], new_width: int, new_height: int
) -> list[bytes]:
    """Averages boxes of pixels, colours weighted by opacity."""
    result = []
    for y in range(new_height):
        top, bottom = y * height // new_height, max((y + 1) * height // new_height, 1)
        band = rows[top:bottom]
        line = bytearray()
        for x in range(new_width):
            left, right = x * width // new_width * 4, max((x + 1) * width // new_width, 1) * 4
            line += _mean([row[left:right] for row in band])
        result.append(bytes(line))
    return result


def _mean(parts: list[bytes]) -> bytes:
    opacity = sum(sum(part[3::4]) for part in parts)
    if not opacity:
        return b"\0\0\0\0"
    count = sum(len(part) for part in parts) // 4
    if opacity == 255 * count:
        return bytes([*(sum(sum(p[c::4]) for p in parts) // count for c in range(3)), 255])
    totals = [0, 0, 0]
    for part in parts:
        for channel in range(3):
            totals[channel] += sum(a * b for a, b in zip(part[channel::4], part[3::4], strict=True))
    return bytes([*(total // opacity for total in totals), opacity // count])


def _encode(width: int, height: int, rows: list[bytes]) -> bytes:
    """Writes a picture with a palette, coarse enough to fit 256 colours."""
    for bits in (5, 4, 3, 2):
        coarse = [_coarse(row, bits) for row in rows]
        colours: dict[bytes, int] = {}
        lines = bytearray()
        for row in coarse:
            lines.append(0)
            lines += bytes(
                colours.setdefault(row[i : i + 4], len(colours)) & 255
                for i in range(0, len(row), 4)
            )
        # A hundred colours are plenty at this size and compress well.
        if len(colours) <= 128 or (bits == 2 and len(colours) <= 256):
            break
    palette = b"".join(colour[:3] for colour in colours)
    alpha = bytes(colour[3] for colour in colours)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette),
            _chunk(b"tRNS", alpha),
            _chunk(b"IDAT", zlib.compress(bytes(lines), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _coarse(row: bytes, bits: int) -> bytes:
    """Rounds every channel to `bits` bits, spread over 0 to 255; the unseen becomes one colour."""
    top = (1 << bits) - 1
    table = bytes((value * top + 127) // 255 * 255 // top for value in range(256))
    rounded = row.translate(table)
    return b"".join(
        rounded[i : i + 4] if rounded[i + 3] else b"\0\0\0\0" for i in range(0, len(rounded), 4)
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
