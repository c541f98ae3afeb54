#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Merchants' servers on loopback that speak TLS rightly and wrongly: tls_receiver.py DIR

Makes a certificate authority and a certificate for each case in DIR with openssl, prints "CASE PORT" for each and
"ready", then answers 200 to every request until its standard input is closed.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_key(name):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")


def make_authority(name):
    make_key(name)
    openssl("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "30", "-out", f"{name}.pem")


def make_certificate(name, alt_name, authority="ca", days="30"):
    """Signed by `authority`, or by itself when that is None. A negative count of days has expired."""
    make_key(name)
    with open(f"{name}.ext", "w", encoding="ascii") as file:
        file.write(f"subjectAltName={alt_name}\nbasicConstraints=CA:FALSE\n")
    openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
    signer = ["-signkey", f"{name}.key"]
    if authority:
        signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"]
    openssl("x509", "-req", "-in", f"{name}.csr", *signer, "-days", days, "-extfile", f"{name}.ext", "-out",
            f"{name}.pem")


def serve_connection(connection, context, needs_name):
    def check_name(_socket, name, _context):
        return None if name == needs_name else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    try:
        if context is None:
            connection.recv(100)  # the client's first words, then nothing but a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return
        if needs_name:
            context.sni_callback = check_name
        with context.wrap_socket(connection, server_side=True) as secure:
            waiting = b""
            while True:
                more = secure.recv(65536)
                if not more:
                    return
                waiting += more
                while b"\r\n\r\n{}" in waiting:
                    waiting = waiting.split(b"\r\n\r\n{}", 1)[1]
                    secure.sendall(ANSWER)
    except OSError:
        pass
    finally:
        connection.close()


def serve(case, context, needs_name=None):
    listener = socket.create_server(("127.0.0.1", 0))
    print(case, listener.getsockname()[1])

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve_connection, args=(connection, context, needs_name), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def context_of(name, highest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if highest:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = highest
    context.load_cert_chain(f"{name}.pem", f"{name}.key")
    return context


def main():
    os.chdir(sys.argv[1])
    make_authority("ca")
    make_authority("stranger")
    make_certificate("good", "DNS:shop.example,IP:127.0.0.1")
    make_certificate("expired", "DNS:shop.example,IP:127.0.0.1", days="-1")
    make_certificate("other_host", "DNS:other.example,IP:127.0.0.2")
    make_certificate("self_signed", "DNS:shop.example,IP:127.0.0.1", authority=None)
    make_certificate("unknown_authority", "DNS:shop.example,IP:127.0.0.1", authority="stranger")
    for case in ("good", "expired", "other_host", "self_signed", "unknown_authority"):
        serve(case, context_of(case))
    serve("old_protocol", context_of("good", ssl.TLSVersion.TLSv1_1))
    serve("needs_name", context_of("good"), needs_name="shop.example")
    serve("reset", None)
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
