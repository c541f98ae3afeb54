/* SPDX-License-Identifier: MIT */
// Tron's addresses: 20 bytes in Ethereum's way of speaking (hex without a prefix here), 41 before them in the HTTP API,
// base58 with a checksum for people.

import { createHash } from "node:crypto";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const PREFIX = "41";

export function sha256(data) {
  return createHash("sha256").update(data).digest();
}

/** "0xABC.." or "41abc.." or "abc.." becomes 40 lower hex digits. */
export function to_program(text) {
  const hex = text.toLowerCase().replace(/^0x/, "");
  return hex.length === 42 && hex.startsWith(PREFIX) ? hex.slice(2) : hex;
}

export function to_41(text) {
  return PREFIX + to_program(text);
}

export function to_base58(text) {
  const payload = Buffer.from(to_41(text), "hex");
  const data = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]);
  let number = BigInt("0x" + data.toString("hex"));
  let out = "";
  for (; number > 0n; number /= 58n) out = BASE58[Number(number % 58n)] + out;
  return out;
}

/** 41 and 40 digits, or null if it is no address. */
export function from_base58(text) {
  let number = 0n;
  for (const letter of text) {
    const digit = BASE58.indexOf(letter);
    if (digit < 0) return null;
    number = number * 58n + BigInt(digit);
  }
  const data = Buffer.from(number.toString(16).padStart(50, "0"), "hex");
  const payload = data.subarray(0, 21);
  const is_good = data.length === 25 && sha256(sha256(payload)).subarray(0, 4).equals(data.subarray(21));
  return is_good && payload[0] === 0x41 ? payload.toString("hex") : null;
}
