// What each rule may cost: one line a rule, with the false pages a month that it promises to stay below.

import { el, keyed, write } from "./dom.js";
import { live } from "./live.js";
import { say, whole } from "./words.js";

const figure = (x) => (x >= 10 ? whole(Math.round(x)) : String(Number(x.toPrecision(2))));

/** Bring the list up to date, and its sum. */
export function costs(title, list) {
  const { rules } = live.state;
  write(title, say("costs.title", { n: figure(rules.reduce((sum, rule) => sum + rule.promised, 0)) }));
  keyed(list, rules, (rule) => rule.rule, () => el("li"), (node, rule) => {
    const told = [say("costs.live", { n: whole(rule.live) })];
    if (rule.learning) told.push(say("costs.learning", { n: whole(rule.learning) }));
    told.push(rule.promised ? say("costs.pages", { n: figure(rule.promised) }) : say("costs.none"));
    write(node, `${rule.title}: ${told.join(say("and"))}`);
  });
}
