// @ts-check
// What the page is made of: its elements, buttons, numbers as text.

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export const get = (id) => /** @type {T} */ (document.getElementById(id));

/** @param {number} number */
export const count = (number) => number.toLocaleString('en');

/**
 * @param {string} label
 * @param {() => void} act
 * @param {boolean} [primary]
 */
export function makeButton(label, act, primary = false) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.classList.toggle('primary', primary);
  button.addEventListener('click', act);
  return button;
}


/**
 * Resolves when the browser holds the pictures, or knows which it cannot have.
 * @param {string[]} addresses
 */
export function preload(addresses) {
  return Promise.allSettled(addresses.map((address) => {
    const picture = new Image();
    picture.src = address;
    return picture.decode();
  }));
}
