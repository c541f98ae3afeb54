# SPDX-License-Identifier: MIT
"""Compares our JSON reader's verdicts with those of python3's json and of jansson (TAP).

usage: test_json_verdicts.py JSON_VERDICT VERDICTS_TXT
"""

import ctypes
import ctypes.util
import json
import re
import struct
import subprocess
import sys

JSON_REJECT_DUPLICATES, JSON_DECODE_ANY = 1, 4


def document_of(text):
    """<5b 5d> is bytes, <5b*33> one byte many times; everything else stands for itself."""
    parts = re.split(r"<([0-9a-f]{2}(?:\*\d+|(?: [0-9a-f]{2})*))>", text)
    document = parts[0].encode()
    for code, plain in zip(parts[1::2], parts[2::2]):
        byte, _, times = code.partition("*")
        document += bytes.fromhex(byte) * int(times) if times else bytes.fromhex(code)
        document += plain.encode()
    return document


def load(path):
    cases = []
    for number, line in enumerate(open(path, encoding="utf-8").read().splitlines(), 1):
        if line and not line.startswith("#"):
            verdict, differences, text = (line.split(" ", 2) + [""])[:3]
            assert verdict in ("accept", "refuse"), f"line {number}: {line}"
            names = set() if differences == "-" else set(differences.split(","))
            assert names <= {"python", "jansson"}, f"line {number}: {line}"
            cases.append((number, verdict, names, text, document_of(text)))
    return cases


def python_verdict(document):
    try:
        json.loads(document.decode("utf-8"))
        return "accept"
    except (ValueError, RecursionError):
        return "refuse"


def jansson_library():
    name = ctypes.util.find_library("jansson")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.json_loadb.restype = ctypes.c_void_p
    library.json_loadb.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    return library


def jansson_verdict(library, document):
    flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY
    # The values are not freed: json_decref is a macro, and the process ends in a moment.
    return "accept" if library.json_loadb(document, len(document), flags, None) else "refuse"


def our_verdicts(program, cases):
    sent = b"".join(struct.pack(">I", len(case[4])) + case[4] for case in cases)
    done = subprocess.run([program], input=sent, stdout=subprocess.PIPE, check=True, timeout=60)
    answers = done.stdout.decode().splitlines()
    assert len(answers) == len(cases), f"{len(answers)} answers to {len(cases)} documents"
    return answers


def main():
    program, path = sys.argv[1:]
    cases = load(path)
    answers = our_verdicts(program, cases)
    jansson = jansson_library()
    wrong = {"ours": [], "python": [], "jansson": []}
    opposite = {"accept": "refuse", "refuse": "accept"}
    for (number, verdict, differences, text, document), answer in zip(cases, answers):
        ours = "accept" if answer == "accept" else "refuse"
        if ours != verdict or answer.startswith("reads differently"):
            wrong["ours"].append(f"line {number}: {text[:60]}: {answer}")
        others = {"python": python_verdict(document)}
        if jansson is not None:
            others["jansson"] = jansson_verdict(jansson, document)
        for name, theirs in others.items():
            expected = opposite[verdict] if name in differences else verdict
            if theirs != expected:
                wrong[name].append(f"line {number}: {text[:60]}: {name} says {theirs}")

    print("1..3")
    titles = {
        "ours": f"{len(cases)} documents get the verdict written down, however they are cut",
        "python": "python3's json differs only where we say so",
        "jansson": "jansson differs only where we say so",
    }
    for count, (name, title) in enumerate(titles.items(), 1):
        if name == "jansson" and jansson is None:
            print(f"ok {count} - {title} # SKIP the jansson library is not installed")
            continue
        print(f"{'not ok' if wrong[name] else 'ok'} {count} - {title}")
        for line in wrong[name]:
            print(f"# {line!a}")
    return 1 if any(wrong.values()) else 0


sys.exit(main())
