#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program id of an ELF file (MACHINE.md, sections 5, 8 and 9; PROTOCOL.md, section 2). Slow: minutes for large
programs.

program_id.py ELF_FILE prints the id."""

import pathlib
import re
import struct
import sys

import admission
import blake3
import extension
from decoding import Instruction
from lowering import EXIT_CODE, FAULT_REGISTERS, FPR, Context, limbs, lower

KERNEL_BASE, BOOT_BLOCK = 0x80000000, 0x8FFFF000
STACK_END, STACK_TOP = 0x7FFF0000, 0x7FFEFFC0
PRIVATE_WINDOW = (0xA0000000, 0xA4000000)
LAST_WORD = (0xFFFFFFFC, 0x100000000)
PAGE = 4096
REGISTERS = 1 << 30
UNUSED_KEY = REGISTERS + 254
ZERO, PRIVATE = 0, 1
UNMAPPED, NO_CODE = 128, 129  # kinds of spans
SYSCALL_0 = 0x0000000C
MIN_LOG_HEIGHT, TAIL_ROWS = 10, 416
KERNEL_FILES = pathlib.Path(__file__).resolve().parents[2] / "lib" / "kernel"
STACK, STACK_GUARD = 0x00800000, 0x01000000  # bytes
THREAD_STACKS, THREAD_STACK, THREAD_GUARD = 0x60000000, 0x00800000, 0x00100000  # the first address; bytes
_GNU_STACK = 0x6474E551
_LOAD, _NOTE, _EXECUTE, _WRITE, _READ = 1, 4, 1, 2, 4


class Segment:

    def __init__(self, address, data, size, flags):
        self.address, self.data, self.size = address, data, size
        self.writable, self.executable = bool(flags & _WRITE), bool(flags & _EXECUTE)


class Program:
    """What the tables are made of. byte_order: "big" or "little"; trap_vector: 0 without the kernel; takes_faults:
    whether that takes faults."""

    def __init__(self, byte_order, entry, segments, stack):
        self.byte_order, self.entry, self.segments, self.trap_vector = byte_order, entry, segments, 0
        self.takes_faults = False
        self.stack = STACK_END - stack
        self.guards = [(self.stack - STACK_GUARD, self.stack)]  # ascending parts of RAM that are unmapped


def read_elf(data):
    """The Program of a 32-bit file, with the kernel if it is wanted. admission.Refused: it is for another processor."""
    if data[:6] not in (b"\x7fELF\x01\x01", b"\x7fELF\x01\x02"):
        raise ValueError("not a 32-bit ELF file")
    byte_order, sign = ("little", "<") if data[5] == 1 else ("big", ">")
    entry, table = struct.unpack(sign + "II", data[24:32])
    flags, _, size, count = struct.unpack(sign + "IHHH", data[36:46])
    headers = [struct.unpack_from(sign + "8I", data, table + i * size) for i in range(count)]
    admission.check(data, sign, headers)
    facts = [(32, 36), (46, 52)] + [(h[1], h[1] + h[4]) for h in headers if h[0] == _NOTE]
    for begin, end in facts:  # zero in memory
        end = min(end, len(data))
        data = data[:begin] + bytes(max(end - begin, 0)) + data[max(begin, end):] if begin < end else data
    segments, headers_at = [], set()
    for kind, offset, address, _, file_size, memory_size, access, _ in headers:
        if kind != _LOAD:
            continue
        if memory_size > 0:
            segments.append(Segment(address, data[offset:offset + file_size], memory_size, access))
        if offset <= table and table + 32 * count <= offset + file_size and (address + table - offset) % 4 == 0:
            headers_at.add((address, address + table - offset))
    headers_address = max(headers_at, default=(0, 0))[1]
    stack = [header[5] for header in headers if header[0] == _GNU_STACK and header[5]] or [STACK]
    stack = -(-stack[-1] // PAGE) * PAGE
    program = Program(byte_order, entry, sorted(segments, key=lambda s: s.address), stack)
    if any(makes_calls(s, byte_order) for s in program.segments if s.executable):
        add_kernel(program, headers, headers_address, flags)
    return program


def makes_calls(segment, byte_order):
    """MACHINE.md, section 8, "Which programs get it"."""
    code = [value for _, value, complete in words(segment, byte_order) if complete]
    for i, word in enumerate(code):
        if word >> 16 not in (0x2402, 0x3402) or not 4000 <= (word & 0xFFFF) < 5000 or i > 0 and branches(code[i - 1]):
            continue
        for k in range(i + 1, min(i + 9, len(code))):
            if code[k] == SYSCALL_0:
                return True
            if k > i + 1 and branches(code[k - 1]):
                break
    return False


def branches(word):
    name = Instruction(word).name or ""
    return name in ("j", "jal", "jr", "jalr") or name.startswith("b")


def add_kernel(program, headers, headers_address, flags):
    """MACHINE.md, section 8."""
    text = (KERNEL_FILES / ("image_%s.inc" % {"big": "be", "little": "le"}[program.byte_order])).read_text()

    def to_bytes(values):
        return b"".join(value.to_bytes(4, program.byte_order) for value in values)

    arrays = {name: [int(x, 16) for x in re.findall(r"0x[0-9a-f]+", body)]
              for name, body in re.findall(r"uint32_t (kWords\d+)\[\] = {(.*?)};", text, re.DOTALL)}
    body = re.search(r"kSegments\[\] = {(.*?)};", text, re.DOTALL).group(1)
    added = [Segment(int(address, 16), to_bytes(arrays[name]), int(size), int(access))
             for address, size, access, name in re.findall(r"{(0x[0-9a-f]+)u, (\d+)u, (\d)u, (kWords\d+)}", body)]
    entry, vector, faults = re.search(r"kImage = {(0x[0-9a-f]+)u, (0x[0-9a-f]+)u(, 0x80000000u)?", text).groups()
    boot = [program.entry, headers_address or BOOT_BLOCK + 24, len(headers), ram_start(program.segments), flags,
            program.stack]
    if not headers_address:
        boot += [value for header in headers for value in header]
    if 4 * len(boot) > PAGE:
        raise ValueError("too many program headers")
    program.segments += added + [Segment(BOOT_BLOCK, to_bytes(boot), 4 * len(boot), _READ)]
    program.guards = thread_guards(program.stack)
    program.entry, program.trap_vector = int(entry, 16), int(vector, 16)
    program.takes_faults = faults is not None


def thread_guards(stack):
    """MACHINE.md, section 8: below each place for a thread's stack, and from the last one to the first thread's."""
    guards, start = [], THREAD_STACKS
    while start + THREAD_GUARD + THREAD_STACK <= stack - STACK_GUARD:
        guards.append((start, start + THREAD_GUARD))
        start += THREAD_GUARD + THREAD_STACK
    return guards + [(start, stack)]


def ram_start(segments):
    return max(-(-(s.address + s.size) // PAGE) * PAGE for s in segments if s.address < KERNEL_BASE)


def words(segment, byte_order):
    """(key, value, complete) of the words that hold bytes of the file."""
    if not segment.data:
        return
    start = segment.address // 4 * 4
    end = segment.address + len(segment.data)
    padded = bytes(segment.address - start) + segment.data + bytes(-end % 4)
    for i in range(0, len(padded), 4):
        complete = start + i >= segment.address and start + i + 4 <= end
        yield (start + i) // 4, int.from_bytes(padded[i:i + 4], byte_order), complete


def image(program):
    rows = [[key] + limbs(value) + [int(s.writable)] for s in program.segments
            for key, value, _ in words(s, program.byte_order)]
    registers = [r for r in range(FPR + 32) if r != EXIT_CODE] + list(FAULT_REGISTERS if program.takes_faults else ())
    return rows + [[REGISTERS + r] + limbs(STACK_TOP if r == 29 else 0) + [1] for r in registers]


def rom(program):
    rows, context = [], Context(program.byte_order == "little", program.trap_vector)
    for segment in program.segments:
        for key, value, complete in words(segment, program.byte_order) if segment.executable else ():
            entry = lower(4 * key, value, context) if complete else None
            if entry:
                number, rs, rt, rd, k = entry
                rows.append([number, key, rs, rt, rd] + k)
    return rows


def regions(program):
    rows = []
    for s in program.segments:
        # Of the segment's words, those that hold no byte of the file.
        start = -(-(s.address + len(s.data)) // 4) if s.data else s.address // 4
        end = -(-(s.address + s.size) // 4)
        if start < end:
            rows.append([start, end, ZERO])
    ram = ram_start(program.segments)
    for start, end in program.guards:
        if ram < start:
            rows.append([ram // 4, start // 4, ZERO])
        ram = end
    for (start, end), kind in (((ram, STACK_END), ZERO), (PRIVATE_WINDOW, PRIVATE), (LAST_WORD, ZERO)):
        rows.append([start // 4, end // 4, kind])
    return sorted(rows)


def gaps(ranges, kind):
    """What lies outside of all (start, end), as entries of the ROM."""
    rows, at = [], 0
    for start, end in sorted(ranges) + [(LAST_WORD[0] // 4, 1 << 30)]:
        if start > at:
            rows.append([kind, at, 0, 0, 0, start, 0, 0, 0, 0, 0])
        at = max(at, end)
    return rows


def spans(program):
    """MACHINE.md, section 5, "Spans"."""
    if not program.takes_faults:
        return []
    kernel = (KERNEL_BASE // 4, 0x90000000 // 4)
    mapped = [kernel, (0xB0000000 // 4, 0xB4000000 // 4), (0xC0000000 // 4, 0xC4000000 // 4)]
    mapped += [(key, key + 1) for key, *_ in image(program) if key < REGISTERS]
    mapped += [(start, end) for start, end, _ in regions(program)]
    code = [kernel] + [(key, key + 1) for _, key, *_ in rom(program)]
    return gaps(mapped, UNMAPPED) + gaps(code, NO_CODE)


ITEMS_OF_A_ROW = 4  # of ROM and IMAGE


def columns(items, padding, of_a_row=1):
    """(columns, log2 of the height): the items, so many in a row, then copies of `padding`."""
    items = items + [padding] * (-len(items) % of_a_row)
    rows = [sum(items[i:i + of_a_row], []) for i in range(0, len(items), of_a_row)]
    padding = padding * of_a_row
    log_height = MIN_LOG_HEIGHT
    while 1 << log_height < len(rows) + TAIL_ROWS:
        log_height += 1
    rows = rows + [padding] * ((1 << log_height) - len(rows))
    return [list(column) for column in zip(*rows)], log_height


def header(program):
    tables = [columns(rom(program) + spans(program), [0] * 11, ITEMS_OF_A_ROW), columns(regions(program), [0] * 3),
              columns(image(program), [UNUSED_KEY, 0, 0, 0], ITEMS_OF_A_ROW)]
    roots = [extension.commit([table for table, _ in tables], log_blowup) for log_blowup in (1, 2)]
    order = ("big", "little").index(program.byte_order)
    return struct.pack("<III", 0, order, program.entry) + bytes([k for _, k in tables] + [0]) + b"".join(roots)


def program_id(elf):
    return blake3.keyed_hash(blake3.text_key("mipzk v0 program"), header(read_elf(elf)))


def main():
    with open(sys.argv[1], "rb") as file:
        print(program_id(file.read()).hex())


if __name__ == "__main__":
    main()
