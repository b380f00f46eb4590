// An incident's evidence, its parts, changes, quotes, its story and its pages: asked for when somebody looks.

import { el, values } from "./dom.js";
import { ask, live, now } from "./live.js";
import { moment, say, tongue } from "./words.js";

export async function details(body, one) {
  if (!body.childElementCount) body.replaceChildren(el("p", {}, say("loading")));
  try {
    const whole = await ask(`/v1/incidents/${encodeURIComponent(one.id)}?lang=${tongue()}`);
    body.replaceChildren(...[evidence(whole), ...facts(whole), story(whole), pages(whole), source(whole)].filter(Boolean));
  } catch (error) {
    body.replaceChildren(el("p", {}, say("unread", { why: error.message })));
  }
}

const block = (key, ...inside) => el("section", {}, el("h4", {}, say(key)), ...inside);
const when = (at) => moment(at, now());
const place = (segment) => values(segment, say("everywhere"), say("and"));

function evidence(one) {
  const measured = one.alerts.filter((alert) => alert.evidence);
  if (!measured.length) return null;
  return el("div.evidence", {}, ...measured.slice(0, 6).map((alert) => {
    const words = alert.said[tongue()];
    const told = { observed: words.observed, usual: words.usual, n: words.n, began: when(alert.evidence.since), odds: words.odds };
    return el("section", {}, el("h4", {}, `${words.metric} · `, el("bdi", {}, words.where)),
      el("dl", {}, ...Object.entries(told).filter(([, text]) => text).map(([key, text]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, text)))),
      words.promised ? el("p", {}, words.promised) : null, words.learning ? el("p", {}, words.learning) : null, words.text ? el("p", {}, words.text) : null);
  }), measured.length > 6 ? el("p", {}, say("more.places", { n: measured.length - 6 })) : null);
}

function facts(one) {
  const found = one.alerts.find((alert) => alert.evidence)?.evidence;
  if (!found) return [];
  return [
    found.parts.length ? block("carried", el("ul.shares", {}, ...found.parts.slice(0, 6).map(share))) : null,
    found.changes.length ? block("changed", el("ul", {}, ...found.changes.map(change))) : null,
    found.quotes.length ? block("quotes", ...found.quotes.map((quote) => el("blockquote", {}, quote))) : null,
  ];
}

function share(part) {
  const fill = el("i");
  const percent = Math.min(100, Math.max(0, 100 * (part.share ?? 0)));
  fill.style.width = `${percent}%`;
  return el("li", {}, el("bdi", {}, place(part.labels)), el("span.figure", {}, `${Math.round(percent)} %`), el("span.bar", { "aria-hidden": "true" }, fill));
}

const change = (one) => el("li", {}, el("time", {}, when(one.at)), " ", el("bdi", {}, [one.name, one.text, place(one.labels)].filter(Boolean).join(" · ")));

function story(one) {
  return block("story", el("ol.story", {}, ...one.story.map((row) => el("li", { "data-kind": row.kind }, el("time", {}, when(row.at)), " ", el("bdi", {}, row.text)))));
}

function pages(one) {
  if (!one.pages.length) return null;
  return block("pages", el("ol.story", {}, ...one.pages.map((page) => {
    const whom = page.name || live.state.people[page.person] || page.person;
    const told = [whom, page.channel, say(`reason.${page.reason}`), say(`sending.${page.status}`), page.why].filter(Boolean).join(" · ");
    return el("li", { "data-kind": page.status }, el("time", {}, when(page.due)), " ", el("bdi", {}, told));
  })));
}

function source(one) {
  const links = /^https?:\/\//.test(one.runbook) ? el("a", { href: one.runbook, rel: "noreferrer", target: "_blank" }, one.runbook) : one.runbook;
  const told = [one.where ? el("p", {}, `${say("rule")} ${one.where}`) : null, one.runbook ? el("p", {}, `${say("runbook")} `, links) : null];
  return told.some(Boolean) ? el("div.source", {}, ...told) : null;
}
