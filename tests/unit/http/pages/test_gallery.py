# SPDX-License-Identifier: MIT
"""Every state of the payer's page in every language: well-formed, light, alone, readable, scannable (TAP).

usage: test_gallery.py PAGE_GALLERY CHECKOUT_CSS
"""

import base64
import gzip
import hashlib
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PAGE_BYTES_MAX = 15 * 1024
SCRIPT_BYTES_MAX = 4 * 1024
# The page `token` of the gallery: wallets read the bare address best, so it comes first.
TOKEN_ADDRESS = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TOKEN_URI = (
    "ethereum:0x0000000000085d4780B73119b644AE5ecd22b376@1/transfer"
    f"?address={TOKEN_ADDRESS}&uint256=27182818280000000000"
)
VOID = {"meta", "link", "input", "wbr", "br", "img", "hr"}
CONTRAST_TEXT = 4.5  # WCAG 2.2, 1.4.3
CONTRAST_SHAPE = 3.0  # 1.4.11


class Page(html.parser.HTMLParser):
    """Collects elements; complains about what a strict reader would not have to guess at."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.elements, self.problems, self.texts = [], [], [], {}
        self.feed(text)
        self.close()
        if self.stack:
            self.problems.append(f"not closed: {self.stack}")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.stack[-1:]}")
        else:
            self.stack.pop()

    def handle_data(self, data):
        if self.stack:
            self.texts[self.stack[-1]] = self.texts.get(self.stack[-1], "") + data

    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


def problems_of_form(page):
    problems = list(page.problems)
    ids = page.ids()
    problems += [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    tags = [tag for tag, _ in page.elements]
    problems += [f"{tags.count(tag)} <{tag}>" for tag in ("title", "main", "h1") if tags.count(tag) != 1]
    for tag, attributes in page.elements:
        if tag == "label" and attributes.get("for") not in ids:
            problems.append("a label for nothing")
        if tag in ("svg", "progress") and not {"aria-label", "aria-hidden"} & set(attributes):
            problems.append(f"<{tag}> without a name")
    return problems


def problems_of_company(page, policy):
    """Nothing from outside, and nothing inline that the policy does not name."""
    problems = []
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            if name.startswith("on") or name == "style":
                problems.append(f"<{tag} {name}>")
            if name in ("src", "srcset", "data", "poster") or (tag == "link" and name == "href" and value != "data:,"):
                problems.append(f"<{tag} {name}={value}> is another request")
    for tag in ("style", "script"):
        if tag in page.texts:
            digest = base64.b64encode(hashlib.sha256(page.texts[tag].encode()).digest()).decode()
            if f"{tag}-src 'sha256-{digest}'" not in policy:
                problems.append(f"the policy does not name our <{tag}>")
    if re.search(r"url\(|@import", page.texts.get("style", "")):
        problems.append("the style loads something")
    return problems


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def themes_of(css):
    """The colours of each state in each scheme: (what, {name: colour})."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    base = {}
    for scheme, text in (("light", light), ("dark", dark[: dark.index("\n}\n")])):
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*--[^{}]*)\}", text):
            colours = dict(re.findall(r"(--[\w-]+):\s*(#\w+)", body))
            if ":root" in selector:
                base[scheme] = {**base.get("light", {}), **colours}
            yield f"{scheme} {' '.join(selector.split())}", {**base[scheme], **colours}


def problems_of_colour(css):
    problems = []
    for what, colour in themes_of(css):
        pairs = [
            ("--ink", "--card", CONTRAST_TEXT),
            ("--ink", "--mark-soft", CONTRAST_TEXT),
            ("--quiet", "--card", CONTRAST_TEXT),
            ("--mark", "--card", CONTRAST_TEXT),
            ("--mark", "--mark-soft", CONTRAST_TEXT),
            ("--on-mark", "--mark", CONTRAST_TEXT),
            ("--mark", "--line", CONTRAST_SHAPE),
        ]
        for one, other, least in pairs:
            ratio = contrast(colour[one], colour[other])
            if ratio < least:
                problems.append(f"{what}: {one} on {other} is {ratio:.2f}, {least} is needed")
    return problems


def codes_of(text, folder):
    """What a scanner reads from the page's QR codes, drawn large."""
    read = []
    for width, path in re.findall(r'<svg class="code"[^>]*viewBox="0 0 (\d+) .*?<path stroke="#000" d="([^"]*)"', text):
        size, scale = int(width), 4
        rows = [bytearray(b"\xff" * size * scale) for _ in range(size * scale)]
        x = y = 0
        for move, dx, dy, run in re.findall(r"([Mm])(\d+) ([\d.]+)h(\d+)", path):
            x, y = (int(dx), int(float(dy))) if move == "M" else (x + int(dx), y)
            for row in rows[y * scale : (y + 1) * scale]:
                row[x * scale : (x + int(run)) * scale] = bytes(int(run) * scale)
            x += int(run)
        image = pathlib.Path(folder) / "code.pgm"
        image.write_bytes(b"P5 %d %d 255\n" % (size * scale, size * scale) + b"".join(rows))
        found = subprocess.run(["zbarimg", "-q", "--raw", image], capture_output=True, text=True, check=False)
        read.append(found.stdout.strip())
    return read


class Tap:
    def __init__(self):
        self.count = 0

    def report(self, name, problems):
        self.count += 1
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems[:20]:
            print(f"# {problem}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")


def main():
    gallery, css_path = sys.argv[1:]
    css = pathlib.Path(css_path).read_text(encoding="utf-8")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        policy = subprocess.run([gallery, folder], capture_output=True, text=True, check=True).stdout.strip()
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder).iterdir())}
        pages = {name: Page(text) for name, text in texts.items()}

        def of_all(judge):
            return [f"{name}: {problem}" for name, page in pages.items() for problem in judge(page)]

        tap.report("every page is well-formed", of_all(problems_of_form))
        tap.report("no page needs another request or anything the policy forbids",
                   of_all(lambda page: problems_of_company(page, policy)))
        weights = {name: len(gzip.compress(text.encode(), 9)) for name, text in texts.items()}
        print(f"# the heaviest page has {max(weights.values())} bytes")
        tap.report("no page is heavier than 15 KB",
                   [f"{name}: {weight}" for name, weight in weights.items() if weight > PAGE_BYTES_MAX])
        script = len(pages["waiting.en"].texts["script"].encode())
        tap.report("the script is smaller than 4 KB", [f"{script} bytes"] if script > SCRIPT_BYTES_MAX else [])
        tap.report("colours have the contrast of WCAG AA in both schemes", problems_of_colour(css))
        tap.report("right-to-left languages turn the page",
                   [] if '<html lang="ar" dir="rtl">' in texts["waiting.ar"] else ["ar is not rtl"])
        tap.report("who does not see a code hears what it is", [
            name for name, words in (("waiting.fr", "Code QR : LTC ltc1q8c6"), ("token.ru", "QR-код: TUSD 0xfB69"))
            if f'<svg class="code" role="img" aria-label="{words}' not in texts[name]
        ])
        name = "a scanner reads from the codes what the page says"
        if shutil.which("zbarimg") is None:
            tap.skip(name, "zbarimg (zbar-tools) is missing")
        else:
            address = "ltc1q8c6fshw2dlwun7ekn9qwf37cu2rn755u9ym7p0"
            wanted = {
                "waiting.en": [f"litecoin:{address}?amount=0.31248047", address],
                "partial.zh": [f"litecoin:{address}?amount=0.21248047", address],
                "token.en": [TOKEN_ADDRESS, TOKEN_URI],
            }
            tap.report(name, [
                f"{name}: {read}" for name, codes in wanted.items() if (read := codes_of(texts[name], folder)) != codes
            ])
    print(f"1..{tap.count}")


main()
