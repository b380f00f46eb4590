// What andon keeps, and how much of it at most: one line each.

import { el, keyed, write } from "./dom.js";
import { live, now } from "./live.js";
import { say, span, whole } from "./words.js";

const COUNTS = ["series", "frames", "ids", "incidents.open", "incidents", "pages", "letters", "keys", "log.entries"];
const BYTES = ["bytes", "snapshot.bytes", "log.bytes", "letters.bytes", "store.bytes", "store.file"];

const size = (bytes) => (bytes < 2 ** 20 ? `${whole(Math.ceil(bytes / 1024))} KiB` : `${whole(Math.round(bytes / 2 ** 20))} MiB`);

/** Bring the list up to date; what the service does not tell is left out. */
export function kept(list) {
  const { facts, bounds } = live.state;
  const rows = [...COUNTS.map((name) => [name, whole]), ...BYTES.map((name) => [name, size])].filter(([name]) => name in facts);
  if ("snapshot.at" in facts) rows.push(["snapshot.at", (at) => span(Math.max(0, now() - at))]);
  keyed(list, rows, ([name]) => name, () => el("li"), (node, [name, told]) => {
    const figure = told(facts[name]);
    write(node, `${say(`kept.${name}`)}: ${bounds[name] ? say("kept.of", { figure, bound: told(bounds[name]) }) : figure}`);
  });
}
