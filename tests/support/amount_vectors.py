# SPDX-License-Identifier: MIT
"""Amounts as python's decimal and unbounded integers see them: texts, divisions and products.

Usage: amount_vectors.py OUTPUT.h. Always the same rows: the seed is fixed.
"""
import random
import re
import sys
from decimal import Decimal, getcontext

getcontext().prec = 2000
LIMIT = 1 << 128
GRAMMAR = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DECIMALS = {"BTC": 8, "ETH": 18, "USDT_TRC20": 6, "JPY": 0, "USD": 2}
BY_HAND = [
    "0", "-0", "-1", "+5", "05", "00", "0.0", ".5", "5.", "1.5.", "1e", "1e+", "1e-8", "1E2", "1e400", "1e-400",
    "1e999999999999999999999", "0e999999999999999999999", "0.00e-7", "1e30", "1e-30", "100.00", "100", "1e-19",
    "0.29", "19.99", "1,5", "1 ", " 1", "", "NaN", "Infinity", "inf", "0x10", "1_000", "\u0661", "1e5.5", "--1", "e5",
    "340282366920938463463374607431768211455", "340282366920938463463374607431768211456",
    "3402823669209384634633746074317682114.55", "3402823669209384634633746074317682114.56",
    "340282366920938463463.374607431768211455", "340282366920938463463.374607431768211456",
    "1" + "0" * 250, "1" + "0" * 300, "0." + "0" * 250 + "1", "9" * 300, "1." + "0" * 254, "0.1" + "0" * 200,
]


def parse(text):
    """Verdict and (digits, exponent) without trailing zeros."""
    if len(text.encode()) > 256:
        return "OVERFLOW", None
    if not GRAMMAR.fullmatch(text) or not text.isascii():
        return "INVALID", None
    mantissa = re.split("[eE]", text)[0]
    exponent = int(re.split("[eE]", text)[1]) if re.search("[eE]", text) else 0
    fraction = mantissa.partition(".")[2]
    digits = int(mantissa.replace(".", ""))
    exponent -= len(fraction)
    if digits == 0:
        return "OK", (0, 0)
    while digits % 10 == 0:
        digits //= 10
        exponent += 1
    if digits >= LIMIT or abs(exponent) > 400:
        return "OVERFLOW", None
    return "OK", (digits, exponent)


def text_row(asset, text):
    verdict, number = parse(text)
    if verdict == "OK":
        digits, exponent = number
        units = Decimal(digits).scaleb(exponent + DECIMALS[asset])
        if units != int(units):
            verdict = "INVALID"
        elif int(units) >= LIMIT:
            verdict = "OVERFLOW"
        else:
            units = int(units)
            plain = f"{Decimal(units).scaleb(-DECIMALS[asset]):f}"
            plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
            return verdict, units, plain
    return verdict, 0, ""


def divide(numerator, denominator, rounding):
    quotient, rest = divmod(numerator, denominator)
    if rounding == "UP":
        return quotient + (rest > 0)
    if rounding == "HALF_UP":
        return quotient + (2 * rest >= denominator)
    return quotient


def random_text(source):
    whole = str(source.randrange(10 ** source.choice([1, 2, 5, 12, 20, 38])))
    text = whole
    if source.random() < 0.7:
        text += "." + "".join(source.choice("0123456789") for _ in range(source.randrange(1, 21)))
    if source.random() < 0.3:
        text += source.choice("eE") + source.choice(["", "+", "-"]) + str(source.randrange(30))
    if source.random() < 0.1:
        cut = source.randrange(len(text))
        text = text[:cut] + source.choice("+-.e ,0x") + text[cut:]
    return text


def random_u128(source):
    return source.choice([source.getrandbits(source.randrange(1, 129)), LIMIT - 1 - source.getrandbits(3)])


def half(value):
    return f"{{UINT64_C({value >> 64}), UINT64_C({value & (LIMIT >> 64) - 1})}}"


def main():
    source = random.Random(20)
    lines = ["/* SPDX-License-Identifier: MIT */"]
    lines.append("static const struct text_row text_rows[] = {")
    for asset in DECIMALS:
        for text in BY_HAND + [random_text(source) for _ in range(300)]:
            verdict, units, plain = text_row(asset, text)
            escaped = "".join(c if c.isascii() else "".join(f"\\{b:03o}" for b in c.encode()) for c in text)
            lines.append(f'    {{"{asset}", "{escaped}", VERDICT_{verdict}, {half(units)}, "{plain}"}},')
    lines.append("};")
    lines.append("static const struct rounded_row rounded_rows[] = {")
    for asset in DECIMALS:
        for _ in range(200):
            text = random_text(source)
            verdict, number = parse(text)
            for rounding in ("UP", "DOWN", "HALF_UP"):
                units = 0
                if verdict == "OK":
                    digits, exponent = number
                    shift = exponent + DECIMALS[asset]
                    units = digits * 10**shift if shift >= 0 else divide(digits, 10**-shift, rounding)
                outcome = "OVERFLOW" if units >= LIMIT else verdict
                units = units if outcome == "OK" else 0
                lines.append(f'    {{"{asset}", "{text}", ROUND_{rounding}, VERDICT_{outcome}, {half(units)}}},')
    lines.append("};")
    lines.append("static const struct scale_row scale_rows[] = {")
    for _ in range(2000):
        a, b, c = (random_u128(source) for _ in range(3))
        c = c or 1
        for rounding in ("UP", "DOWN", "HALF_UP"):
            units = divide(a * b, c, rounding)
            outcome = "OK" if units < LIMIT else "OVERFLOW"
            units = units if outcome == "OK" else 0
            lines.append(f"    {{{half(a)}, {half(b)}, {half(c)}, ROUND_{rounding}, VERDICT_{outcome}, {half(units)}}},")
    lines.append("};")
    with open(sys.argv[1], "w", encoding="ascii") as output:
        output.write("\n".join(lines) + "\n")


main()
