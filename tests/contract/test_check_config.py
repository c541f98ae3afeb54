# SPDX-License-Identifier: MIT
"""What `tilld --check-config` says: the sample and the configurations in the documents are good, what a start would
refuse is refused with its place, and nothing is opened or made.

usage: test_check_config.py TILLD REPOSITORY
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

NODE = "http://127.0.0.1:8332"
NODE_FORM = "a node's url must be http://host:port or http://user:password@host:port"
ADDRESS_FORM = "is not an address like 127.0.0.1:8080"

# text of the file, place and words of the refusal
WRONG = [
    ("[http]\nlisten = localhost\n", "line 2: [http] listen", ADDRESS_FORM),
    ("[http]\nlisten = 127.0.0.1:99999\n", "line 2: [http] listen", ADDRESS_FORM),
    ("[http]\nmetrics = 9464\n", "line 2: [http] metrics", ADDRESS_FORM),
    ("[http]\nbase_url = pay.example\n", "line 2: [http] base_url", "must start with https:// or http://"),
    ("[http]\ntrusted_proxies = 10.0.0.0/8, nginx\n", "line 2: [http] trusted_proxies", '"nginx" is not an address'),
    ("[store]\nurl = till.db\n", "line 2: [store] url", "must be sqlite:PATH"),
    ("[postback]\nallow_hosts = localhost\n", "line 2: [postback] allow_hosts", "is not host:port"),
    ("[log]\nlevel = loud\n", "line 2: [log] level", "must be debug, info, warn or error"),
    ("[rates]\n\nfixed.LTCX_USD = 80\n", "line 3: [rates] fixed.LTCX_USD", 'no coin or currency "LTCX"'),
    ("[rates]\nfixed.LTC_USDX = 80\n", "line 2: [rates] fixed.LTC_USDX", 'no currency "USDX"'),
    ("[rates]\nfixed.LTC_USD = 80,5\n", "line 2: [rates] fixed.LTC_USD", 'not "80,5"'),
    ("[rates]\nfixed.LTC_USD = 0\n", "line 2: [rates] fixed.LTC_USD", 'not "0"'),
    (
        "[rates]\nfixed.USD_EUR = 0.9\n",
        "line 2: [rates] fixed.USD_EUR",
        "a currency is priced in USD, like fixed.EUR_USD",
    ),
    (
        "[rates]\nfixed.EUR_USD = 1.1\nfixed.EUR_GBP = 0.9\n",
        "line 3: [rates] fixed.EUR_GBP",
        "a currency is priced in USD, like fixed.EUR_USD",
    ),
    ("[rates]\nfixed.USD_USD = 1\n", "line 2: [rates] fixed.USD_USD", "a currency is priced in USD"),
    (
        "[rates]\nfixed.USDT_TRC20_USD = 1\nfixed.USDT_ERC20_USD = 0.99\n",
        "line 3: [rates] fixed.USDT_ERC20_USD",
        "fixed.USDT_TRC20_USD says another price, and USDT has one on all networks",
    ),
    ("[rates]\nsources = coinbase, krakn\n", "line 2: [rates] sources", 'no source "krakn"'),
    ("[rates]\nurl.krakn = https://a.example\n", "line 2: [rates] url.krakn", 'no source "krakn"'),
    ("[rates]\nurl.kraken = a.example\n", "line 2: [rates] url.kraken", "must be like https://"),
    ("[chain btc]\nurl = 127.0.0.1:8332\n", "line 2: [chain btc] url", NODE_FORM),
    ("[chain btc]\nurl = ftp://127.0.0.1\n", "line 2: [chain btc] url", NODE_FORM),
    (f"[chain btc]\nurl = {NODE}, {NODE}\n", "line 2: [chain btc] url", f"number 1 of them: {NODE_FORM}"),
    (f"[chain btc]\nurl = {NODE} # mine\n", "line 2: [chain btc] url", f"number 2 of them: {NODE_FORM}"),
    ("[chain eth]\nurl = wss://node.example\n", "line 2: [chain eth] url", NODE_FORM),
    (f"[chain tron]\nurl = {NODE}\nsolidity_url = 127.0.0.1\n", "line 3: [chain tron] solidity_url", NODE_FORM),
    (f"[chain tron]\nurl = {NODE}\njsonrpc_url = 127.0.0.1\n", "line 3: [chain tron] jsonrpc_url", NODE_FORM),
]
GOOD = [
    "",
    "[http]\nlisten = [::1]:8080\nbase_url = http://localhost:8080/\nmetrics = unix:/run/till/metrics.sock\n",
    f"[chain btc]\nurl = {NODE} ; mine\n[rates]\nsources =\nfixed.EUR_USD = 1.1\nfixed.USDT_USD = 1\n",
    "[rates]\nfixed.USDT_TRC20_USD = 1\nfixed.USDT_ERC20_USD = 1.00\nfixed.USDT_EUR = 0.9\n",
]


class Checker:
    def __init__(self, tilld, folder):
        self.tilld = tilld
        self.folder = folder
        self.count = 0

    def check(self, text, **variables):
        path = os.path.join(self.folder, "till.ini")
        pathlib.Path(path).write_text(text, encoding="utf-8")
        ran = subprocess.run(
            [self.tilld, "--config", path, "--check-config"],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def report(self, name, problems):
        self.count += 1
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}".replace("\n", "\n# "))

    def problems_of(self, text):
        status, said = self.check(text)
        return [] if status == 0 and said == "the configuration is good\n" else [f"{text}{status}: {said}"]


def with_every_key(sample):
    return re.sub(r"^# (\[chain |[A-Za-z_0-9.]+ = )", r"\1", sample, flags=re.MULTILINE)


def blocks_of(document):
    """The indented blocks of a document that are sections of a configuration, as they stand there."""
    blocks = re.split(r"\n(?! {4})", document)
    return [
        part + "\n"
        for block in blocks
        for part in re.findall(r"^ {4,}\[(?:http|store|rates|chain [a-z]+)\]\n(?: {4,}\S.*(?:\n|$))*", block + "\n", re.MULTILINE)
    ]


def main():
    tilld, repository = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    sample = (repository / "packaging" / "till.ini").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(tilld, folder)
        checker.report("the sample is good", checker.problems_of(sample))
        checker.report("the sample is good with every key", checker.problems_of(with_every_key(sample)))
        documents = [repository / "README.md", *sorted((repository / "docs").glob("*.md"))]
        blocks = [block for path in documents for block in blocks_of(path.read_text(encoding="utf-8"))]
        assert len(blocks) >= 4, blocks
        checker.report("what the documents show is good", [at for block in blocks for at in checker.problems_of(block)])
        checker.report("what is good is not refused", [at for text in GOOD for at in checker.problems_of(text)])
        for text, place, words in WRONG:
            status, said = checker.check(text)
            is_refused = status == 1 and place in said and words in said
            checker.report(f"{place} is refused: {words}", [] if is_refused else [f"{text}{status}: {said}"])
        status, said = checker.check("", TILL_HTPP_LISTEN="hidden", TILL_API_KEY="of a shop")
        is_told = status == 0 and said.count("variable_ignored") == 1 and "TILL_HTPP_LISTEN" in said
        checker.report(
            "a variable that names nothing is told, without its value",
            [] if is_told and "hidden" not in said else [f"{status}: {said}"],
        )
        left = sorted(os.listdir(folder))
        checker.report("nothing is made", [] if left == ["till.ini"] else left)
    print(f"1..{checker.count}")


main()
