// What improves the pages where scripts run; every page works without this file.
(() => {
  "use strict";

  // htmx, unless the page has a copy already. It looks at a page that is loaded, or waits for DOMContentLoaded: in
  // between, it would never begin.
  const ownHtmx = document.getElementById("pgh-htmx");
  const hasHtmx = window.htmx || document.querySelector('script[src*="htmx"]');
  const addHtmx = () => document.head.append(ownHtmx.content.cloneNode(true));
  if (ownHtmx && !hasHtmx) {
    if (document.readyState === "complete") addHtmx();
    else window.addEventListener("load", addHtmx);
  }

  // After more cards were loaded, focus goes on with the first of them.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const pager = event.detail.target;
    if (pager.classList.contains("pgh-pager")) pager.previousElementSibling?.setAttribute("data-pgh-last", "");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const last = document.querySelector("[data-pgh-last]");
    if (!last) return;
    last.removeAttribute("data-pgh-last");
    last.nextElementSibling?.querySelector("summary, a")?.focus({ preventScroll: true });
  });

  // A row that was opened before htmx came is fetched then; one that is answered from another page, as that to log in,
  // keeps its link.
  document.addEventListener("htmx:load", (event) => {
    const { elt } = event.detail;
    for (const row of elt.querySelectorAll(".pgh-change[hx-get][open]")) window.htmx.trigger(row, "toggle");
    const region = elt.querySelector("details[open] > .pgh-days[hx-trigger^=toggle]");
    if (region) window.htmx.trigger(region.parentElement, "toggle");
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const asked = new URL(detail.pathInfo.finalRequestPath, location.href).pathname;
    const isElsewhere = new URL(detail.xhr.responseURL).pathname !== asked;
    if (detail.target.classList.contains("pgh-change__body") && isElsewhere) detail.shouldSwap = false;
  });

  // Whom to choose from comes after the page: not in the place of what somebody has begun to write meanwhile.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const input = detail.target.querySelector("input");
    if (input && (input.value || input === document.activeElement)) detail.shouldSwap = false;
  });

  // A slider shows its place at once when it is let go.
  for (const slider of document.querySelectorAll("[data-pgh-submit]")) {
    slider.addEventListener("change", () => slider.form.requestSubmit());
  }

  for (const button of document.querySelectorAll("[data-pgh-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.pghCopy).textContent);
      button.querySelector("span").textContent = button.dataset.pghCopied;
    });
  }

  // Live: what is newer than the page is asked for from time to time and put above it; nothing that is read moves away.
  const live = document.querySelector("[data-pgh-newest]");
  if (live?.dataset.pghNewest && live.dataset.pghLive) {
    const box = live.querySelector("input");
    const status = live.querySelector("[role=status]");
    // A transaction that began before the newest event may end after it: the last minute is read again.
    let since = new Date(live.dataset.pghNewest) - 60000;
    const hrefs = (where) => [...where.querySelectorAll(".pgh-event__id")].map((link) => link.getAttribute("href"));
    // In pages, lest a busy hour makes whoever looks on another burden.
    const furthest = 10;

    const merge = (parts) => {
      const here = new Set(hrefs(document));
      let added = 0;
      for (const row of parts.querySelectorAll(".pgh-event")) {
        if (here.has(row.querySelector(".pgh-event__id").getAttribute("href"))) row.remove();
        else added += 1;
      }
      for (const card of parts.querySelectorAll(".pgh-card")) if (!card.querySelector(".pgh-event")) card.remove();
      for (const day of [...parts.querySelectorAll(".pgh-day")].reverse()) {
        const cards = [...day.querySelectorAll(".pgh-card")];
        if (!cards.length) continue;
        const first = document.querySelector(".pgh-day");
        const title = (section) => section?.querySelector(".pgh-day__title")?.textContent.trim();
        if (first && title(first) === title(day)) first.querySelector(".pgh-day__title").after(...cards);
        else (first ?? live).before(day);
        for (const card of cards) window.htmx?.process(card);
      }
      return added;
    };
    const tell = (words, number) => (status.textContent = words.replace("%s", number));

    const look = async () => {
      const asked = new Date();
      let next = new URL(live.dataset.pghLive, location.href);
      next.searchParams.set("since", new Date(since).toISOString());
      const last = hrefs(document).at(-1);
      const pages = [];
      while (next && pages.length < furthest) {
        const answer = await fetch(next, { headers: { "HX-Request": "true" } }).catch(() => null);
        if (!answer?.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        pages.push(page);
        const older = page.querySelector(".pgh-more");
        next = older && new URL(older.getAttribute("href"), next);
        // What stands below the last event that is shown is not new, however young.
        const end = hrefs(page).indexOf(last);
        if (end < 0) continue;
        for (const row of [...page.querySelectorAll(".pgh-event")].slice(end + 1)) row.remove();
        next = null;
      }
      // The oldest first: each page is put above what is there.
      const added = pages.reverse().map(merge);
      const number = added.reduce((sum, each) => sum + each, 0);
      if (next && added[0]) tell(status.dataset.pghRest, number);
      else if (number) tell(number === 1 ? status.dataset.pghOne : status.dataset.pghMany, number);
      since = asked - 60000;
    };
    let looking = null;
    const lookOn = () => {
      if (box.checked && !document.hidden) looking ??= look().finally(() => (looking = null));
    };

    live.hidden = false;
    box.addEventListener("change", () => {
      const address = new URL(location.href);
      if (box.checked) address.searchParams.set("live", "1");
      else address.searchParams.delete("live");
      history.replaceState(null, "", address);
      lookOn();
    });
    box.checked = new URLSearchParams(location.search).get("live") === "1";
    setInterval(lookOn, 5000);
  }

  // Keys, unless they are switched off or somebody is writing.
  const help = document.getElementById("pgh-keys");
  const off = () => localStorage.getItem("pgh-keys") === "off";
  const rows = () => [...document.querySelectorAll(".pgh-event")];
  const handle = (row) => row?.querySelector("summary, .pgh-event__id");

  const step = (by) => {
    const all = rows();
    const now = all.indexOf(document.activeElement?.closest(".pgh-event"));
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
    handle(all[next])?.focus();
  };
  const actions = {
    "/": () => document.getElementById("pgh-q")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    o: () => {
      const row = document.activeElement?.closest(".pgh-event");
      const details = row?.querySelector("details");
      if (details) details.open = !details.open;
      else row?.querySelector(".pgh-event__id")?.click();
    },
    c: () => document.querySelector(".pgh-event__pick input")?.form?.requestSubmit(),
    "?": () => help?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]")) return;
    if (off() && event.key !== "?") return;
    event.preventDefault();
    const filter = document.getElementById("pgh-q")?.closest("details");
    if (event.key === "/" && filter) filter.open = true;
    action();
  });
  const keys = help?.querySelector("[data-pgh-keys]");
  if (keys) {
    keys.checked = !off();
    keys.addEventListener("change", () => localStorage.setItem("pgh-keys", keys.checked ? "on" : "off"));
  }
})();
