/** On paper nothing is closed, and pictures are light. */

/**
 * @param {HTMLElement} root of the page @param {(isPrinting: boolean) => void} suit chooses pictures @param {AbortSignal} signal
 */
export function printing(root, suit, signal) {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...root.querySelectorAll("details")].filter((details) => !details.open);
    for (const details of opened) details.open = true;
    suit(true);
  }, { signal });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
    suit(false);
  }, { signal });
}
