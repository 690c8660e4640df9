# SPDX-License-Identifier: Apache-2.0
"""What each test guest must answer, computed without the guest's code: name -> (private, public) ->
(output, exit code). The guests' head comments say what they do."""

import hashlib
import struct
import zlib

MASK32 = (1 << 32) - 1
MASK64 = (1 << 64) - 1


def u32(x):
    return struct.pack(">I", x & MASK32)


def u64(x):
    return struct.pack(">Q", x & MASK64)


def signed(x, bits):
    return x - (1 << bits) if x >> (bits - 1) & 1 else x


def words(data):
    return list(struct.unpack(f">{len(data) // 4}I", data))


def truncated_divmod(a, b):
    q = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return q, a - q * b


def fibonacci(private, _public):
    a, b = 0, 1
    for _ in range(words(private[:4])[0]):
        a, b = b, (a + b) & MASK64
    return u64(a), 0


def sha256(private, _public):
    return hashlib.sha256(private).digest(), 0


def merge_sort(private, _public):
    items = words(private)
    out = sorted(items) + sorted(items, key=lambda x: signed(x, 32))
    return b"".join(map(u32, out)), 0


def div64(private, _public):
    out = b""
    for i in range(0, len(private), 16):
        a, b = struct.unpack(">QQ", private[i : i + 16])
        sa, sb = signed(a, 64), signed(b, 64)
        sq, sr = truncated_divmod(sa, sb) if (sa, sb) != (-(1 << 63), -1) else (0, 0)
        x, y = a >> 32, b & MASK32 | 1
        sx, sy = signed(x, 32), signed(y, 32)
        tq, tr = truncated_divmod(sx, sy) if (sx, sy) != (-(1 << 31), -1) else (0, 0)
        out += u64(a // b) + u64(a % b) + u64(sq) + u64(sr) + u64(a * b) + u64(a - b)
        out += u32(x // y) + u32(x % y) + u32(tq) + u32(tr) + u64(x * y) + u64(sx * sy)
        n = b & 63
        ones = bin(a).count("1")
        out += u64(a << n) + u64(a >> n) + u64(sa >> n)
        out += u64(64 - (a | 1).bit_length()) + u64(trailing_zeros(a | 1 << 63))
        out += u64(32 - (b & MASK32 | 1).bit_length()) + u64(trailing_zeros(b & MASK32 | 1 << 31))
        out += u64(ones) + u64(ones & 1) + u64(1 + trailing_zeros(b))
        out += u64(int.from_bytes((a & MASK32).to_bytes(4, "little"), "big")) + a.to_bytes(8, "little")
        out += u64(a < b) + u64(sa < sb)
    return out, 0


def trailing_zeros(x):
    return (x & -x).bit_length() - 1


def unaligned(private, _public):
    out = b""
    memory = bytearray(48)
    for at in range(32 - 15 + 1):
        tag, word, half, wide = struct.unpack(">BIHQ", private[at : at + 15])
        out += u32(tag ^ word) + u64(half ^ wide)
        memory[at + 1 : at + 15] = u32(word + 1) + struct.pack(">H", half - 1 & 0xFFFF) + u64(~wide)
    out += memory
    for at in range(8):
        k = at & 3  # bytes of the register that lwl keeps, and of the word before the address
        out += private[at : at - k + 4] + bytes([1, 2, 3, 4][4 - k :])
        out += bytes([0xA5, 0xB6, 0xC7, 0xD8][: 3 - k]) + private[at - k : at + 1]
        memory = bytearray(b"\xee" * 48)
        memory[at + 4 : at + 8 - k] = bytes.fromhex("11223344")[: 4 - k]
        memory[at + 20 - k : at + 21] = bytes.fromhex("55667788")[3 - k :]
        out += memory
    for source in range(4):
        for to in range(4):
            for size in (15, 19, 23):
                memory = bytearray(b"\x5a" * 48)
                memory[to : to + size] = private[source : source + size]
                memory[to + 3 : to + 3 + size] = memory[to : to + size]
                memory[to + 1 : to + 1 + size] = memory[to + 6 : to + 6 + size]
                out += memory
    return out, 0


def recursion(private, _public):
    m, n, discs = private[:3]
    ackermann = {0: n + 1, 1: n + 2, 2: 2 * n + 3, 3: 2 ** (n + 3) - 3}[m]
    checksum = 0

    def hanoi(count, source, target, spare):
        nonlocal checksum
        if count:
            hanoi(count - 1, source, spare, target)
            checksum = (checksum * 31 + count * 9 + source * 3 + target) & MASK32
            hanoi(count - 1, spare, target, source)

    hanoi(discs, 0, 2, 1)
    return u32(ackermann) + u32(2**discs - 1) + u32(checksum) + bytes(sorted(private[3:])), 0


def field_multiply(a, b):
    product = 0
    for i in range(8):
        if b >> i & 1:
            product ^= a << i
    for i in range(14, 7, -1):
        if product >> i & 1:
            product ^= 0x11B << (i - 8)
    return product


def aes_sbox():
    box = []
    for x in range(256):
        inverse = next((y for y in range(256) if field_multiply(x, y) == 1), 0)
        bits = 0
        for i in range(8):
            bit = sum(inverse >> (i + j) % 8 & 1 for j in (0, 4, 5, 6, 7)) + (0x63 >> i)
            bits |= (bit & 1) << i
        box.append(bits)
    return box


def aes128(key, block, box):
    """FIPS 197, as matrices: column c is bytes 4c to 4c + 3."""
    schedule = [list(key[i : i + 4]) for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = list(schedule[-1])
        if i % 4 == 0:
            word = [box[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = field_multiply(constant, 2)
        schedule.append([a ^ b for a, b in zip(schedule[i - 4], word)])
    state = [[block[4 * c + r] ^ schedule[c][r] for r in range(4)] for c in range(4)]
    mix = [[2, 3, 1, 1], [1, 2, 3, 1], [1, 1, 2, 3], [3, 1, 1, 2]]
    for number in range(1, 11):
        state = [[box[state[(c + r) % 4][r]] for r in range(4)] for c in range(4)]
        if number != 10:
            mixed = []
            for column in state:
                products = [[field_multiply(m, x) for m, x in zip(row, column)] for row in mix]
                mixed.append([p[0] ^ p[1] ^ p[2] ^ p[3] for p in products])
            state = mixed
        state = [[state[c][r] ^ schedule[4 * number + c][r] for r in range(4)] for c in range(4)]
    return bytes(state[c][r] for c in range(4) for r in range(4))


def crc32_aes(private, _public):
    key, data = private[:16], private[16:]
    box = aes_sbox()
    blocks = [aes128(key, data[i : i + 16], box) for i in range(0, len(data), 16)]
    return u32(zlib.crc32(data)) + b"".join(blocks), 0


def strings(private, _public):
    a, b = private.split(b"\0")[:2]

    def sign(x, y):
        return u32((x > y) - (x < y))

    shorter = min(len(a), len(b))
    first = b[:1]  # the terminator when b is empty
    out = u32(len(a)) + u32(len(b)) + sign(a, b) + sign(a[:3], b[:3]) + sign(a[:shorter], b[:shorter])
    out += u32(a.find(first) if b else len(a)) + u32(a.rfind(first) if b else len(a))
    out += u32(a.find(b)) + u32(a.find(b"e"))
    joined = bytearray(a + b + b"\0")
    out += joined[:-1]
    joined[5 : 5 + len(a + b)] = joined[: len(a + b)]
    out += joined[: len(a + b)]
    out += (b + bytes(24))[:24]
    return out, 0


def jump_table(private, _public):
    add = lambda x: x + 0x9E3779B9
    mix = lambda x: x ^ x << 13
    turn = lambda x: x >> 7 | x << 25
    flip = lambda x: ~x
    fixed, live = [add, mix, turn, flip], [flip, turn, mix, add]
    cases = [
        lambda x: x + 1,
        lambda x: x * 3,
        lambda x: x - 7,
        lambda x: x ^ 0x55AA,
        lambda x: x << 3,
        lambda x: x >> 2,
        lambda x: x // 10,
        lambda x: signed(x, 32) >> 4,
        lambda x: x | 0x80000001,
        lambda x: x & 0x7FFFFFFE,
        lambda x: -x,
    ]
    x, out = 1, b""
    for step in private:
        if step & 0x80:
            x = live[step & 3](x)
            live[step & 3] = fixed[step >> 2 & 3]
        elif step & 0x40:
            x = fixed[step & 3](x)
        else:
            x = cases[step & 15](x) if step & 15 < len(cases) else 12345
        x &= MASK32
        out += u32(x)
    return out, 0


def interpreter(private, _public):
    stack, variables, at, out = [], [0] * 16, 0, b""
    argument_size = {1: 4, 2: 1, 3: 1, 9: 2, 10: 2}
    for _ in range(100000):
        if at >= len(private):
            return out, 1
        code = private[at]
        size = argument_size.get(code, 0)
        argument = int.from_bytes(private[at + 1 : at + 1 + size], "big")
        if at + 1 + size > len(private):
            return out, 1
        at += 1 + size
        needs = {3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 10: 1, 11: 1, 12: 1}.get(code, 0)
        if code > 12 or len(stack) < needs:
            return out, 1
        if code == 0:
            return out, 0
        if code == 1:
            stack.append(argument)
        elif code == 2:
            stack.append(variables[argument & 15])
        elif code == 3:
            variables[argument & 15] = stack.pop()
        elif code in (4, 5, 6, 7, 8):
            b, a = stack.pop(), stack.pop()
            if code == 7 and b == 0:
                return out, 1
            result = {4: a + b, 5: a - b, 6: a * b, 7: a // (b or 1), 8: int(a < b)}[code]
            stack.append(result & MASK32)
        elif code in (9, 10):
            if code == 9 or stack.pop() == 0:
                if argument > len(private):
                    return out, 1
                at = argument
        elif code == 11:
            out += u32(stack.pop())
        elif code == 12:
            stack.append(stack[-1])
        if len(stack) > 64:
            return out, 1
    return out, 2


def exit_code(private, _public):
    code = words(private[1:5])[0]
    return u32(~code), code


def echo(private, public):
    return public + private + u32(len(public)) + u32(len(private)), 0


def echo_small(private, public):
    """The same program with a capacity of 100 bytes; exit codes of mipzk_guest.h."""
    if len(public) > 100:
        return b"", 0xFFFFFF72
    if len(private) > 100:
        return b"", 0xFFFFFF71
    pieces = []
    for data in (public, private):
        size = 0
        while data:
            pieces.append(data[:size])
            data = data[size:]
            size = size % 37 + 1
    out = b""
    for piece in pieces + [u32(len(public)), u32(len(private))]:
        if len(out) + len(piece) > 100:
            return out, 0xFFFFFF73
        out += piece
    return out, 0


def memory_functions(_private, _public):
    sizes = list(range(20)) + [20, 26, 32, 38]
    checks = sum(16 * (2 + (3 if size else 1)) + 4 + 4 for size in sizes)
    return u32(checks), 0


def start_order(_private, _public):
    return b"12345678", 99


MODELS = {
    f.__name__: f
    for f in (
        fibonacci,
        sha256,
        merge_sort,
        div64,
        unaligned,
        recursion,
        crc32_aes,
        strings,
        jump_table,
        interpreter,
        exit_code,
        echo,
        echo_small,
        memory_functions,
        start_order,
    )
}
MODELS["div64_size"] = div64  # the same source compiled with -Os
