// The open incidents: what is called, since when, who has it, how much of the promise is left; and the answers.

import { details } from "./details.js";
import { el, keyed, lamp, write } from "./dom.js";
import { live, now } from "./live.js";
import { left, moment, say, span, tongue } from "./words.js";

const TIERS = ["red", "yellow", "watch"];
const unfolded = new Set();

/** The order of the board: what nobody has comes first within its tier, then the oldest; what is well again comes last. */
export function ordered(incidents) {
  const rank = (one) => [one.state === "verified", TIERS.indexOf(one.tier), Boolean(one.holder), one.called];
  return [...incidents].sort((a, b) => {
    const [mine, theirs] = [rank(a), rank(b)];
    const first = mine.findIndex((value, index) => value !== theirs[index]);
    return first < 0 ? 0 : mine[first] - theirs[first];
  });
}

/** Bring the list up to date; `answer` is called with an incident and a verb. */
export function incidents(list, answer) {
  keyed(list, ordered(live.state.incidents), (one) => one.id, (one) => make(one, answer), update);
}

function make(one, answer) {
  const node = el("li.incident", { tabindex: "0", id: `i-${one.id}` });
  const button = (verb) => el(`button.${verb}`, { type: "button", "data-verb": verb, on: { click: () => answer(node.one, verb) } });
  const more = el("button.details", { type: "button", on: { click: () => toggle(node) } });
  node.parts = {
    light: el("span.light"), tier: el("span.tier"), code: el("span.code"), title: el("h3"), where: el("p.where"), bad: el("p.bad"),
    who: el("p.who"), state: el("p.state"), promises: el("ul.promises"), ack: button("ack"), resolve: button("resolve"), escalate: button("escalate"), accept: button("accept"), more, body: el("div.body", { hidden: true }),
  };
  const { light, tier, code, title, where, bad, who, state, promises, ack, resolve, escalate, accept, body } = node.parts;
  node.append(
    el("div.side", {}, light, tier, code),
    el("div.what", {}, title, where, bad),
    el("div.whose", {}, who, state),
    promises,
    el("div.answers", {}, ack, resolve, escalate, accept, more),
    body,
  );
  return node;
}

function update(node, one) {
  const { light, tier, code, title, where, bad, ack, resolve, escalate, accept, body } = node.parts;
  const shows = one.state === "verified" ? "ok" : one.tier;
  if (node.dataset.shows !== shows) light.replaceChildren(lamp(shows));
  Object.assign(node.dataset, { shows, tier: one.tier, state: one.state, held: one.holder ? "yes" : "no" });
  const stale = !body.hidden && (node.one?.version !== one.version || node.tongue !== tongue());
  Object.assign(node, { one, tongue: tongue() });
  const words = one.said[tongue()];
  write(tier, say(`tier.${one.tier}`));
  write(code, one.code);
  write(title, one.title);
  write(where, `${words.where} · ${say("for", { owner: one.owner })}`);
  write(bad, words.bad ?? "");
  for (const [verb, button] of Object.entries({ ack, resolve, escalate, accept })) {
    write(button, say(`act.${verb}`));
    button.setAttribute("aria-label", `${say(`act.${verb}`)} ${one.code}`);
    button.title = say(`act.${verb}.long`);
  }
  accept.hidden = !one.accepts;
  write(node.parts.more, say(unfolded.has(one.id) ? "act.fold" : "act.details"));
  node.parts.more.setAttribute("aria-expanded", String(unfolded.has(one.id)));
  node.setAttribute("aria-label", [say(`tier.${one.tier}`), one.code, one.title, words.where, holder(one)].join(say("and")));
  tick(node);
  if (stale) details(body, one);
}

/** Bring what time changes up to date. */
export function tick(node) {
  const { one } = node;
  const { who, state, promises } = node.parts;
  const at = now();
  write(who, holder(one));
  const said = [say(`state.${one.state}`), say("since", { at: moment(one.since, at) }), say("ago", { span: span(at - one.since) })];
  if (one.helpers.length) said.push(say("helpers", { names: one.helpers.map(name).join(say("and")) }));
  if (one.shelved_until) said.push(say("shelved", { at: moment(one.shelved_until, at) }));
  else if (one.inhibited_by) said.push(say("inhibited", { name: cause(one.inhibited_by) }));
  else if (one.next_step && one.state === "called") said.push(say("next", { span: left(one.next_step - at) }));
  write(state, said.join(" · "));
  keyed(promises, one.promises.length ? latest(one.promises) : [], (promise) => promise.milestone, bar, (row, promise) => fill(row, promise, at));
}

/** What holds an incident back, by the answer code that people know it by. */
const cause = (id) => live.state.incidents.find((one) => one.id === id)?.code ?? id;

const name = (person) => live.state.people[person] ?? person;

function holder(one) {
  if (!one.holder) return say("nobody");
  return say(one.state === "called" ? "had" : "has", { name: name(one.holder) });
}

const latest = (promises) => [...new Map(promises.map((one) => [one.milestone, one])).values()];

function bar() {
  const row = el("li.promise");
  row.parts = { what: el("span.due"), text: el("strong"), fill: el("i") };
  row.append(row.parts.what, row.parts.text, el("span.bar", { "aria-hidden": "true" }, row.parts.fill));
  return row;
}

function fill(row, promise, at) {
  const over = promise.met ?? at;
  const state = promise.met !== null ? (promise.met < promise.breaks ? "kept" : "broke") : at >= promise.breaks ? "broken" : at >= promise.at_risk ? "risk" : "left";
  const spans = {
    kept: span(over - promise.started), broke: span(over - promise.breaks), broken: span(at - promise.breaks), risk: left(promise.breaks - at), left: left(promise.breaks - at),
  };
  row.dataset.state = state;
  write(row.parts.what, say(`promise.${promise.milestone}${promise.met === null ? ".by" : ""}`, { at: moment(promise.breaks, at) }));
  write(row.parts.text, say(`promise.${state}`, { span: spans[state] }));
  const gone = (over - promise.started) / Math.max(1, promise.breaks - promise.started);
  row.parts.fill.style.width = `${100 * Math.min(1, Math.max(0, 1 - gone))}%`;
}

/** Show an incident's details in place, or fold them up. */
export function toggle(node) {
  const { more, body } = node.parts;
  const opens = body.hidden;
  body.hidden = !opens;
  if (opens) unfolded.add(node.one.id);
  else unfolded.delete(node.one.id);
  write(more, say(opens ? "act.fold" : "act.details"));
  more.setAttribute("aria-expanded", String(opens));
  if (opens) details(body, node.one);
}
