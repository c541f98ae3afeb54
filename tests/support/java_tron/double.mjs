/* SPDX-License-Identifier: MIT */
// double.mjs NODE_PORT PORT [CHAIN_ID]: a double of java-tron in front of an EVM node (anvil), on loopback.
//
// What it answers, all on one port:
//   /wallet/NAME and /walletsolidity/NAME   the HTTP API (http_api.mjs), GET or POST, with `visible`
//   /jsonrpc                                the JSON-RPC (json_rpc.mjs), batches too
//   /double/...                             what a test says to the double itself, below
//
// It keeps to what is known of java-tron 4.8: the limits (5000 blocks, 1000 topics at a place, 10000 results, 100 in a
// batch), the tags (latest, earliest, finalized; not pending, not safe), addresses of 20 bytes in JSON-RPC, of 21 that
// begin with 41 in the HTTP API, ids of blocks that begin with eight bytes of height, an empty bloom and receiptsRoot,
// HTTP 200 for nearly everything, {"Error": ...} in place of an answer, {} and [] for what is not there. JSON leaves
// out zeros: the first block has no `number`, an empty block no `transactions`. eth_getLogs by the hash of a block that
// was replaced gives the logs of the block that is now at its height.
// Ids are honest: a block's is the hash of its header's protobuf (except its height, and the chain's id at the end of
// the first one's), txTrieRoot the tree over the transactions, a transaction's id the hash of raw_data_hex; the rules are
// those that give real blocks their ids (tests/vectors/nodes/tron_blocks.json).
// What it lacks: votes and signatures are made up; contracts stand at the addresses that the EVM node gave them; energy
// and fees are numbers without meaning; time is the EVM node's.
//
// One TRX is one whole coin of the EVM node (1 sun = 10^12 wei). A transfer to an address without code is a
// TransferContract, everything else a TriggerSmartContract or CreateSmartContract; calls of 0x..1010 and 0x..1011 show as
// TransferAssetContract and FreezeBalanceV2Contract (chain.mjs). A failed transaction is REVERT, or OUT_OF_ENERGY if it
// used all its gas.
//
// POST /double/settings {NAME: VALUE, ...}   changes some of the settings below
// POST /double/faults [FAULT, ...]           what goes wrong from now on, in place of what did until now:
//   {on: "text in the path or the method's name", kind: KIND, times: how often (without it: always), after: let so many pass}
//   KIND is one of  status   answers with `status` and `body` (429, 403, 503, ...)
//                   error    HTTP 200 with {"Error": `message`}
//                   html     a challenge page, HTTP 200
//                   empty    {} or [], for JSON-RPC null or []
//                   replace  `body` in place of the answer (for JSON-RPC of its result)
//                   less     the list in the answer without its last, or only its first `keep`
//                   hang     no answer at all
//                   cut      half of the answer, then the connection is closed
// GET /double/calls                          {"what was asked": how often}; DELETE sets them back
// GET /double/txid?hash=0x..                 Tron's id of a transaction of the EVM node; null if it is in no block yet

import http from "node:http";
import { Chain } from "./chain.mjs";
import { answer_http } from "./http_api.mjs";
import { answer_json_rpc } from "./json_rpc.mjs";

const BODY_MAX = 16 * 2 ** 20;
const [, , node_port, port, chain_id = "3448148188"] = process.argv; // else Nile's

const settings = {
  chain_id: BigInt(chain_id),
  solid_lag: 19, // how far the solidified head is behind
  solid_number: null, // where it stands still, if it does
  json_rpc: true, // a node may have it switched off
  blocks_max: 5000, // in a range of eth_getLogs
  topics_max: 1000, // at one place
  results_max: 10_000,
  finalized_tag: true, // old versions do not know it
  api_key: null, // wanted in the header TRON-PRO-API-KEY
  internal_transactions: false, // kept, as by a node that is told to (vm.saveInternalTx)
  timestamp_divisor: 1, // 1000 gives seconds in place of milliseconds
  contract_ret: {}, // {the EVM node's hash: another result}, for transactions that are not in a block yet
  omit: [], // transactions whose logs are kept from JSON-RPC
};
const chain = new Chain(`http://127.0.0.1:${node_port}`, settings);
const calls = {};
let faults = [];

const JAVA_BUSY = "class java.lang.IllegalAccessException : lack of computing resources";
const CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>";

async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    parts.push(part);
    size += part.length;
    if (size > BODY_MAX) throw new Error("the body is too large");
  }
  return Buffer.concat(parts).toString();
}

function send(response, status, body, type = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** The first fault that fits and has not been used up. */
function take_fault(names) {
  const fault = faults.find((one) => names.some((name) => name.includes(one.on)) && one.times !== 0);
  if (!fault) return null;
  if (fault.after > 0) {
    fault.after--;
    return null;
  }
  if (fault.times !== undefined) fault.times--;
  return fault;
}

function less(told, fault) {
  if (Array.isArray(told)) return told.slice(0, fault.keep ?? -1);
  const key = ["block", "transactions"].find((name) => Array.isArray(told?.[name]));
  return key ? { ...told, [key]: less(told[key], fault) } : told;
}

function spoil(response, fault, answer, is_json_rpc) {
  const in_place = (result) => (is_json_rpc ? { ...answer, result } : result);
  const is_list = Array.isArray(is_json_rpc ? answer?.result : answer);
  switch (fault.kind) {
    case "status":
      return send(response, fault.status, fault.body ?? { Error: `status ${fault.status}` });
    case "error":
      return send(response, 200, { Error: fault.message ?? JAVA_BUSY });
    case "html":
      return send(response, fault.status ?? 200, CHALLENGE, "text/html");
    case "empty":
      return send(response, 200, in_place(is_list ? [] : is_json_rpc ? null : {}));
    case "replace":
      return send(response, 200, in_place(fault.body));
    case "less":
      return send(response, 200, in_place(less(is_json_rpc ? answer.result : answer, fault)));
    case "hang":
      return undefined;
    case "cut": {
      const text = JSON.stringify(answer);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      return response.write(text.slice(0, text.length / 2), () => response.destroy());
    }
    default:
      throw new Error(`unknown fault ${fault.kind}`);
  }
}

function told_time(answer) {
  if (settings.timestamp_divisor === 1) return answer;
  const changed = (key, value) =>
    key === "timestamp" || key === "blockTimeStamp" ? Math.floor(value / settings.timestamp_divisor) : value;
  return JSON.parse(JSON.stringify(answer), changed);
}

async function control(request, response, path, url) {
  const body = await read(request);
  if (path === "/double/settings") Object.assign(settings, JSON.parse(body));
  else if (path === "/double/faults") faults = JSON.parse(body);
  else if (path === "/double/calls" && request.method === "DELETE") for (const key in calls) delete calls[key];
  else if (path === "/double/calls") return send(response, 200, calls);
  else if (path === "/double/txid") {
    await chain.sync();
    return send(response, 200, JSON.stringify(chain.id_by_hash.get(url.searchParams.get("hash")) ?? null));
  } else return send(response, 404, {});
  return send(response, 200, {});
}

async function answer_of(path, body, url) {
  if (path === "/jsonrpc") return settings.json_rpc ? answer_json_rpc(chain, JSON.parse(body)) : undefined;
  const [, folder, name] = /^\/(wallet|walletsolidity)\/(\w+)$/.exec(path) ?? [];
  if (!name) return undefined;
  const parameters = body ? JSON.parse(body) : Object.fromEntries(url.searchParams);
  return told_time(await answer_http(chain, folder, name, parameters));
}

function count(names) {
  for (const name of names) calls[name] = (calls[name] ?? 0) + 1;
}

function methods_of(body) {
  try {
    return [JSON.parse(body)].flat().map((one) => String(one.method));
  } catch {
    return [];
  }
}

async function serve(request, response) {
  const url = new URL(request.url, "http://double");
  const path = url.pathname.replace(/\/+/g, "/");
  if (path.startsWith("/double/")) return control(request, response, path, url);
  const body = await read(request);
  const is_json_rpc = path === "/jsonrpc";
  const names = [path, ...(is_json_rpc ? methods_of(body) : [])];
  count(is_json_rpc ? names : [path]);
  if (settings.api_key && request.headers["tron-pro-api-key"] !== settings.api_key) {
    return send(response, 401, { Error: "ApiKey not exists" });
  }
  const fault = take_fault(names);
  if (fault?.kind === "hang") return undefined;
  await chain.sync();
  const answer = await answer_of(path, body, url);
  if (fault) return spoil(response, fault, answer, is_json_rpc);
  if (answer === undefined) return send(response, 404, "<html><body>HTTP ERROR 404 Not Found</body></html>", "text/html");
  return send(response, 200, answer);
}

const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(`${request.url}: ${error.stack}`);
    if (!response.headersSent) send(response, 200, { Error: `class java.lang.Exception : ${error.message}` });
  });
});
server.listen(Number(port), "127.0.0.1");
