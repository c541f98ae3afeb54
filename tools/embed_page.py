#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""embed_page.py CSS JS OUTPUT.c: a page's style and script as C texts, with the hashes by which its policy names them.

What only people need, comments and layout, stays behind. The script loses comments, indentation and the ends of
lines that go on or are closed, no more: a cleverer tool would have to understand it.
"""

import base64
import hashlib
import re
import sys


def squeeze_css(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>~])\s*", r"\1", text)
    text = re.sub(r":\s+", ":", text)
    return text.replace(";}", "}").strip()


def squeeze_js(text):
    text = re.sub(r"/\*.*?\*/ ?", "", text, flags=re.DOTALL)
    lines = [line.strip() for line in text.split("\n")]
    if any("//" in line[1:] for line in lines):
        sys.exit("embed_page.py: a comment of the script stands on a line of its own")
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    text = re.sub(r"( ?{|[;,(])\n", lambda end: end[1].strip(), text)
    return re.sub(r"\n}", "}", text)


def c_text(name, text):
    parts = [text[at : at + 90] for at in range(0, len(text), 90)]
    escaped = (part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for part in parts)
    lines = "\n".join(f'    "{part}"' for part in escaped)
    return f"const char {name}[] =\n{lines};\n"


def hash_of(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main():
    css_path, js_path, out_path = sys.argv[1:]
    with open(css_path, encoding="utf-8") as file:
        css = squeeze_css(file.read())
    with open(js_path, encoding="utf-8") as file:
        js = squeeze_js(file.read())
    if not (css + js).isascii() or "</" in css + js:
        sys.exit("embed_page.py: ASCII only, and no end tag inside")
    with open(out_path, "w", encoding="utf-8") as out:
        out.write('/* Made by tools/embed_page.py. */\n#include "http/pages/checkout_gen.h"\n\n')
        out.write(c_text("checkout_css", css))
        out.write(c_text("checkout_css_hash", hash_of(css)))
        out.write(c_text("checkout_js", js))
        out.write(c_text("checkout_js_hash", hash_of(js)))


main()
