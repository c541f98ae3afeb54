/* SPDX-License-Identifier: MIT */
/* What both receivers share: asking Till, and the shop's own records. Only what Node brings along. */
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** Till could not be asked, or does not call the invoice paid. The postback will come again. */
class TillUnavailable extends Error {}

/** What Till says about the invoice. */
async function askTill(uuid) {
  let answer;
  try {
    const response = await fetch(`${process.env.TILL_URL}/v2/invoice/merchant/info`, {
      method: 'POST',
      headers: { Authorization: `Token ${process.env.TILL_API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ uuids: [uuid] }),
      redirect: 'error',
      signal: AbortSignal.timeout(20000),
    });
    answer = await response.json();
  } catch (error) {
    throw new TillUnavailable(`could not ask about ${uuid}: ${error}`);
  }
  if (answer.status !== 'success' || answer.result.length !== 1 || answer.result[0].uuid !== uuid) {
    throw new TillUnavailable(`Till does not know ${uuid}`);
  }
  return answer.result[0];
}

function isPaid(invoice) {
  return invoice.invoice_status === 'success' && ['paid', 'overpaid'].includes(invoice.status);
}

function fileOf(folder, invoice) {
  return path.join(process.env.SHOP_FOLDER, folder, invoice.order_id);
}

/** Is this what we sold, at the price and in the currency that we asked for? */
function isOurSale(invoice) {
  if (!/^[A-Za-z0-9-]{1,40}$/.test(invoice.order_id) || !fs.existsSync(fileOf('orders', invoice))) {
    return false;
  }
  const [price, currency] = fs.readFileSync(fileOf('orders', invoice), 'ascii').trim().split(' ');
  return Number(price).toFixed(2) === invoice.amount_in_fiat.toFixed(2) && currency === invoice.fiat_currency;
}

/** The file can be made only once, whoever tries at the same time. */
function shipOnce(invoice) {
  const file = fileOf('shipped', invoice);
  try {
    fs.writeFileSync(file, `${invoice.uuid}\n`, { flag: 'wx', flush: true });
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
    const first = fs.readFileSync(file, 'ascii').trim();
    if (first !== invoice.uuid) {
      console.error(`${invoice.order_id} was paid twice, by ${first} and by ${invoice.uuid}`);
    }
  }
}

/** The postback's token was right: now ask, compare, ship. */
async function settle(uuid) {
  const invoice = await askTill(uuid);
  if (!isPaid(invoice)) {
    throw new TillUnavailable(`Till does not call ${uuid} paid`);
  }
  if (isOurSale(invoice)) {
    shipOnce(invoice);
  } else {
    console.error(`${uuid} is paid and is no sale of ours`);
  }
}

module.exports = { settle };
