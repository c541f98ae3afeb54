#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Public sources of rates on a loopback port, as good and as bad as they may be: rate_source.py VECTORS

Prints the port, that of the same over TLS and the file of its own certificate (for 127.0.0.1, signed by itself), then
serves until its standard input is closed. The first part of a path is the mood in which the rest
is answered: http://127.0.0.1:PORT/html/v2/exchange-rates answers what coinbase does, as HTML. As a module: Sources,
whose moods a test may change while it serves.
"""

import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time

FILES = (
    (r"^/v2/exchange-rates\?currency=USD$", "coinbase"),
    (r"^/0/public/Ticker\?pair=BNBUSD$", "kraken_bnb"),
    (r"^/0/public/Ticker\?pair=XBTUSD,", "kraken"),
    (r"^/api/v3/ticker/price\?symbols=%5B%22TUSDUSDT%22%5D$", "binance_tusd"),
    (r"^/api/v3/ticker/price\?symbols=%5B%22BTCUSDT%22,", "binance"),
    (r"^/api/v3/simple/price\?ids=bitcoin,", "coingecko"),
    (r"^/v6/latest/USD$", "erapi"),
    (r"^/v1/latest\?base=USD$", "frankfurter"),
)
HTML = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>alert(1)</script></body></html>"
PRICE = re.compile(r'("(?:BTC|ETH|LTC|TRX|BNB|c|price|usd|EUR|USDT)":\[?"?)([0-9][0-9.e-]*)')
SLOW_PAUSE_S = 0.1
DRIFT = 0.0001


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # all are asked at once


class Sources:
    """What all of them have in common: the recorded answers, and the moods of this moment."""

    def __init__(self, vectors):
        self.vectors = vectors
        self.moods = {}  # by the first part of the path, instead of itself
        self.scale = {}  # by code: what its price is multiplied with
        self.asked = {}  # by the first part of the path: how often
        self.stopping = threading.Event()
        self.server = Server(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def serve_tls(self, folder):
        """The port, and the certificate's file."""
        key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=mirror", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        secure = Server(("127.0.0.1", 0), self.handler())
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
        return secure.server_address[1], certificate

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, mood):
        return f"http://127.0.0.1:{self.port}/{mood}"

    def recorded(self, path):
        for pattern, name in FILES:
            if re.search(pattern, path):
                with open(os.path.join(self.vectors, "rates", f"{name}.json"), encoding="utf-8") as file:
                    return name, file.read()
        return None, None

    def good(self, name, text):
        """The recorded answer with a breath of life in its coins, and the dates of today."""
        answer = json.loads(text, parse_float=str, parse_int=str)
        drift = 1 + DRIFT * (time.monotonic() % 10)
        if name == "coinbase":
            rates = answer["data"]["rates"]
            for code in ("BTC", "ETH", "LTC"):
                rates[code] = f"{float(rates[code]) / drift / self.scale.get(code, 1):.16f}"
            rates["USDT"] = f"{float(rates['USDT']) / self.scale.get('USDT', 1):.16f}"
        elif name in ("kraken", "kraken_bnb"):
            for pair, ticker in answer["result"].items():
                code = {"XXBTZUSD": "BTC", "XETHZUSD": "ETH", "XLTCZUSD": "LTC"}.get(pair, pair[:4].rstrip("U"))
                moves = 1 if pair.startswith("USD") else drift
                ticker["c"][0] = f"{float(ticker['c'][0]) * moves * self.scale.get(code, 1):.8f}"
        elif name in ("binance", "binance_tusd"):
            for ticker in answer:
                code = ticker["symbol"][:-4]
                moves = 1 if "USD" in code else drift
                ticker["price"] = f"{float(ticker['price']) * moves * self.scale.get(code, 1):.8f}"
        elif name == "coingecko":
            codes = {"bitcoin": "BTC", "ethereum": "ETH", "litecoin": "LTC", "tether": "USDT", "tron": "TRX"}
            for coin, price in answer.items():
                moves = 1 if coin in ("tether", "usd-coin", "true-usd") else drift
                price["usd"] = float(price["usd"]) * moves * self.scale.get(codes.get(coin), 1)
                price["last_updated_at"] = int(time.time())
        elif name == "erapi":
            answer["time_last_update_unix"] = int(time.time()) - 3600
            answer["rates"] = {code: float(rate) for code, rate in answer["rates"].items()}
        elif name == "frankfurter":
            answer["amount"] = 1.0
            answer["date"] = time.strftime("%Y-%m-%d", time.gmtime())
            answer["rates"] = {code: float(rate) for code, rate in answer["rates"].items()}
        return json.dumps(answer, separators=(",", ":"))

    def handler(self):
        sources = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, format, *arguments):  # pylint: disable=redefined-builtin
                pass

            def do_GET(self):
                who, _, rest = self.path[1:].partition("/")
                sources.asked[who] = sources.asked.get(who, 0) + 1
                mood = sources.moods.get(who, who)
                name, text = sources.recorded("/" + rest)
                if name is None:
                    self.answer(404, b"not found")
                    return
                getattr(self, f"mood_{mood}", self.mood_good)(name, text)

            def answer(self, status, body, **headers):
                self.send_response(status)
                for header, value in headers.items():
                    self.send_header(header, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def send_prices(self, name, text, change):
                """The good answer with every price put through `change`."""
                text = PRICE.sub(lambda found: found[1] + change(found[2]), sources.good(name, text))
                self.answer(200, text.encode())

            def mood_good(self, name, text):
                self.answer(200, sources.good(name, text).encode())

            def mood_frozen(self, _name, text):
                self.answer(200, text.encode())

            def mood_html(self, _name, _text):
                self.answer(200, HTML)

            def mood_zero(self, name, text):
                self.send_prices(name, text, lambda _price: "0")

            def mood_negative(self, name, text):
                self.send_prices(name, text, lambda price: "-" + price)

            def mood_nan(self, name, text):
                self.send_prices(name, text, lambda _price: "NaN")

            def mood_x1000(self, name, text):
                factor = 0.001 if name in ("coinbase", "erapi", "frankfurter") else 1000
                self.send_prices(name, text, lambda price: f"{float(price) * factor:.18f}")

            def mood_error(self, _name, _text):
                self.answer(500, b'{"error":"internal"}')

            def mood_limited(self, _name, text):
                self.answer(429, text.encode())

            def mood_redirect(self, name, _text):
                self.answer(302, b"", Location=f"http://127.0.0.1:{sources.port}/good/{name}")

            def mood_truncated(self, name, text):
                body = sources.good(name, text).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True

            def mood_torn(self, name, text):
                """Half of it, and nothing that says so."""
                body = sources.good(name, text).encode()
                self.answer(200, body[: len(body) // 2])

            def mood_slow(self, name, text):
                """A byte now and then: a slow loris."""
                body = sources.good(name, text).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for byte in body:
                    if sources.stopping.wait(SLOW_PAUSE_S):
                        return
                    self.send_piece(bytes((byte,)))

            def mood_silent(self, _name, _text):
                sources.stopping.wait(60)

            def mood_endless(self, _name, _text):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"data":{"currency":"USD","rates":{"')
                for _ in range(1024):
                    if sources.stopping.is_set() or not self.send_piece(b"x" * 16384):
                        return

            def mood_deep(self, _name, _text):
                self.answer(200, b"[" * 100000)

            def send_piece(self, piece):
                try:
                    self.wfile.write(piece)
                    return True
                except OSError:
                    return False

        return Handler


def main():
    sources = Sources(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="till-rates-") as folder:
        print(sources.port, *sources.serve_tls(folder), flush=True)
        sys.stdin.read()
    sources.stop()


if __name__ == "__main__":
    main()
