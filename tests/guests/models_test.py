#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the models themselves against published values."""

import unittest

import models


class Models(unittest.TestCase):
    def test_aes_fips_197_appendix_b(self):
        key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
        block = bytes.fromhex("3243f6a8885a308d313198a2e0370734")
        box = models.aes_sbox()
        self.assertEqual([box[0], box[0x53], box[0xFF]], [0x63, 0xED, 0x16])  # FIPS 197, figure 7
        self.assertEqual(models.aes128(key, block, box).hex(), "3925841d02dc09fbdc118597196a0b32")

    def test_sha256_fips_180(self):
        digest, code = models.sha256(b"abc", b"")
        self.assertEqual(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        self.assertEqual(code, 0)

    def test_fibonacci(self):
        self.assertEqual(models.fibonacci(models.u32(90), b"")[0], models.u64(2880067194370816120))

    def test_ackermann(self):
        for m, n, expected in ((0, 0, 1), (1, 2, 4), (2, 2, 7), (3, 3, 61)):
            self.assertEqual(models.recursion(bytes([m, n, 0]), b"")[0][:4], models.u32(expected))

    def test_truncated_division(self):
        self.assertEqual(models.truncated_divmod(-7, 2), (-3, -1))
        self.assertEqual(models.truncated_divmod(7, -2), (-3, 1))


if __name__ == "__main__":
    unittest.main()
