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

  for (const button of document.querySelectorAll("[data-pgh-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.pghCopy).textContent);
      button.querySelector("span").textContent = button.dataset.pghCopied;
    });
  }
})();
