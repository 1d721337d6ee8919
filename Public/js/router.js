/** Client-side router on the browser history. The state of a page is in its query. */

/**
 * @typedef {object} Context what a page is given
 * @property {HTMLElement} root where the page puts itself
 * @property {Record<string, string>} parameters from the path
 * @property {AbortSignal} signal aborted when the reader goes elsewhere
 * @property {(title: string) => void} setTitle
 *
 * @typedef {(context: Context) => void | Promise<void>} Page
 */

/** @type {{parts: string[], page: Page}[]} */
const routes = [];
/** @type {Page} */
let fallback = () => {};
/** @type {AbortController | null} */
let current = null;

/** @param {string} pattern such as /runs/:id @param {Page} page */
export function route(pattern, page) {
  routes.push({ parts: split(pattern), page });
}

/** @param {Page} page for addresses that mean nothing */
export function otherwise(page) {
  fallback = page;
}

/** @param {string} target path and query */
export function go(target) {
  if (target !== location.pathname + location.search) {
    history.replaceState({ ...history.state, scroll: Math.round(scrollY) }, "");
    history.pushState(null, "", target);
  }
  forgetScroll();
  show(true);
}

/**
 * A query with changes applied, with its question mark, or empty.
 * @param {string} search @param {Record<string, string | number | null | undefined>} changes null, undefined and "" take a value away
 */
export function changedQuery(search, changes) {
  const values = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") values.delete(name);
    else values.set(name, String(value));
  }
  const text = values.toString();
  return text ? `?${text}` : "";
}

export function query() {
  return new URLSearchParams(location.search);
}

/**
 * Changes the query without leaving the page. Empty values are removed.
 * @param {Record<string, string | number | null | undefined>} changes @param {{push?: boolean}} [options] push: the back button undoes it
 */
export function setQuery(changes, options = {}) {
  const target = location.pathname + changedQuery(location.search, changes);
  if (target === location.pathname + location.search) return;
  if (options.push) history.pushState(null, "", target);
  else history.replaceState(history.state, "", target);
}

/** @param {boolean} fresh whether the reader went somewhere, rather than back or on load */
export function show(fresh) {
  current?.abort();
  current = new AbortController();
  const root = document.createElement("div");
  root.className = "view";
  const main = /** @type {HTMLElement} */ (document.getElementById("page"));
  main.replaceChildren(root);
  markNavigation();
  const found = match(location.pathname);
  const signal = current.signal;
  const context = {
    root,
    parameters: found.parameters,
    signal,
    setTitle: (/** @type {string} */ title) => {
      if (!signal.aborted) document.title = title ? `${title} · Fidelio` : "Fidelio";
    },
  };
  if (fresh) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
  found.page(context);
  if (!fresh) restoreScroll(signal);
}

/** How long content may take until a place on a page that was left is given up. */
const patience = 5000;

/**
 * Back at an entry of the history, the place that was shown, as soon as the page is long enough; unless the reader scrolls first.
 * @param {AbortSignal} signal
 */
function restoreScroll(signal) {
  const wanted = scrollOf(history.state);
  if (!wanted) return;
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener("abort", end);
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) window.addEventListener(kind, end, { signal: stop.signal, passive: true });
  const began = performance.now();
  const look = () => {
    if (stop.signal.aborted) return;
    const most = document.documentElement.scrollHeight - innerHeight;
    if (most >= wanted) window.scrollTo(0, wanted);
    if (most >= wanted || performance.now() - began > patience) end();
    else requestAnimationFrame(look);
  };
  look();
}

/** @param {unknown} state of an entry of the history */
export function scrollOf(state) {
  const value = /** @type {{scroll?: unknown} | null} */ (typeof state === "object" ? state : null)?.scroll;
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Remembers in the history how far the page is scrolled, a moment after it was. */
function keepScroll() {
  let timer = 0;
  const keep = () => {
    timer = 0;
    history.replaceState({ ...history.state, scroll: Math.round(scrollY) }, "");
  };
  window.addEventListener("scroll", () => (timer ||= window.setTimeout(keep, 150)), { passive: true });
  return () => {
    clearTimeout(timer);
    timer = 0;
  };
}

/** Drops what was about to be remembered, of an entry that has been left. */
let forgetScroll = () => {};

/** @param {string} path */
function match(path) {
  const parts = split(path);
  for (const { parts: wanted, page } of routes) {
    if (wanted.length !== parts.length) continue;
    /** @type {Record<string, string>} */
    const parameters = {};
    const fits = wanted.every((part, index) => {
      if (!part.startsWith(":")) return part === parts[index];
      parameters[part.slice(1)] = parts[index];
      return true;
    });
    if (fits) return { page, parameters };
  }
  return { page: fallback, parameters: {} };
}

/** @param {string} path */
function split(path) {
  return path.split("/").filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

function markNavigation() {
  for (const link of document.querySelectorAll("header nav a")) {
    const path = /** @type {HTMLAnchorElement} */ (link).pathname;
    const here = path === "/" ? location.pathname === "/" : location.pathname.startsWith(path);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Handles links to this site's own pages, and the back and forward buttons. */
export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/") || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  history.scrollRestoration = "manual";
  forgetScroll = keepScroll();
  window.addEventListener("popstate", () => {
    forgetScroll();
    show(false);
  });
  show(false);
}
