#!/usr/bin/env python3
"""The program id of an ELF file (MACHINE.md, section 5; PROTOCOL.md, section 2). Slow: minutes for large programs.

program_id.py ELF_FILE prints the id."""

import struct
import sys

import blake3
import extension
from lowering import limbs, lower

LOWEST, STACK_END, STACK_TOP = 0x00010000, 0x7FFF0000, 0x7FFEFFC0
PRIVATE_WINDOW = (0xA0000000, 0xA4000000)
LAST_WORD = (0xFFFFFFFC, 0x100000000)
PAGE = 4096
REGISTERS = 1 << 30
UNUSED_KEY = REGISTERS + 254
ZERO, PRIVATE = 0, 1
MIN_LOG_HEIGHT, TAIL_ROWS = 10, 416
_LOAD, _EXECUTE, _WRITE = 1, 1, 2


class Segment:

    def __init__(self, address, data, size, flags):
        self.address, self.data, self.size = address, data, size
        self.writable, self.executable = bool(flags & _WRITE), bool(flags & _EXECUTE)


def read_elf(data):
    """(entry, segments in ascending order) of a 32-bit big-endian file."""
    if data[:6] != b"\x7fELF\x01\x02":
        raise ValueError("not a 32-bit big-endian ELF file")
    entry, table = struct.unpack(">II", data[24:32])
    size, count = struct.unpack(">HH", data[42:46])
    segments = []
    for i in range(count):
        kind, offset, address, _, file_size, memory_size, flags, _ = struct.unpack_from(">8I", data, table + i * size)
        if kind == _LOAD and memory_size > 0:
            segments.append(Segment(address, data[offset:offset + file_size], memory_size, flags))
    return entry, sorted(segments, key=lambda s: s.address)


def words(segment):
    """(key, value, complete) of the words that hold bytes of the file."""
    if not segment.data:
        return
    start = segment.address // 4 * 4
    end = segment.address + len(segment.data)
    padded = bytes(segment.address - start) + segment.data + bytes(-end % 4)
    for i in range(0, len(padded), 4):
        complete = start + i >= segment.address and start + i + 4 <= end
        yield (start + i) // 4, int.from_bytes(padded[i:i + 4], "big"), complete


def image(segments):
    rows = [[key] + limbs(value) + [int(s.writable)] for s in segments for key, value, _ in words(s)]
    return rows + [[REGISTERS + r] + limbs(STACK_TOP if r == 29 else 0) + [1] for r in range(35)]


def rom(segments):
    rows = []
    for segment in segments:
        for key, value, complete in words(segment) if segment.executable else ():
            entry = lower(4 * key, value) if complete else None
            if entry:
                number, rs, rt, rd, k = entry
                rows.append([number, key, rs, rt, rd] + k)
    return rows


def regions(segments):
    rows = []
    for s in segments:
        # Of the segment's words, those that hold no byte of the file.
        start = -(-(s.address + len(s.data)) // 4) if s.data else s.address // 4
        end = -(-(s.address + s.size) // 4)
        if start < end:
            rows.append([start, end, ZERO])
    ram = -(-(segments[-1].address + segments[-1].size) // PAGE) * PAGE
    for (start, end), kind in (((ram, STACK_END), ZERO), (PRIVATE_WINDOW, PRIVATE), (LAST_WORD, ZERO)):
        rows.append([start // 4, end // 4, kind])
    return rows


def columns(rows, padding):
    """(columns, log2 of the height): the rows, then copies of `padding`."""
    log_height = MIN_LOG_HEIGHT
    while 1 << log_height < len(rows) + TAIL_ROWS:
        log_height += 1
    rows = rows + [padding] * ((1 << log_height) - len(rows))
    return [list(column) for column in zip(*rows)], log_height


def header(entry, segments):
    tables = [columns(rom(segments), [0] * 11), columns(regions(segments), [0] * 3),
              columns(image(segments), [UNUSED_KEY, 0, 0, 0])]
    roots = [extension.commit([table for table, _ in tables], log_blowup) for log_blowup in (1, 2)]
    return struct.pack("<III", 0, 0, entry) + bytes([k for _, k in tables] + [0]) + b"".join(roots)


def program_id(elf):
    return blake3.keyed_hash(blake3.text_key("mipzk v0 program"), header(*read_elf(elf)))


def main():
    with open(sys.argv[1], "rb") as file:
        print(program_id(file.read()).hex())


if __name__ == "__main__":
    main()
