# SPDX-License-Identifier: MIT
"""Does the bench still run? Each of its programs and each kind of call, once and small. None of the figures means anything."""

import catch_up


def run(bench):
    bench.tool("bench_limits", "derive", 1)
    bench.tool("bench_store", "loop", f"{bench.folder}/loop.db", 1, 64)
    bench.start()
    bench.add_merchants()
    shop = bench.shops[0]
    invoices = bench.make_invoices(shop, 16)
    bench.load([bench.post(shop, "/v2/invoice/merchant/info", {"uuids": invoices})], 4, 0)
    bench.measure_pages(invoices, 0)
    bench.measure_postbacks(2, 8 * len(bench.shops))
    bench.measure_size()
    bench.measure_start(1000)
    bench.stop()
    bench.tool("bench_block", f"{bench.folder}/till.db", 1000, 10)
    store = f"{bench.folder}/catchup.db"
    catch_up.make_store(bench.build, store, 1000)
    catch_up.follow(bench.build, store, 20, 2000)
