/* SPDX-License-Identifier: MIT */
// live.mjs SCENARIO URL SECOND_URL OUTPUT_FOLDER: what a payer's browser sees of one page, or of two. Ends with status
// 0 if all is as it should be, else says what is not.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { parse } from "eth-url-parser";
import { chromium } from "playwright-core";

const TIMEOUT_MS = 60000;
// Where the payer is.
const ZONE = "Asia/Tokyo";
const [, , scenario, url, other_url, folder] = process.argv;
const origin = new URL(url).origin;

/** Every answer that a page got, and its complaints. What the policy stops gets none. */
function listen_to(page) {
  const heard = { answers: [], complaints: [] };
  page.on("response", (response) => heard.answers.push(response.url()));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") heard.complaints.push(message.text());
  });
  page.on("pageerror", (error) => heard.complaints.push(String(error)));
  return heard;
}

async function head_becomes(page, text) {
  await page.locator("#head", { hasText: text }).waitFor({ timeout: TIMEOUT_MS });
}

/** Presses a button of the test invoice in another tab, as somebody else would pay. */
async function press_elsewhere(context, button, at = url) {
  const tab = await context.newPage();
  await tab.goto(at);
  await tab.locator(`button[name=act][value=${button}]`).click();
  await tab.waitForURL(/lang=/);
  await tab.close();
}

function read_code(file) {
  return execFileSync("zbarimg", ["-q", "--raw", file], { encoding: "utf-8" }).trim();
}

const scenarios = {
  /** Paid elsewhere, the page turns by itself: no reload, the same document. */
  async turns_to_paid(context) {
    const page = await context.newPage();
    const heard = listen_to(page);
    await page.goto(url);
    await head_becomes(page, "Waiting for payment");
    await page.evaluate(() => (window.same_document = true));
    const left = await page.locator("#left").textContent();
    await page.waitForFunction((old) => document.getElementById("left").textContent !== old, left);
    await press_elsewhere(context, "exact");
    await head_becomes(page, "Paid");
    assert.equal(await page.evaluate(() => window.same_document), true);
    assert.match(await page.title(), /^✓ Paid – /);
    assert.equal(await page.locator("#live").textContent(), "Paid");
    assert.equal(await page.locator("#address").count(), 0);
    assert.deepEqual(heard.complaints, []);
    const paid_at = page.locator("#paid-at time");
    const local = new Date(await paid_at.getAttribute("datetime"));
    assert.ok(Math.abs(Date.now() - local) < 300000, `${local} is now`);
    const text = local.toLocaleString("en", { dateStyle: "medium", timeStyle: "short", timeZone: ZONE });
    // Which kind of space stands before "PM" is a matter of versions.
    const spaced = (time) => time.replace(/\s/g, " ");
    assert.equal(spaced(await paid_at.textContent()), spaced(text), "the payer's own time");
    await page.evaluate(() => (window.print = () => {}));
    await page.locator("#print").click();
    assert.equal(await page.locator("#more").getAttribute("open"), "", "a printed receipt has everything on it");
    const loads = heard.answers.map((asked) => asked.replace(url.replace(/\?.*/, ""), ""));
    assert.deepEqual(
      [...new Set(loads)].sort(),
      ["", "/events", "/fragment?lang=en"],
      "one document, one stream, one fragment address",
    );
  },

  /** A part is paid: the rest is asked for, with a new code. */
  async asks_for_the_rest(context) {
    const page = await context.newPage();
    await page.goto(url);
    const address = await page.locator("#copy-address").getAttribute("data-copy");
    const amount = await page.locator("#amount").textContent();
    await page.locator("#more summary").click();
    await press_elsewhere(context, "short");
    await head_becomes(page, "Part of the sum received");
    await page.locator(".payments", { hasText: "confirmed" }).waitFor();
    const rest = await page.locator("#amount").textContent();
    assert.ok(Number(rest) > 0 && Number(rest) < Number(amount), `${rest} of ${amount}`);
    assert.equal(await page.locator("#more").getAttribute("open"), "", "what was open stays open");
    await page.locator(".qr1 svg").screenshot({ path: path.join(folder, "uri.png") });
    assert.equal(read_code(path.join(folder, "uri.png")), `litecoin:${address}?amount=${rest}`);
    await page.locator("label[for=qr2]").click();
    await page.locator(".qr2 svg").screenshot({ path: path.join(folder, "address.png") });
    assert.equal(read_code(path.join(folder, "address.png")), address);
    await press_elsewhere(context, "exact");
    await head_becomes(page, "Paid");
    await press_elsewhere(context, "undo");
    await head_becomes(page, "Part of the sum received");
  },

  /** A token: the bare address first, the EIP-681 URI behind the second button, and nothing asked for meanwhile. */
  async holds_two_codes(context) {
    const page = await context.newPage();
    const heard = listen_to(page);
    await page.goto(url);
    const address = await page.locator("#copy-address").getAttribute("data-copy");
    await page.locator(".qr1 svg").screenshot({ path: path.join(folder, "address.png") });
    assert.equal(read_code(path.join(folder, "address.png")), address);
    assert.equal(await page.locator(".qr2 svg").isVisible(), false);
    const answers = heard.answers.length;
    await page.locator("label[for=qr2]").click();
    assert.equal(await page.locator(".qr1 svg").isVisible(), false);
    const code = page.locator(".qr2 svg");
    assert.ok((await code.boundingBox()).width >= 220);
    await page.screenshot({ path: path.join(folder, "token.png"), fullPage: true });
    await code.screenshot({ path: path.join(folder, "uri.png") });
    assert.equal(heard.answers.length, answers, "both codes were in the page");
    assert.deepEqual(parse(read_code(path.join(folder, "uri.png"))), {
      scheme: "ethereum",
      target_address: "0x0000000000085d4780B73119b644AE5ecd22b376",
      chain_id: "1",
      function_name: "transfer",
      parameters: { address, uint256: "27182818280000000000" },
    });
    assert.equal(await page.locator("a[href^='ethereum:']").count(), 0);
  },

  /** What a wallet's camera reads from the second code: OTHER is that as eth-url-parser tells it, in JSON. */
  async names_what_is_asked(context) {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator("label[for=qr2]").click();
    await page.locator(".qr2 svg").screenshot({ path: path.join(folder, "uri.png") });
    assert.deepEqual(parse(read_code(path.join(folder, "uri.png"))), JSON.parse(other_url));
  },

  /** The time runs out, and money that comes then is late. */
  async comes_too_late(context) {
    const page = await context.newPage();
    await page.goto(url);
    await press_elsewhere(context, "hurry");
    await head_becomes(page, "The time is over");
    assert.equal(await page.locator("#address").count(), 0);
    // The chain's own time has to prove it before what comes is late.
    await page.waitForTimeout(10000);
    await press_elsewhere(context, "exact");
    await head_becomes(page, "Your payment came late");
  },

  /** What is copied is the address, without the gaps that are drawn. */
  async copies(context) {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    const page = await context.newPage();
    await page.goto(url);
    const wanted = await page.locator("#copy-address").getAttribute("data-copy");
    await page.locator("#copy-address").click();
    await page.locator("#copy-address", { hasText: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), wanted);
    await page.locator("#copy-amount").press("Enter");
    await page.locator("#copy-amount", { hasText: "Copied" }).waitFor();
    assert.equal(
      await page.evaluate(() => navigator.clipboard.readText()),
      await page.locator("#amount").textContent(),
    );
    const selected = await page.evaluate(() => {
      getSelection().selectAllChildren(document.getElementById("address"));
      return getSelection().toString();
    });
    assert.equal(selected, wanted);
  },

  /** Everything works without the script. */
  async works_without_script(context) {
    const page = await context.newPage();
    await page.goto(url);
    assert.equal(await page.locator("#copy-address").isVisible(), false, "no dead button");
    assert.equal(await page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count(), 1);
    await page.locator("button[value=exact]").click();
    await page.waitForURL(/lang=en/);
    for (let i = 0; i < 120 && (await page.locator("#head").textContent()) !== "Paid"; i++) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    assert.equal(await page.locator("#head").textContent(), "Paid");
  },

  /** Code that somebody managed to put into the page does not run. */
  async policy_holds(context) {
    const page = await context.newPage();
    const heard = listen_to(page);
    await page.goto(url);
    const stopped_by = await page.evaluate(async () => {
      const stopped = [];
      document.addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
      const attempts = [
        () => document.createElement("b").setAttribute("onclick", "window.broken_in = true"),
        () => (document.createElement("b").innerHTML = "<img src=x onerror='window.broken_in = true'>"),
        () => document.body.append(Object.assign(document.createElement("script"), { src: "/x.js" })),
        () => document.body.append(Object.assign(document.createElement("img"), { src: "/x.png" })),
        () => document.body.append(Object.assign(document.createElement("style"), { textContent: "*{color:red}" })),
        () => fetch("http://localhost:9/").catch(() => 0),
      ];
      for (const attempt of attempts) {
        try {
          await attempt();
        } catch {
          // Trusted Types throw; the event tells as well.
        }
      }
      for (let i = 0; i < 200 && new Set(stopped).size < 4; i++) await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return stopped.concat(window.broken_in ? ["BROKEN IN"] : []);
    });
    assert.deepEqual([...new Set(stopped_by)].sort(), [
      "connect-src",
      "img-src",
      "require-trusted-types-for",
      "style-src-elem",
    ]);
    assert.ok(!heard.answers.some((asked) => asked.endsWith("x.js") || asked.endsWith("x.png")));
  },

  /** Nothing has to be scrolled sideways, and the keyboard reaches everything. */
  async fits_small_screens(context) {
    const page = await context.newPage();
    for (const language of ["en", "ru", "ar", "de"]) {
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(`${url}?lang=${language}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `${language}: ${wide} px wide`);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a.button, summary")]
          .filter((element) => element.checkVisibility())
          .filter((element) => element.getBoundingClientRect().height < 24)
          .map((element) => element.outerHTML),
      );
      assert.deepEqual(small, [], "WCAG 2.2, 2.5.8: at least 24 px");
    }
    const code = await page.locator(".qr1 svg").boundingBox();
    assert.ok(code.width >= 220, `the code is ${code.width} px wide`);
    const reached = new Set();
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
    }
    for (const id of ["qr1", "copy-amount", "copy-address", "SUMMARY"]) {
      assert.ok(reached.has(id), `${id} is not reached: ${[...reached]}`);
    }
  },

  /** A shop may frame the page on the site of its own URLs; a stranger may not. */
  async frames_where_it_may(context) {
    const page = await context.newPage();
    const heard = listen_to(page);
    const is_there = async () => (await page.frames()[1].locator("#head").count()) === 1;
    const framed = async (from) => {
      await page.goto(from);
      heard.complaints.length = 0;
      await page.setContent(`<iframe src="${url}"></iframe>`);
      // Either it comes, or the browser says why not.
      for (let i = 0; i < 200 && heard.complaints.length === 0 && !(await is_there()); i++) {
        await page.waitForTimeout(100);
      }
      return is_there();
    };
    assert.equal(await framed(`${other_url}`), true);
    assert.equal(await framed(`${other_url.replace("127.0.0.1", "localhost")}`), false);
  },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const context = await browser.newContext({
    locale: "en-US",
    timezoneId: ZONE,
    javaScriptEnabled: scenario !== "works_without_script",
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  await scenarios[scenario](context);
} finally {
  await browser.close();
}
