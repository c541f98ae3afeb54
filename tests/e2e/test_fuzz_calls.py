# SPDX-License-Identifier: MIT
"""Every merchant call with inputs that know its structure and break it: right requests, mutated at random, for a minute.
tilld neither falls nor answers 500 nor takes long, and all it says is what the contract says."""

import json
import os
import random
import time

from support.contract import FORM, JSON, MULTIPART
from support.contract_world import ContractWorld, paths_of, replaced, without
from support.marks import limit
from support.wire import BOUNDARY, Wire, body_of, form_of

FUZZ_S = int(os.environ.get("TILL_FUZZ_SECONDS", "65"))
SLOW_S = 20  # with sanitizers, on a machine that runs other tests
TARGET_BYTES_MAX = 7000
TEXTS = (
    "", " ", "0", "-0", "-1", "1e3", "1E400", "0x10", "1,5", ".5", "5.", "٣", "NaN", "Infinity", "null", "true", "USD ",
    "usd", "ZZZ", "LTC", "USDT_TRC20", "INV-", "INV-INV-AAAAAAAA", "inv-aaaaaaaa", "31.02.2027", "1.1.1", "01.01.0000",
    "31.12.9999", "0.00000001", "0.000000000000000000001", "99999999999999999999.99", "a\0b", "\u202e", "\ufeff", "é" * 127,
    "💶" * 64, "x" * 254, "x" * 255, "x" * 256, "x" * 4096, "'\";--", "<script>", "%00", "../../etc", "{}", "[]", "a&b=c", "\r\nX: y",
)
NUMBERS = (0, 1, -1, 0.1, 1.5, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**18, 10**40, 1e-9, 1e300, -0.0)
TYPES = (JSON, FORM, "application/json; charset=utf-8", MULTIPART, "multipart/form-data; boundary=x", "text/plain", "", None)
PIECES = (
    b"\0", b"\xff", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"&", b"=", b"%", b"+", b"\\u0000", b"\\ud800", b"1e999999999",
    b"null", b"//", b"[" * 200, b'{"a":' * 60, b"%5B" * 20, b"[a][b][c][d][e][f]=1",
    b"\r\n", b"--", BOUNDARY.encode(), b"; filename=",
)


class Mutator:
    def __init__(self, rng):
        self._rng = rng

    def value(self, depth=0):
        kind = self._rng.randrange(8)
        if kind < 3:
            return self._rng.choice(TEXTS)
        if kind < 5:
            return self._rng.choice(NUMBERS)
        if kind == 5:
            return self._rng.choice((None, True, False))
        if depth > 3:
            return "deep"
        inner = [self.value(depth + 1) for _ in range(self._rng.choice((0, 1, 2, 101, 130)) if depth == 0 else 2)]
        return inner if kind == 6 else {str(i): one for i, one in enumerate(inner)}

    def bend(self, fields):
        """One to three values of it are others, gone, or new."""
        for _ in range(self._rng.randint(1, 3)):
            places = list(paths_of(fields))
            kind = self._rng.randrange(6)
            if kind == 0 or not places:
                fields = {**(fields or {}), self._rng.choice(TEXTS): self.value()}
            elif kind == 1:
                fields = without(fields, self._rng.choice(places))
            elif kind == 2:
                fields = replaced(fields, self._rng.choice(places), [self.value() for _ in range(3)])
            else:
                fields = replaced(fields, self._rng.choice(places), self.value())
        return fields

    def text(self, body):
        """Its bytes, hurt in one to four places."""
        for _ in range(self._rng.randint(1, 4)):
            at = self._rng.randint(0, len(body))
            to = min(len(body), at + self._rng.choice((0, 0, 1, 2, 8)))
            kind = self._rng.randrange(4)
            if kind == 0:
                body = body[:at]
            elif kind == 1:
                body = body[:at] + bytes([self._rng.randrange(256)]) + body[to:]
            elif kind == 2:
                body = body[:at] + body[at:to] * self._rng.choice((2, 50)) + body[to:]
            else:
                body = body[:at] + self._rng.choice(PIECES) + body[to:]
        return body[:60000]

    def headers(self):
        headers = {}
        if self._rng.randrange(4) == 0:
            headers["Idempotency-Key"] = self._rng.choice(("a", "b", "", " ", "x" * 255, "x" * 256, "caf\xe9", "a\tb", "a,b"))
        if self._rng.randrange(8) == 0:
            headers["Accept-Encoding"] = "gzip;q=0, *;q=0.5"
        return headers

    def request(self, operation, query, body):
        """(query, bytes or None, content type, headers)"""
        kind = self._rng.choice((JSON, FORM, MULTIPART))
        if query and self._rng.randrange(3):
            query = {key: value if isinstance(value, str) else "x" for key, value in self.bend(query).items()}
            query = query if len(form_of(query)) < TARGET_BYTES_MAX else {}
        fields = self.bend(body) if self._rng.randrange(5) else body
        try:
            data = body_of(fields, kind)
        except UnicodeEncodeError:
            data = b""
        if data is not None and self._rng.randrange(3) == 0:
            data = self.text(data)
        if self._rng.randrange(10) == 0:
            kind = self._rng.choice(TYPES)
        return query, data, kind, self.headers()


def keys_of(world, operation):
    own = [world.key_for(operation)] * 12 + [world.shop.api_key]
    return own + [*world.weak_keys.values(), world.wrong_key, "", " ", "a.b.c", "é".encode().decode("latin-1"), None]


def exchange(world, wire, operation, sent, key):
    query, data, kind, headers = sent
    try:
        reply = wire.call(operation.method, operation.path, key, data, kind, headers, query)
        assert reply.seconds < SLOW_S, f"took {reply.seconds:.1f} s"
        world.contract.check_reply(operation, reply)
    except Exception as failure:
        shown = json.dumps(repr(sent))[:2500]
        raise AssertionError(f"{operation} key={key!r:.60}: {failure!r}\nrequest: {shown}") from failure
    return reply


def _missed(calls, counts):
    """The operations to which nothing that was sent succeeded."""
    return [operation.name for operation in calls if not counts.get((operation.name, 200))]


@limit(2 * FUZZ_S + 170)
def test_no_input_makes_a_merchant_call_fall_fail_or_hang(stage):
    seed = int(os.environ.get("TILL_FUZZ_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed} (TILL_FUZZ_SEED repeats it)", flush=True)
    rng = random.Random(seed)
    mutator = Mutator(rng)
    world = ContractWorld(stage)
    calls = world.contract.calls()
    requests = {operation.name: world.request(operation) for operation in calls}
    keys = {operation.name: keys_of(world, operation) for operation in calls}
    counts = {}
    slowest = 0
    deadline = time.monotonic() + FUZZ_S
    with Wire(world.tilld.port) as wire:
        while time.monotonic() < deadline or (_missed(calls, counts) and time.monotonic() < deadline + FUZZ_S):
            for operation in calls:
                sent = mutator.request(operation, *requests[operation.name])
                reply = exchange(world, wire, operation, sent, rng.choice(keys[operation.name]))
                slowest = max(slowest, reply.seconds)
                place = (operation.name, reply.status)
                counts[place] = counts.get(place, 0) + 1
    assert not _missed(calls, counts), f"never well: {_missed(calls, counts)}: the mutations are too wild to reach far"
    for operation in calls:
        reply = world.send(operation, query=requests[operation.name][0], body=world.request(operation)[1])
        assert reply.status == 200, f"after all that, a right call to {operation}: {reply}"
    statuses = {}
    for (_, status), count in counts.items():
        statuses[status] = statuses.get(status, 0) + count
    print(f"{sum(counts.values())} requests, slowest {slowest * 1000:.0f} ms, by status {dict(sorted(statuses.items()))}")
