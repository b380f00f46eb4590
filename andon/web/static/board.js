// The board: read this first. It follows the service's state, shows it, and hands on what people answer.

import { costs } from "./costs.js";
import { help, person, personName, pullTheCord, token, whoAreYou, whyAccept } from "./dialogs.js";
import { el, write } from "./dom.js";
import { incidents, ordered, tick, toggle } from "./incidents.js";
import { kept } from "./kept.js";
import { ask, follow, live, lostFor, now } from "./live.js";
import { owners, sums } from "./owners.js";
import { counted, moment, other, say, span, tongue, whole } from "./words.js";

const at = (id) => document.getElementById(id);
const COLOURS = { red: "#d5001c", yellow: "#f5b800", watch: "#2f6bde", ok: "#1a8f4e", none: "#8a8f98" };
const called = new Map(); // incident -> how often it was called, so that each call is said once
let first = true;

function show() {
  at("lang").lang = tongue() === "zh" ? "en" : "zh-CN";
  document.documentElement.lang = tongue() === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-say]")) write(node, say(node.dataset.say));
  write(at("lang"), say("lang.button"));
  write(at("me"), person() ? say("me.is", { name: personName() }) : say("me.none"));
  document.body.dataset.connected = live.connected ? "yes" : "no";
  if (live.state) {
    owners(at("owners"));
    incidents(at("incidents"), answer);
    announce();
    foot();
    costs(at("costs-title"), at("costs"));
    kept(at("kept"));
  }
  headline();
  time();
}

function headline() {
  const open = live.state?.incidents.filter((one) => one.state !== "verified") ?? [];
  const nobody = open.filter((one) => !one.holder).length;
  const silent = live.state ? sums().no_data : 0;
  const calm = silent ? counted("headline.nodata", silent) : say("headline.calm");
  const held = nobody ? counted("headline.nobody", nobody) : counted("headline.held", open.length);
  const text = !live.state ? say("headline.wait") : open.length ? `${counted("headline.open", open.length)} ${held}` : calm;
  write(at("headline"), tongue() === "zh" ? text.replace("， ", "，") : text);
  const worst = ordered(open)[0]?.tier ?? (live.state ? "ok" : "none");
  at("headline").dataset.shows = worst;
  document.title = open.length ? `(${open.length}) ${say(`tier.${worst}`)} · andon` : "andon";
  at("icon").href = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5" fill="${COLOURS[worst]}"/></svg>`)}`;
}

/** Say a call aloud, once: what was called before the board was opened is there to be read. */
function announce() {
  for (const one of live.state.incidents) {
    const calls = `${one.state === "called"} ${one.tier}`;
    if (!first && one.state === "called" && called.get(one.id) !== calls) {
      const words = { tier: say(`tier.${one.tier}`), title: one.title, where: one.said[tongue()].where, owner: one.owner };
      at("calls").replaceChildren(el("p", {}, say("call", words)));
    }
    called.set(one.id, calls);
  }
  first = false;
}

function foot() {
  const { facts, rulebook, standby } = live.state;
  const told = ["signals", "late", "repeated", "ahead", "dropped", "shed", "series"].filter((key) => key in facts && (facts[key] || key === "signals"));
  const counts = told.map((key) => say(`foot.${key}`, { n: whole(facts[key]) }));
  const rooms = ["memory", "disk"].filter((room) => facts[`store.${room}`]).map((room) => say(`foot.${room}`, { share: `${Math.round(100 * facts[`store.${room}`])} %` }));
  write(at("foot"), [...counts, ...rooms, say("foot.rules", { n: rulebook.rules ?? 0 }), say("foot.version", { version: rulebook.version ?? "" }), ...standby.map((who) => say("foot.standby", { who }))].join(" · "));
}

/** Everything that time changes, though nothing was heard. */
function time() {
  write(at("clock"), live.state ? moment(now(), now(), true) : "");
  const speed = live.state?.speed ?? 1;
  write(at("line"), live.connected ? say(speed === 0 ? "line.events" : speed === 1 ? "line.live" : "line.speed", { speed: whole(speed) }) : say("lost"));
  warnings();
  if (live.state && live.connected) for (const node of at("incidents").children) tick(node);
}

function warnings() {
  const { state } = live;
  const told = [];
  if (!live.connected) told.push(["lost", state ? say("lost.text", { at: moment(now(), now(), true), span: span(lostFor()) }) : say("lost.first")]);
  if (state?.away) told.push(["away", say("away.text", { why: state.away })]);
  if (state?.store) told.push(["store", say(`store.${state.store}`, { why: state.store_why })]);
  if (state?.waiting.length) told.push(["waiting", say("waiting.text", { names: state.waiting.join(say("and")) })]);
  if (state?.set_back) told.push(["setback", say("setback.text", { span: span(state.set_back) })]);
  if (state?.rulebook.refused) told.push(["refused", `${say("refused.text")}\n${state.rulebook.refused}`]);
  if (state?.standing_by) told.push(["standby", say("standby.text", { leader: state.standing_by })]);
  if (state?.doubts.length) told.push(["doubts", state.doubts.map(({ look, value }) => say(`doubt.${look}`, { value })).join("\n")]);
  const faults = Object.entries(state?.faults ?? {});
  if (faults.length) told.push(["faults", say("faults.text", { names: faults.map(([name, n]) => `${name.replace("faults.", "")} × ${whole(n)}`).join(say("and")) })]);
  const box = at("warnings");
  const text = JSON.stringify(told);
  if (box.told === text) return;
  box.told = text;
  box.replaceChildren(...told.map(([kind, words]) => el("div.warning", { "data-kind": kind }, el("strong", {}, say(kind)), el("p", {}, words))));
}

function toast(text, bad = false) {
  const node = el(bad ? "p.toast.bad" : "p.toast", {}, text);
  at("toasts").append(node);
  setTimeout(() => node.remove(), bad ? 12000 : 6000);
}

const refused = (error) => toast(error.status ? say("no", { why: error.message }) : say("unreachable"), true);

async function answer(one, verb) {
  const by = person() || (await whoAreYou());
  show();
  if (!by) return;
  const text = verb === "accept" ? await whyAccept(one) : "";
  if (text === null) return;
  const body = { verb, by, text, via: "board", id: crypto.randomUUID?.() ?? `${by} ${Date.now()} ${Math.random()}` };
  await ask(`/v1/incidents/${encodeURIComponent(one.id)}/acts?lang=${tongue()}`, body).then((said) => toast(`${one.code}: ${said.said}`), refused);
}

async function pull() {
  if (!live.state) return;
  const said = await pullTheCord();
  show();
  if (said) toast(said);
}

async function who() {
  if (live.state) await whoAreYou();
  show();
}

function language() {
  other();
  at("warnings").told = "";
  show();
}

/** The card that keys speak of: the one in focus, else the first. */
const current = () => document.activeElement.closest?.(".incident") ?? at("incidents").querySelector(".incident");

function move(by) {
  const cards = [...at("incidents").children];
  const place = cards.indexOf(document.activeElement.closest?.(".incident"));
  const next = cards[place < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, place + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function answerCurrent(verb) {
  const card = current();
  if (card) answer(card.one, verb);
  else toast(say("choose"), true);
}

const KEYS = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  a: () => answerCurrent("ack"), r: () => answerCurrent("resolve"), e: () => answerCurrent("escalate"), p: pull, l: language, w: who, "?": help,
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && document.activeElement.matches(".incident")) toggle(document.activeElement);
  const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!key || event.repeat && key !== KEYS.j && key !== KEYS.k) return;
  event.preventDefault();
  key();
}

let asking = false;

async function changed() {
  show();
  if (!live.asks || asking) return;
  asking = true;
  await token();
  asking = live.asks = false;
}

document.addEventListener("keydown", pressed);
at("lang").addEventListener("click", language);
at("help").addEventListener("click", help);
at("pull").addEventListener("click", pull);
at("me").addEventListener("click", who);
show();
follow(changed);
(function beat() {
  time();
  setTimeout(beat, live.state?.speed > 1 ? 200 : 1000 - (Date.now() % 1000));
})();
