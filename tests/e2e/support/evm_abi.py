# SPDX-License-Identifier: MIT
"""Solidity's ABI, as far as calls of our own contracts need it, and Keccak-256. Written from the specifications."""

import re

_ROTATIONS = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56], [27, 20, 39, 8, 14]]
_RATE_BYTES = 136
_MASK = 2**64 - 1
WORD_BYTES = 32


def _round_constants():
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << (2**j - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _rotate(word, count):
    return (word << count | word >> (64 - count)) & _MASK if count else word


def _permute(lanes):
    for constant in _CONSTANTS:
        columns = [row[0] ^ row[1] ^ row[2] ^ row[3] ^ row[4] for row in lanes]
        mixed = [columns[x - 1] ^ _rotate(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _rotate(lanes[x][y] ^ mixed[x], _ROTATIONS[x][y])
        lanes = [
            [moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]) & _MASK for y in range(5)]
            for x in range(5)
        ]
        lanes[0][0] ^= constant
    return lanes


def keccak256(data):
    """Keccak with the padding from before SHA-3, as Ethereum has it."""
    padded = bytearray(data) + bytes(_RATE_BYTES - len(data) % _RATE_BYTES)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE_BYTES):
        for i in range(_RATE_BYTES // 8):
            at = start + 8 * i
            lanes[i % 5][i // 5] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


TRANSFER_TOPIC = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()


def checksummed(program):
    """EIP-55: twenty bytes as an address for people."""
    digits = program.hex()
    marks = keccak256(digits.encode()).hex()
    return "0x" + "".join(digit.upper() if mark >= "8" else digit for digit, mark in zip(digits, marks))


def word_of(value):
    """A number, a truth, an address or up to 32 bytes as one word of the ABI."""
    if isinstance(value, int):
        return (value % 2**256).to_bytes(WORD_BYTES, "big")
    raw = value if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("0x"))
    return raw.rjust(WORD_BYTES, b"\0")


def topic_of(address):
    return "0x" + word_of(address).hex()


def encode_call(selector, signature, arguments):
    """The data of a call: `signature` is like "payMany(address[],uint256[])", `selector` its four bytes in hex."""
    types = [one for one in re.fullmatch(r"\w+\((.*)\)", signature)[1].split(",") if one]
    return "0x" + selector + encode(types, arguments).hex()


def encode(types, values):
    assert len(types) == len(values), f"{len(values)} arguments for {types}"
    head, tail = b"", b""
    for kind, value in zip(types, values):
        if kind.endswith("[]"):
            head += word_of(len(types) * WORD_BYTES + len(tail))
            tail += word_of(len(value)) + b"".join(word_of(one) for one in value)
        elif kind in ("bytes", "string"):
            raw = value.encode() if isinstance(value, str) and kind == "string" else bytes(value)
            head += word_of(len(types) * WORD_BYTES + len(tail))
            tail += word_of(len(raw)) + raw + bytes(-len(raw) % WORD_BYTES)
        else:
            head += word_of(value)
    return head + tail
