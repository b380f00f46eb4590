// What the board asks people: who they are, what is wrong when they pull the cord, a token from far away; and its help.

import { el, lamp } from "./dom.js";
import { ask, live } from "./live.js";
import { say, tongue } from "./words.js";

const KEYS = [["j ↓  k ↑", "help.move"], ["Enter", "help.enter"], ["a", "act.ack.long"], ["r", "act.resolve.long"], ["e", "act.escalate.long"], ["p", "pull.title"], ["w", "help.who"], ["l", "help.lang"], ["?", "help.help"]];

export const person = () => localStorage.getItem("andon.person") ?? "";
export const personName = () => live.state?.people[person()] ?? person();

/** Show a dialog until it is sent or left; what `sent` returns is what the promise is fulfilled with, null when it was left. */
function dialog(title, fields, ok, sent) {
  return new Promise((done) => {
    const wrong = el("p.wrong", { role: "alert" });
    const leave = el("button", { type: "button", on: { click: () => node.close() } }, say(ok ? "cancel" : "close"));
    const form = el("form", {}, el("h2", { id: "dialog-title" }, title), ...fields, wrong, el("div.answers", {}, ok ? el("button.main", { type: "submit" }, ok) : null, leave));
    const node = el("dialog", { "aria-labelledby": "dialog-title" }, form);
    let result = null;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        result = await sent(new FormData(form));
        node.close();
      } catch (error) {
        wrong.textContent = error.message;
      }
    });
    node.addEventListener("close", () => { node.remove(); done(result); });
    document.body.append(node);
    node.showModal();
  });
}

const field = (label, input) => el("label", {}, el("span", {}, label), input);

function people() {
  const known = Object.entries(live.state.people).sort(([, a], [, b]) => a.localeCompare(b, tongue()));
  const select = el("select", { name: "by", required: true }, el("option", { value: "" }, ""), ...known.map(([id, name]) => el("option", { value: id }, name === id ? id : `${name} (${id})`)));
  select.value = person();
  return select;
}

function remember(id) {
  localStorage.setItem("andon.person", id);
  return id;
}

export const whoAreYou = () => dialog(say("who.title"), [el("p", {}, say("who.text")), field(say("who.label"), people())], say("who.ok"), (form) => remember(form.get("by")));

export function pullTheCord() {
  const owner = el("select", { name: "owner" }, el("option", { value: "" }, say("pull.owner.none")), ...live.state.owners.map((name) => el("option", { value: name }, name)));
  const tier = el("select", { name: "tier" }, el("option", { value: "yellow" }, say("pull.yellow")), el("option", { value: "red" }, say("pull.red")));
  const fields = [
    el("p", {}, say("pull.text")), field(say("pull.by"), people()),
    field(say("pull.what"), el("textarea", { name: "text", required: true, maxlength: "2000", rows: "2", placeholder: say("pull.what.hint") })),
    field(say("pull.where"), el("input", { name: "where", placeholder: say("pull.where.hint"), autocomplete: "off" })),
    field(say("pull.owner"), owner), field(say("pull.tier"), tier),
  ];
  return dialog(say("pull.title"), fields, say("pull.ok"), pulled);
}

async function pulled(form) {
  const segment = segmentOf(form.get("where"));
  await ask("/v1/pulls", { by: remember(form.get("by")), text: form.get("text"), owner: form.get("owner"), tier: form.get("tier"), segment });
  return say("pulled");
}

function segmentOf(text) {
  const pairs = text.split(/[\s,，;；]+/).filter(Boolean).map((one) => one.replace("＝", "=").split(/=(.*)/s));
  if (pairs.some(([key, value]) => !key || !value)) throw new Error(say("pull.where.wrong"));
  return Object.fromEntries(pairs);
}

/** Ask why what an incident shows is normal now; the reason, or null. */
export const whyAccept = (one) => dialog(`${say("accept.title")}: ${one.title}`, [el("p", {}, say("accept.text")), field(say("accept.why"), el("textarea", { name: "text", required: true, maxlength: "2000", rows: "2" }))], say("accept.ok"), (form) => form.get("text").trim());

export const token = () => dialog(say("token.title"), [el("p", {}, say("token.text")), field(say("token.label"), el("input", { name: "token", type: "password", required: true, autocomplete: "off" }))], say("token.ok"), (form) => {
  sessionStorage.setItem("andon.token", form.get("token").trim());
  return true;
});

export function help() {
  const keys = KEYS.map(([key, text]) => el("div", {}, el("dt", {}, ...key.split(/\s+/).flatMap((one) => [el("kbd", {}, one), " "])), el("dd", {}, say(text))));
  const lights = ["red", "yellow", "watch", "ok", "unknown"].map((shows) => el("li.chip", { "data-shows": shows }, lamp(shows), el("span", {}, say(`help.${shows}`))));
  return dialog(say("help.title"), [el("dl.keys", {}, ...keys), el("h2", {}, say("help.shapes")), el("ul.legend", {}, ...lights)], "", () => null);
}
