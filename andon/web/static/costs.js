// What each rule may cost: one line a rule, with the false pages a month that it promises to stay below.

import { el, keyed, write } from "./dom.js";
import { live } from "./live.js";
import { counted, say, whole } from "./words.js";

const figure = (x) => (x >= 10 ? whole(Math.round(x)) : String(Number(x.toPrecision(2))));

/** What a rule promises; the phrase for a single page where the figure reads 1. */
function pages({ nobody, promised }) {
  if (nobody) return say("costs.nobody");
  if (!promised) return say("costs.none");
  return figure(promised) === "1" ? say("costs.pages.1") : say("costs.pages", { n: figure(promised) });
}

/** Bring the list up to date, and its sum. */
export function costs(title, list) {
  const { rules } = live.state;
  write(title, say("costs.title", { n: figure(rules.reduce((sum, rule) => sum + rule.promised, 0)) }));
  keyed(list, rules, (rule) => rule.rule, () => el("li"), (node, rule) => {
    const told = [counted("costs.live", rule.live)];
    if (rule.learning) told.push(counted("costs.learning", rule.learning));
    told.push(pages(rule));
    write(node, say("costs.line", { title: rule.title, told: told.join(say("costs.and")) }));
  });
}
