/** The frame of every page: theme, help, activity, and banners for a lost connection or session. */

import { connection, get } from "./api.js";
import { announce, fill, h, setText } from "./dom.js";
import { plural } from "./format.js";
import { go } from "./router.js";
import { onKey, showHelp } from "./keyboard.js";
import { showVisitor } from "./visitor.js";
import { signIn } from "./pages/sign-in.js";

/** @type {ServerStatus | null} */
let lastStatus = null;
const listeners = new EventTarget();
/** @type {(status: ServerStatus | null) => void} */
let tellFirst = () => {};
/**
 * The first known status of the server; null if the server did not respond then.
 * @type {Promise<ServerStatus | null>}
 */
export const firstStatus = new Promise((resolve) => (tellFirst = resolve));

/**
 * Calls `action` immediately with the known status of the server, and with each new one.
 * @param {(status: ServerStatus) => void} action @param {AbortSignal} signal
 */
export function onStatus(action, signal) {
  listeners.addEventListener("status", () => lastStatus && action(lastStatus), { signal });
  if (lastStatus) action(lastStatus);
}

/**
 * The active theme.
 * @returns {"light" | "dark"}
 */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** @param {() => void} action @param {AbortSignal} signal */
export function onTheme(action, signal) {
  listeners.addEventListener("theme", action, { signal });
}

export function startShell() {
  startTheme();
  startConnection();
  startStatus();
  startCards();
  document.getElementById("help")?.addEventListener("click", showHelp);
  onKey("?", "This help", showHelp);
  onKey("Ctrl+K", "Go to a study, run, notebook, or page", null);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    import("./palette.js").then(({ openPalette }) => openPalette(), () => {});
  });
  onKey("g h", "Go to Home", () => go("/"));
  onKey("g n", "Go to Notebooks", () => go("/notebooks"));
  onKey("g s", "Go to Studies", () => go("/studies"));
  onKey("g c", "Go to Compare", () => go("/compare"));
  onKey("g p", "Go to Grids", () => go("/grids"));
  onKey("g r", "Go to Runs", () => go("/runs"));
  onKey("g l", "Go to Labs", () => go("/labs"));
  onKey("g a", "Go to your account", () => go("/account"));
  onKey("g d", "Go to Data sets", () => go("/datasets"));
}

/** Cards of links to runs, and the bar of collected runs: their modules are loaded when there is something to show. */
function startCards() {
  const over = (/** @type {Event} */ event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='/runs/']") : null;
    const id = link instanceof HTMLAnchorElement && link.origin === location.origin ? /^\/runs\/([0-9a-f]{12}-[0-9]+)$/.exec(link.pathname)?.[1] : undefined;
    // Where the page is about this run, or shows its picture beside the link, a card says nothing new.
    if (!id || location.pathname.startsWith(`/runs/${id}`) || link?.querySelector("img")) return;
    if (event instanceof PointerEvent && event.pointerType !== "mouse") return;
    import("./hover-card.js").then(({ showSoon }) => showSoon(/** @type {HTMLAnchorElement} */ (link), id), () => {});
  };
  document.addEventListener("pointerover", over, { passive: true });
  document.addEventListener("focusin", (event) => event.target instanceof Element && event.target.matches(":focus-visible") && over(event));
  try {
    if (localStorage.getItem("fidelio-compare")) import("./compare-basket.js").then(({ showBasket }) => showBasket(), () => {});
  } catch {
    // Without storage nothing was collected.
  }
}

function startTheme() {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("theme"));
  const words = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const order = /** @type {("system" | "light" | "dark")[]} */ (["system", "light", "dark"]);
  const present = () => /** @type {"system" | "light" | "dark"} */ (document.documentElement.dataset.theme ?? "system");
  const label = () => {
    button.dataset.theme = present();
    button.setAttribute("aria-label", words[present()]);
    button.title = `${words[present()]} (press to change)`;
    fill(button, { system: "◐", light: "☀", dark: "☾" }[present()]);
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(present()) + 1) % order.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("fidelio-theme");
      else localStorage.setItem("fidelio-theme", next);
    } catch {
      // Then the choice lasts until the page is closed.
    }
    label();
    announce(words[next]);
    listeners.dispatchEvent(new Event("theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => listeners.dispatchEvent(new Event("theme")));
  label();
}

function startConnection() {
  const banner = /** @type {HTMLElement} */ (document.getElementById("banner"));
  let away = false;
  connection.addEventListener("lost", () => {
    if (away) return;
    away = true;
    fill(banner, h("strong", {}, "The server does not respond."), " The page shows the last known state. Retrying…");
    banner.hidden = false;
    setTimeout(poll, 1000);
  });
  connection.addEventListener("reached", () => {
    if (!away) return;
    away = false;
    banner.hidden = true;
    announce("The server responds again.");
    listeners.dispatchEvent(new Event("back"));
  });
  // Imported at the start: whoever is not signed in any more gets no modules.
  connection.addEventListener("unauthorized", () => signIn());
}

/**
 * Calls `action` when the server responds again after a lost connection.
 * @param {() => void} action @param {AbortSignal} signal
 */
export function onBack(action, signal) {
  listeners.addEventListener("back", action, { signal });
}

let polling = false;

async function poll() {
  if (polling) return;
  polling = true;
  try {
    showStatus(await get("/status"));
  } catch {
    // The banner reports it; retry later.
    tellFirst(null);
    setTimeout(poll, 2000);
  } finally {
    polling = false;
  }
}

function startStatus() {
  connection.addEventListener("status", (event) => showStatus(/** @type {CustomEvent<ServerStatus>} */ (event).detail));
  // Home's stream of events begins with the status; without the stream it is asked for.
  if (location.pathname === "/") setTimeout(() => lastStatus ?? poll(), 1200);
  else poll();
  setInterval(() => document.hidden || poll(), 5000);
  document.addEventListener("visibilitychange", () => document.hidden || poll());
}

let wasActive = false;

/** @param {ServerStatus} status */
function showStatus(status) {
  lastStatus = status;
  tellFirst(status);
  showVisitor(status.user);
  const activity = /** @type {HTMLElement} */ (document.getElementById("activity"));
  // Guests get neither.
  const { queued, running } = "queue" in status ? status.queue : { queued: 0, running: 0 };
  activity.hidden = queued + running === 0;
  // Whoever looks elsewhere is told when the last run ends.
  if (wasActive && queued + running === 0 && document.hidden) import("./ending.js").then(({ tellEnd }) => tellEnd("All runs have ended.", new AbortController().signal), () => {});
  wasActive = queued + running > 0;
  setText(activity, queued ? `${running} running, ${queued} queued` : plural(running, "run") + " active");
  const version = document.getElementById("version");
  const parts = [`Fidelio ${status.version}`, `numerics ${status.numerics}`, "kernels" in status && `${status.kernels} kernels`];
  if (version) setText(version, parts.filter(Boolean).join(" · "));
  listeners.dispatchEvent(new Event("status"));
}
