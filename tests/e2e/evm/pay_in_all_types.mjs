/* SPDX-License-Identifier: MIT */
// pay_in_all_types.mjs URL TO WEI: sends the same sum by a transaction of each type that ethers, a client that is not ours,
// can sign for an ordinary payer; they wait to be mined. Prints their ids as JSON: {"0": "0x..", ...}.

import { JsonRpcProvider, Network, Wallet } from "ethers";

// The fourth of anvil's accounts, all of which are public. Nobody else in these tests pays from it.
const KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";
const [, , url, to, wei] = process.argv;
const chain_id = Number(await (await fetch(url, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
})).json().then((answer) => answer.result));
const provider = new JsonRpcProvider(url, Network.from(chain_id), { staticNetwork: true });
const payer = new Wallet(KEY, provider);
const price = 10n ** 10n;
const dynamic = { maxFeePerGas: price, maxPriorityFeePerGas: 1n };
const first = await payer.getNonce();
const sent = {};

async function pay(type, fields, nonce = first + Object.keys(sent).length) {
  const tx = { type, to, value: BigInt(wei), gasLimit: 200_000n, chainId: chain_id, nonce, ...fields };
  sent[type] = (await provider.broadcastTransaction(await payer.signTransaction(tx))).hash;
}

await pay(0, { gasPrice: price });
await pay(1, { gasPrice: price, accessList: [{ address: to, storageKeys: ["0x" + "00".repeat(31) + "01"] }] });
await pay(2, dynamic);
// It makes the payer's own account a contract from now on (EIP-7702).
const target = "0x" + "00".repeat(19) + "04";
await pay(4, { ...dynamic, authorizationList: [await payer.authorize({ address: target, nonce: first + 4 })] });
console.log(JSON.stringify(sent));
provider.destroy();
