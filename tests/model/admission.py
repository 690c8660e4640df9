# SPDX-License-Identifier: Apache-2.0
"""Which files are loaded, as far as they say what they ask of the processor (MACHINE.md, section 9)."""

import struct

FLAGS_SERVED, ABIS, LEVELS = 0x0000010F, (0x0000, 0x1000), (0x0, 0x1, 0x5, 0x7)
ABI_BITS, LEVEL_BITS = 0x0000F000, 0xF0000000
REGINFO, ABIFLAGS = 0x70000000, 0x70000003
ABIFLAGS_SECTION, ATTRIBUTES_SECTION = 0x7000002A, 0x6FFFFFF5
FP_ABIS = (0, 1, 2, 3, 5)
ISAS = {(1, 0), (2, 0), (32, 1), (32, 2), (32, 3), (32, 5)}
TAG_FILE, TAG_FP, TAG_MSA = 1, 4, 8


class Refused(ValueError):
    """The file is for another processor, or it is damaged."""


def need(condition, what):
    if not condition:
        raise Refused(what)


def check(data, sign, headers):
    """Raises Refused. sign: "<" or ">"; headers: the program headers, 8 numbers each."""
    need(data[7] in (0, 3), "EI_OSABI")
    need(data[8] in (0, 1, 2, 4, 5), "EI_ABIVERSION")
    check_flags(struct.unpack_from(sign + "I", data, 36)[0])
    records = []
    for kind, offset, _, _, size, *_ in headers:
        if 0x70000000 <= kind <= 0x7FFFFFFF:
            need(kind in (REGINFO, ABIFLAGS), "segment type %#x" % kind)
        if kind == ABIFLAGS:
            records.append(data[offset:offset + size])
    need(len(records) <= 1, "two segments of ABI flags")
    found = sections(data, sign)
    in_sections = [content for kind, content in found if kind == ABIFLAGS_SECTION]
    need(len(in_sections) <= 1, "two sections of ABI flags")
    records += in_sections
    need(len(set(records)) <= 1, "two kinds of ABI flags")
    if records:
        check_abiflags(records[0], sign)
    else:
        for kind, content in found:
            if kind == ATTRIBUTES_SECTION:
                check_attributes(content, sign)


def sections(data, sign):
    """(type, content) of each."""
    table, = struct.unpack_from(sign + "I", data, 32)
    count, = struct.unpack_from(sign + "H", data, 48)
    rows = [struct.unpack_from(sign + "10I", data, table + 40 * i) for i in range(count)]
    return [(row[1], data[row[4]:row[4] + row[5]]) for row in rows]


def check_flags(flags):
    need(flags & ABI_BITS in ABIS and flags >> 28 in LEVELS, "e_flags: ABI or level")
    need(flags & ~(FLAGS_SERVED | ABI_BITS | LEVEL_BITS) == 0, "e_flags: other bits")


def check_abiflags(record, sign):
    need(len(record) == 24, "size of the ABI flags")
    version, level, revision, gpr, cpr1, cpr2, fp_abi, extension, ases, flags1, flags2 = struct.unpack(sign + "H6B4I", record)
    need(version == 0 and (level, revision) in ISAS, "ABI flags: version or level")
    need(gpr == 1 and cpr1 in (0, 1) and cpr2 == 0, "ABI flags: sizes of registers")
    need(fp_abi in FP_ABIS, "ABI flags: floating-point ABI")
    need(extension == 0 and ases == 0 and flags1 in (0, 1) and flags2 == 0, "ABI flags: extensions")


def check_attributes(section, sign):
    need(section[:1] in (b"", b"A"), "attributes: form")
    for vendor in counted(section[1:], 0, sign):
        name, end, parts = vendor.partition(b"\0")
        need(end, "attributes: vendor")
        for part in counted(parts, 1, sign) if name == b"gnu" else ():
            need(part[0] == TAG_FILE, "attributes: part")
            values = numbers(part[1:])
            need(len(values) % 2 == 0, "attributes: a tag without value")
            for tag, value in zip(values[::2], values[1::2]):
                need(tag == TAG_FP and value in FP_ABIS or tag == TAG_MSA and value == 0, "attributes: values")


def counted(data, at, sign):
    """Pieces whose length, of 32 bits, stands `at` bytes after their start; without it."""
    pieces = []
    while data:
        need(len(data) >= at + 4, "attributes: length")
        size, = struct.unpack_from(sign + "I", data, at)
        need(at + 4 <= size <= len(data), "attributes: length")
        pieces.append(data[:at] + data[at + 4:size])
        data = data[size:]
    return pieces


def numbers(data):
    """ULEB128 numbers below 2^32."""
    result, value, shift = [], 0, 0
    for byte in data:
        value, shift = value | (byte & 0x7F) << shift, shift + 7
        need(shift <= 35 and value < 1 << 32, "attributes: a number too large")
        if byte < 0x80:
            result, value, shift = result + [value], 0, 0
    need(shift == 0, "attributes: a number without end")
    return result
