// Making elements: what comes from outside is only ever set as text.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

/** Set a node's text only if it is another, so that a reader's selection and voice are left alone. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const SHAPES = { red: "red", yellow: "yellow", watch: "watch", ok: "ok" };

/** The shape of a light: told without its colour, too. */
export function lamp(shows) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${SHAPES[shows] ?? "unknown"}`);
  svg.append(use);
  return svg;
}

/** Make `parent`'s children those of `items`, in order; nodes are kept by key, made and brought up to date by the two functions. */
export function keyed(parent, items, key, make, update) {
  const focused = document.activeElement;
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const node = old.get(name) ?? make(item);
    old.delete(name);
    node.dataset.key = name;
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
    update(node, item);
  }
  for (const node of old.values()) node.remove();
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true }); // a moved node loses it
}

/** A segment in words: its values, as pages name them. */
export const values = (segment, everywhere, and) => Object.values(segment).filter(Boolean).join(and) || everywhere;
