# SPDX-License-Identifier: MIT
"""The HTTP server under the proxies that stand before nodes."""

import http.server


class ProxyServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_):
        """A client that is killed hangs up as it likes."""
