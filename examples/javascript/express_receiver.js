/* SPDX-License-Identifier: MIT */
/* Takes Till's postbacks with Express and jsonwebtoken.
 *
 * Environment: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER, PORT. */
'use strict';

const express = require('express');
const jwt = require('jsonwebtoken');
const shop = require('./shop');

const app = express();
app.use(express.json({ limit: 65536 }), express.urlencoded({ extended: false, limit: 65536 }));

app.post('/postback', async (req, res) => {
  const { token, invoice_id: invoiceId } = req.body ?? {};
  let claims;
  try {
    // The list of algorithms is what refuses "none"; without it the token would say how it is verified.
    claims = jwt.verify(token, process.env.TILL_SECRET, { algorithms: ['HS256'] });
  } catch {
    return res.status(401).json({ message: 'Refused' });
  }
  // A token without an end would be good for ever; jsonwebtoken does not ask for one.
  if (!Number.isInteger(claims.exp) || typeof claims.id !== 'string' || claims.id !== invoiceId) {
    return res.status(401).json({ message: 'Refused' });
  }
  try {
    await shop.settle(`INV-${claims.id}`);
  } catch (error) {
    console.error(String(error));
    return res.status(503).json({ message: 'Come again' });
  }
  return res.json({ message: 'Postback received' });
});

app.use((error, req, res, next) => {
  res.status(error.status >= 400 && error.status < 500 ? 400 : 503).json({ message: 'Not a postback' });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
