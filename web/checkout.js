/* SPDX-License-Identifier: MIT */
// @ts-check
// The payer's page comes whole from the server and works without this script. This makes it livelier: it counts
// down, copies, and puts what the server says now in the place of what it shows.
"use strict";
(() => {
  const RETRY_S = 15;
  const LEAVE_S = 5;

  /** @param {string} id */
  const find = (id) => document.getElementById(id);

  const root = document.documentElement;
  let main = /** @type {HTMLElement} */ (find("main"));
  // The server's time stands in the page as "so long before the end".
  let shown_at_ms = performance.now();
  let waited_s = 0;
  let leave_in_s = 0;
  let loading = false;
  // News came while we were loading.
  let stale = false;
  // We asked the server about the end already.
  let ended = false;
  /** @type {EventSource | null} */
  let events = null;

  /** @param {number} left_s */
  function clock(left_s) {
    /** @param {number} part */
    const two = (part) => ("0" + part).slice(-2);
    const hours = Math.floor(left_s / 3600);
    const minutes = Math.floor(left_s / 60) % 60;
    return (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(left_s % 60);
  }

  /** Keeps what the payer had opened, chosen or focused.
   * @param {HTMLElement} next */
  function carry_over(next) {
    for (const element of main.querySelectorAll("details, input")) {
      const old = /** @type {any} */ (element);
      const now = /** @type {any} */ (next.querySelector("#" + old.id));
      if (now) {
        now.open = old.open;
        now.checked = old.checked;
      }
    }
  }

  /** @param {Document} response */
  function show(response) {
    const next = response.getElementById("main");
    if (!next) {
      return;
    }
    shown_at_ms = performance.now();
    // Only time has passed: what the payer may be selecting stays as it is.
    if (next.dataset.version === main.dataset.version) {
      main.dataset.left = next.dataset.left;
      return;
    }
    const turned = next.className !== main.className;
    const focused = document.activeElement?.id;
    carry_over(next);
    main.replaceWith(next);
    main = next;
    document.title = response.title;
    if (focused) {
      find(focused)?.focus();
    }
    if (turned) {
      /** @type {HTMLElement} */ (find("live")).textContent = find("head")?.textContent || "";
      leave_in_s = find("stay") && top === self ? LEAVE_S : 0;
    }
    settle();
  }

  function refresh() {
    if (loading) {
      stale = true;
      return;
    }
    loading = true;
    stale = false;
    waited_s = 0;
    const request = new XMLHttpRequest();
    request.open("GET", main.dataset.fragment || "");
    request.responseType = "document";
    request.onloadend = () => {
      loading = false;
      if (request.status === 200 && request.response) {
        show(request.response);
      }
      if (stale) {
        refresh();
      }
    };
    request.send();
  }

  function listen() {
    const url = main.dataset.events;
    if (!url) {
      events?.close();
      events = null;
    } else if (!events || events.readyState === EventSource.CLOSED) {
      events = new EventSource(url);
      events.addEventListener("changed", (event) => {
        if (event.data !== main.dataset.version) {
          refresh();
        }
      });
    }
  }

  function leave() {
    const back = find("back");
    const stay = find("stay");
    if (!leave_in_s || !back || !stay) {
      return;
    }
    stay.hidden = false;
    back.textContent = (stay.dataset.leaving || "").replace("{1}", `${leave_in_s}`);
    leave_in_s -= 1;
    if (!leave_in_s) {
      back.click();
    }
  }

  function tick() {
    const left_ms = Number(main.dataset.left) - (performance.now() - shown_at_ms);
    const left = find("left");
    const bar = find("bar");
    if (left && bar instanceof HTMLProgressElement) {
      const left_s = Math.max(0, Math.ceil(left_ms / 1000));
      left.textContent = clock(left_s);
      bar.value = left_s;
    }
    if (left_ms > 0) {
      ended = false;
    } else if (left_ms <= 0 && !ended) {
      ended = true;
      refresh();
    }
  }

  /** Makes a page that has just come ours: times stand in it in UTC. */
  function settle() {
    for (const time of main.querySelectorAll("time")) {
      time.textContent = new Date(time.dateTime).toLocaleString(root.lang, {
        dateStyle: "medium",
        timeStyle: "short",
      });
    }
    listen();
    tick();
  }

  function each_second() {
    tick();
    leave();
    waited_s += 1;
    // A stream tells by itself.
    const quiet_s = events?.readyState === EventSource.OPEN ? Infinity : RETRY_S;
    if (main.dataset.events && waited_s >= (Number(main.dataset.poll) || quiet_s)) {
      refresh();
      listen();
    }
  }

  /** @param {HTMLElement} button */
  function copy(button) {
    const text = button.dataset.copy || "";
    const label = button.textContent;
    const done = () => {
      button.textContent = button.dataset.done || "";
      setTimeout(() => (button.textContent = label), 1500);
    };
    // Without TLS there is no clipboard object, and in a frame it may be refused.
    const by_selection = () => {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
      done();
    };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(done, by_selection);
    } else {
      by_selection();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) {
      return;
    }
    if (button.dataset.copy) {
      copy(button);
    } else if (button.id === "print") {
      // A receipt has everything on it.
      /** @type {HTMLDetailsElement} */ (find("more")).open = true;
      print();
    } else if (button.id === "stay") {
      leave_in_s = 0;
      button.hidden = true;
    }
  });
  // A page from the browser's back-forward memory may be old.
  addEventListener("pageshow", (event) => event.persisted && refresh());

  root.className = "js";
  settle();
  setInterval(each_second, 1000);
})();
