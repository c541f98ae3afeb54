/* SPDX-License-Identifier: MIT */
// A merchant's site in Express: express_merchant.js PORT SECRET json|form
//
// The handler is what CryptoCloud's documentation shows merchants for Node.js: read the fields, verify the token, answer.
// /received tells the test what it took, and /refused what it did not.
'use strict';

const express = require('express');
const jwt = require('jsonwebtoken');

const [port, secret, postbackFormat] = process.argv.slice(2);
const app = express();
const received = [];
const refused = [];

app.use(postbackFormat === 'json' ? express.json() : express.urlencoded({ extended: true }));

app.post('/postback', (req, res) => {
  const { status, invoice_id, token } = req.body;
  let claims;
  try {
    claims = jwt.verify(token, secret, { algorithms: ['HS256'] });
  } catch (error) {
    refused.push(String(error));
    return res.status(401).json({ message: 'Invalid token' });
  }
  if (status !== 'success' || claims.id !== invoice_id) {
    refused.push(JSON.stringify(req.body));
    return res.status(400).json({ message: 'Unexpected postback' });
  }
  received.push({ fields: req.body, claims, event_id: req.get('webhook-id') });
  return res.json({ message: 'Postback received' });
});

app.get('/received', (req, res) => res.json(received));
app.get('/refused', (req, res) => res.json(refused));

app.listen(Number(port), '127.0.0.1');
