// The lamps: a tile for each owner, its segments that are not calm one by one, the calm ones in one green lamp.

import { el, keyed, lamp, values, write } from "./dom.js";
import { ask, live } from "./live.js";
import { say, whole } from "./words.js";

const ORDER = ["red", "yellow", "watch", "no_data", "learning", "ok", "none"];
const MOST = 300; // segments of one rule that an unfolded tile shows
const open = new Set(); // owners whose tile is unfolded

export function owners(list) {
  // Each keeps its place, as on a wall: who looks up from afar knows where to look.
  const lamps = Object.entries(live.state.lamps).sort(([a], [b]) => a.localeCompare(b));
  keyed(list, lamps, ([owner]) => owner, make, update);
}

function make([owner]) {
  const node = el("li.tile");
  node.parts = {
    light: el("span.light"), name: el("span.name", {}, owner), word: el("span.word"), who: el("span.who"),
    chips: el("ul.chips"), all: el("div.all", { hidden: true }), more: el("button.more", { type: "button", on: { click: () => unfold(owner, node) } }),
  };
  const { light, name, word, who, chips, all, more } = node.parts;
  node.append(el("div.head", {}, light, el("div", {}, name, word, who)), chips, all, more);
  return node;
}

function update(node, [owner, shown]) {
  const { light, word, who, chips, more } = node.parts;
  if (node.dataset.shows !== shown.shows) light.replaceChildren(lamp(shown.shows));
  node.dataset.shows = shown.shows;
  write(word, say(`shows.${shown.shows}`));
  write(who, answers(owner, node));
  const counts = ["no_data", "learning", "ok"].filter((name) => shown.counts[name] && !shown.lamps.some((one) => one.shows === name));
  const items = [
    ...shown.lamps.map((one) => ({ ...one, text: values(one.segment, say("everywhere"), say("and")), note: one.better ? say("tile.better") : "" })),
    ...(shown.more ? [{ shows: shown.more_shows, text: say("tile.more", { n: whole(shown.more) }), rules: [] }] : []),
    ...counts.map((name) => ({ shows: name, text: say(`count.${name}`, { n: whole(shown.counts[name]) }), rules: [], sum: true })),
  ];
  fill(chips, items);
  more.hidden = !Object.values(shown.counts).some(Boolean);
  write(more, say(open.has(owner) ? "tile.fold" : "tile.all"));
}

function answers(owner, node) {
  const mine = live.state.incidents.filter((one) => one.owner === owner && one.state !== "verified");
  const nobody = mine.filter((one) => !one.holder).length;
  node.dataset.waits = nobody ? "yes" : "no";
  const names = [...new Set(mine.map((one) => live.state.people[one.holder] ?? one.holder))].filter(Boolean);
  if (nobody) return mine.length === 1 ? say("tile.nobody.1") : say("tile.nobody", { n: nobody });
  return names.length ? say("tile.held", { names: names.join(say("and")) }) : "";
}

function fill(list, items) {
  const told = JSON.stringify(items);
  if (list.told === told) return;
  list.told = told;
  list.replaceChildren(...items.map(chip));
}

function chip({ shows, text, note, rules, sum }) {
  return el(sum ? "li.chip.sum" : "li.chip", { "data-shows": shows, title: rules.join("; ") }, lamp(shows),
    el("span.unseen", {}, sum ? "" : `${say(`shows.${shows}`)} `), el("bdi", {}, text), note ? el("span.note", {}, note) : null);
}

async function unfold(owner, node) {
  const { all, more } = node.parts;
  if (!open.delete(owner)) {
    open.add(owner);
    all.replaceChildren(...(await ask(`/v1/lights?owner=${encodeURIComponent(owner)}`).then(byRule, () => [])));
  }
  all.hidden = !open.has(owner);
  node.classList.toggle("wide", open.has(owner));
  write(more, say(open.has(owner) ? "tile.fold" : "tile.all"));
}

function byRule(lights) {
  const titles = [...new Set(lights.map((one) => one.title))];
  return titles.map((title) => {
    const mine = lights.filter((one) => one.title === title).sort((a, b) => ORDER.indexOf(shows(a)) - ORDER.indexOf(shows(b)));
    const chips = mine.slice(0, MOST).map((one) => chip({ shows: shows(one), text: values(one.segment, say("everywhere"), say("and")), rules: [] }));
    if (mine.length > MOST) chips.push(el("li.chip", {}, say("tile.more", { n: whole(mine.length - MOST) })));
    return el("section", {}, el("h4", {}, title), el("ul.chips", {}, ...chips));
  });
}

function shows(light) {
  if (light.state === "firing" || light.state === "recovering") return light.learning_left > 0 ? "watch" : light.tier;
  if (light.state === "pending") return "watch";
  if (light.state === "no_data") return "no_data";
  return light.learning_left > 0 ? "learning" : "ok";
}

/** How many segments show what, over all owners. */
export function sums() {
  const counts = Object.fromEntries(ORDER.map((name) => [name, 0]));
  for (const { counts: mine } of Object.values(live.state.lamps)) for (const [name, n] of Object.entries(mine)) counts[name] += n;
  return counts;
}

