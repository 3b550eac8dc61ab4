"""Pictures for the end-to-end tests, made by hand: a photo that will do, as JPEG and as PNG."""
import struct
import zlib


def grey_at(x, y, width, height):
    across, down = x / width - 0.5, y / height
    return 190 if across ** 2 / 0.036 + (down - 0.4) ** 2 / 0.05 < 1 else 225


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg(width=480, height=640):
    """One grey per block of 8 by 8, so that no cosine is needed."""
    bits, before = [], 0
    for y in range(4, height, 8):
        for x in range(4, width, 8):
            value = grey_at(x, y, width, height) - 128
            difference, before = value - before, value
            length = abs(difference).bit_length()
            coded = difference + (1 << length) - 1 if difference < 0 else difference
            bits.append(format(length, "04b") + (format(coded, "0%db" % length) if length else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    pixels = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
    tables = segment(0xC4, b"\x00" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12)))
    tables += segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\x00")
    return (b"\xff\xd8" + segment(0xDB, b"\x00" + b"\x08" * 64)
            + segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00") + tables
            + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + pixels + b"\xff\xd9")


def png(width=480, height=640):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    rows = b"".join(b"\x00" + bytes(grey_at(x, y, width, height) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def padded(photo, size):
    """The same picture in a file of this size: nobody reads on behind the end of a JPEG."""
    return photo + b"x" * (size - len(photo))
