/* SPDX-License-Identifier: MIT */
/* Takes Till's postbacks with what Node 18 brings along.
 *
 * Environment: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER, PORT. */
'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const shop = require('./shop');

const BODY_BYTES_MAX = 65536;

class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** The invoice that the token names. Throws Refused if the token is not to be believed. */
function verifiedId(token, secret, nowS) {
  const parts = typeof token === 'string' && token.length <= 512 ? token.split('.') : [];
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part)) || secret.length < 32) {
    throw new Refused(401, 'Refused');
  }
  const expected = crypto.createHmac('sha256', secret).update(`${parts[0]}.${parts[1]}`).digest();
  const signature = Buffer.from(parts[2], 'base64url');
  // First the signature: nothing inside is believed before it matched.
  if (signature.length !== expected.length || !crypto.timingSafeEqual(signature, expected)) {
    throw new Refused(401, 'Refused');
  }
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  const isGood = header?.alg === 'HS256' && Number.isInteger(claims?.exp) && typeof claims.id === 'string';
  if (!isGood || nowS >= claims.exp) {
    throw new Refused(401, 'Refused');
  }
  return claims.id;
}

async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new Refused(400, 'Too large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readFields(type, body) {
  let fields;
  try {
    fields = type.startsWith('application/json') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  } catch {
    throw new Refused(400, 'Not a postback');
  }
  if (fields === null || typeof fields !== 'object') {
    throw new Refused(400, 'Not a postback');
  }
  return fields;
}

async function takePostback(request) {
  if (request.method !== 'POST') {
    throw new Refused(405, 'Only POST');
  }
  const fields = readFields(request.headers['content-type'] ?? '', await readBody(request));
  const id = verifiedId(fields.token, process.env.TILL_SECRET, Date.now() / 1000);
  if (id !== fields.invoice_id) {
    throw new Refused(401, 'Refused');
  }
  await shop.settle(`INV-${id}`);
}

const server = http.createServer(async (request, response) => {
  let status = 200;
  let words = 'Postback received';
  try {
    await takePostback(request);
  } catch (error) {
    status = error instanceof Refused ? error.status : 503;
    words = error instanceof Refused ? error.message : 'Come again';
    console.error(String(error));
  }
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify({ message: words }));
});
server.requestTimeout = 30000;
server.listen(Number(process.env.PORT), '127.0.0.1');
