// The line to the service: its state as it changes, its clock, and whether it is still there.

const SILENT = 6000; // ms without a word, three times as long as the service ever keeps silent
const AGAIN = 1000;

export const live = { state: null, heard: 0, connected: false, asks: false };

const NOTHING = { speed: 1, lamps: {}, rules: [], incidents: [], owners: [], people: {}, facts: {}, bounds: {}, faults: {}, rulebook: {}, waiting: [], set_back: 0, doubts: [], standby: [], store: "", store_why: "", away: "" };

let began = { now: 0, at: 0, speed: 1 };

/** The service's time now, by its own clock as it went lately; it stands still while the connection is lost. */
export function now() {
  if (!live.state) return Date.now() / 1000;
  const until = live.connected ? performance.now() : live.heard;
  return began.now + (Math.max(0, until - began.at) / 1000) * Math.min(live.state.speed, began.speed);
}

export const lostFor = () => (performance.now() - live.heard) / 1000;

const token = () => sessionStorage.getItem("andon.token") ?? "";

/** Ask the service with the token, if there is one; an answer that is no success is thrown with its reason. */
export async function ask(path, body) {
  const headers = { ...(token() && { Authorization: `Bearer ${token()}` }), ...(body && { "Content-Type": "application/json" }) };
  const answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cache: "no-store" });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw Object.assign(new Error(typeof said.detail === "string" ? said.detail : `${answer.status}`), { status: answer.status });
}

/** Follow the stream for ever; `changed` hears of every new state and of every change of the connection. */
export async function follow(changed) {
  setInterval(() => live.connected && performance.now() - live.heard > SILENT && lose(changed), 500);
  for (;;) {
    await read(changed).catch(() => undefined);
    lose(changed);
    await new Promise((again) => setTimeout(again, AGAIN));
  }
}

let line = null;

async function read(changed) {
  line = new AbortController();
  const patience = setTimeout((mine) => mine.abort(), SILENT, line);
  const headers = token() ? { Authorization: `Bearer ${token()}` } : {};
  const answer = await fetch("/v1/events", { headers, signal: line.signal, cache: "no-store" });
  live.asks = answer.status === 403;
  if (!answer.ok) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    clearTimeout(patience);
    for (const event of events) hear(event, changed);
  }
}

function hear(event, changed) {
  const [, name] = /^event: (.*)$/m.exec(event) ?? [];
  const [, data] = /^data: (.*)$/m.exec(event) ?? [];
  if (!data) return;
  const said = JSON.parse(data);
  live.heard = performance.now();
  began = { now: said.now, at: live.heard, speed: went(said.now) };
  if (name === "state") live.state = { ...(said.away && live.state ? live.state : NOTHING), ...said };
  if (name === "state" || !live.connected) {
    live.connected = true;
    changed();
  }
}

/** How fast the service's clock went since the last word: a fast one waits for its engine now and then. */
function went(now) {
  const seconds = (live.heard - began.at) / 1000;
  const speed = live.state?.speed ?? 1;
  if (speed <= 1 || !live.connected || seconds < 0.1) return speed;
  return 0.5 * began.speed + 0.5 * Math.min(speed, Math.max(0, (now - began.now) / seconds));
}

function lose(changed) {
  line?.abort();
  if (!live.connected && live.heard) return;
  live.connected = false;
  changed();
}
