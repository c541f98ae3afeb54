/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_RATES_HTTP_ANSWER_H
#define TILL_ADAPTERS_RATES_HTTP_ANSWER_H

/* What the public price lists answer, each in its own shape, brought into one. Numbers stay text
 * until core reads them. A list that calls anything of ours zero, negative or no number is refused
 * whole; what it leaves out is left out. Nothing that a source wrote is kept but numbers and dates.
 */

#include "base/bytes.h"
#include "base/result.h"
#include "core/rate_board.h"

struct json_reader;

/* Fills `ret_report`; failures are the reader's. */
typedef void rate_decode_fn(struct json_reader *reader, struct rate_report *ret_report);

/* {"data":{"currency":"USD","rates":{"EUR":"0.92","BTC":"0.0000163"}}}: what a dollar buys. USDC is
 * left out: Coinbase prices it at one dollar by decree. */
rate_decode_fn answer_coinbase;
/* {"error":[],"result":{"XXBTZUSD":{"c":["61234.5","0.01"]}}}: the last trade. */
rate_decode_fn answer_kraken;
/* [{"symbol":"BTCUSDT","price":"61234.50000000"}]: in USDT. */
rate_decode_fn answer_binance;
/* {"bitcoin":{"usd":61234.5,"last_updated_at":1711356300}} */
rate_decode_fn answer_coingecko;
/* {"result":"success","time_last_update_unix":1711324951,"base_code":"USD","rates":{"EUR":0.92}} */
rate_decode_fn answer_erapi;
/* {"amount":1.0,"base":"USD","date":"2024-03-25","rates":{"EUR":0.92}}: the ECB's. */
rate_decode_fn answer_frankfurter;

/* Decodes a whole answer. The detail lives in `arena`, which also serves as scratch memory. */
struct result answer_decode(struct arena *arena, rate_decode_fn *decode, struct bytes answer,
                            struct rate_report *ret_report);

#endif
