// Everything the board itself says, in English and Chinese: the same keys in both, {blanks} filled in by say().

const EN = {
  "skip": "Skip to the incidents",
  "help.button": "Help", "pull.button": "Pull the cord", "lang.button": "中文", "me.none": "Who are you?", "me.is": "You: {name}",
  "owners.title": "Owners", "incidents.title": "Open incidents",
  "headline.calm": "Nothing is called.", "headline.nodata": "Nothing is called, but {n} segments send no data.",
  "headline.nodata.1": "Nothing is called, but one segment sends no data.",
  "headline.open": "{n} open incidents.", "headline.open.1": "One open incident.",
  "headline.nobody": "{n} that nobody has yet.", "headline.nobody.1": "One that nobody has yet.",
  "headline.held": "Somebody has each of them.", "headline.held.1": "Somebody has it.", "headline.wait": "Waiting for the first word from the service …",
  "shows.red": "RED", "shows.yellow": "YELLOW", "shows.watch": "WATCH", "shows.no_data": "NO DATA", "shows.learning": "LEARNING",
  "shows.ok": "CALM", "shows.none": "NOTHING YET",
  "count.red": "{n} red", "count.yellow": "{n} yellow", "count.watch": "{n} watch", "count.no_data": "{n} without data",
  "count.learning": "{n} learning", "count.ok": "{n} calm",
  "tile.nobody": "{n} that nobody has", "tile.nobody.1": "nobody has it yet", "tile.held": "{names}: on it", "tile.more": "and {n} more", "tile.better": "getting better",
  "tile.all": "Show every segment", "tile.fold": "Fold up",
  "everywhere": "everywhere", "and": ", ",
  "tier.red": "RED", "tier.yellow": "YELLOW", "tier.watch": "WATCH",
  "state.called": "called", "state.acked": "acked", "state.recovering": "recovering", "state.verified": "verified", "state.closed": "closed",
  "nobody": "Nobody has it yet", "has": "{name} has it", "had": "{name} had it; called again", "helpers": "with {names}",
  "since": "since {at}", "ago": "for {span}", "for": "for {owner}",
  "promise.respond": "answer", "promise.respond.by": "answer by {at}", "promise.resolve": "well again", "promise.resolve.by": "well again by {at}",
  "promise.left": "{span} left", "promise.risk": "at risk, {span} left", "promise.broken": "broken {span} ago", "promise.broke": "late by {span}", "promise.kept": "kept in {span}",
  "shelved": "shelved until {at}", "inhibited": "held back by {name}", "next": "next step of the ladder in {span}",
  "act.ack": "Ack", "act.resolve": "Resolve", "act.escalate": "Escalate", "act.accept": "New normal", "act.details": "Details", "act.fold": "Fold up",
  "act.ack.long": "I take it", "act.resolve.long": "It is fixed", "act.escalate.long": "Call the next step", "act.accept.long": "This is the new normal, nothing is wrong",
  "accept.title": "Accept the new normal", "accept.text": "Detectors take the present level for usual from now on, and the call is closed as accepted, not as verified.", "accept.why": "Why is this normal now?", "accept.ok": "Accept it",
  "observed": "observed", "usual": "usual", "n": "n", "began": "since", "odds": "how rare", "carried": "Carried by", "changed": "Changed lately",
  "quotes": "Customers say", "story": "What happened", "pages": "Pages", "rule": "Rule", "runbook": "Runbook", 
  "more.places": "and {n} more places", "loading": "Loading …", "unread": "This could not be read: {why}",
  "sending.queued": "queued", "sending.sending": "sending", "sending.sent": "sent", "sending.delivered": "delivered", "sending.read": "read",
  "sending.failed-for-now": "failed for now", "sending.failed-for-good": "failed for good", "sending.bundled": "bundled", "sending.dropped": "dropped",
  "reason.first": "first call", "reason.added": "spread", "reason.worse": "worse", "reason.repeat": "again", "reason.ack-expired": "ack expired",
  "reason.promise-at-risk": "promise at risk", "reason.promise-broken": "promise broken", "reason.recovered": "recovered", "reason.drill": "drill",
  "line.live": "live", "line.speed": "live, {speed} times as fast", "line.events": "live, on the signals' clock",
  "lost": "Connection lost", "lost.text": "What you see is as of {at}, {span} ago. Trying again …", "lost.first": "The service does not answer. Trying again …",
  "away": "Store away", "away.text": "andon cannot read its store: {why}. It resumes by itself.",
  "store": "Store in trouble", "store.memory": "The store's memory is more than 80 % full: no signals are taken for now, senders try again; calls go on. It resumes once the log is worked off; if that takes long, give the store more memory.",
  "store.disk": "The disk under the store is more than 80 % full: no signals are taken for now, senders try again. Make room on it; andon resumes by itself.",
  "store.ended": "The store has ended and cannot be started: {why}. andon keeps trying, and resumes by itself.", "store.damaged": "What the store has kept cannot be read: {why}", "store.unfit": "andon cannot work on its store: {why} It resumes by itself.",
  "waiting": "Not working", "waiting.text": "These parts of andon make no progress: {names}. Nobody is called while they stand still.",
  "setback": "The clock was set back", "setback.text": "This machine's clock was set back by {span}. Until it has come up, time here goes half as fast; what senders stamp with their own time counts as late, and detectors may not see it. Single signals and pulls call as ever.",
  "refused": "Rulebook refused", "refused.text": "The changed rulebook has mistakes; the one before is still in force.",
  "standby": "Standing by", "standby.text": "{leader} judges and pages. This service takes signals and answers, and takes over when that one ends.",
  "doubts": "Store in doubt", "doubt.writes": "A write takes {value}, or is refused: senders wait, and pages are late.",
  "doubt.appendonly": "It keeps no append-only file (appendonly: {value}): what is acknowledged is lost when it stops.",
  "doubt.appendfsync": "appendfsync is {value}, not always: what was acknowledged in the last second may be lost with the machine.",
  "doubt.eviction": "maxmemory-policy is {value}, not noeviction: when it is full it forgets what it should keep.",
  "doubt.limit": "It has no maxmemory: nobody can tell when it is nearly full.",
  "doubt.memory": "Its memory is {value} full: from 80 % on signals are refused.",
  "doubt.clock": "Its clock is {value} from this machine's: one of them is wrong.",
  "faults": "Faults", "faults.text": "andon met faults of its own and went on: {names}.",
  "foot.standby": "{who} stands by", "foot.signals": "{n} signals", "foot.late": "{n} late", "foot.repeated": "{n} repeated", "foot.ahead": "{n} with a clock ahead", "foot.series": "{n} series",
  "foot.dropped": "{n} dropped", "foot.shed": "{n} batches sent away", "foot.memory": "store's memory {share} full", "foot.disk": "its disk {share} full", "foot.rules": "{n} rules", "foot.version": "rulebook {version}",
  "costs.title": "What the rules promise: at most {n} false pages a month in all", "costs.live": "{n} segments", "costs.live.1": "1 segment", "costs.learning": "{n} of them still learning", "costs.learning.1": "1 of them still learning", "costs.pages": "at most {n} false pages a month", "costs.pages.1": "at most 1 false page a month", "costs.none": "no promise", "costs.nobody": "pages nobody", "costs.line": "{title}: {told}", "costs.and": ", ",
  "kept.title": "What is kept, and how much at most", "kept.of": "{figure} of {bound}", "kept.series": "Series", "kept.frames": "Frames", "kept.ids": "Signals' ids", "kept.incidents.open": "Open incidents",
  "kept.incidents": "Incidents in the last 90 days", "kept.pages": "Their pages", "kept.letters": "Dead letters", "kept.keys": "Batches' keys", "kept.log.entries": "Entries of the log", "kept.bytes": "Frames, in memory",
  "kept.snapshot.bytes": "Snapshot", "kept.log.bytes": "Log", "kept.letters.bytes": "Dead letters, in bytes", "kept.store.bytes": "Store, in memory", "kept.store.file": "Store, on the disk", "kept.snapshot.at": "The snapshot is as of this long ago",
  "who.title": "Who are you?", "who.text": "Your answers are recorded under this name. It stays in this browser.", "who.label": "Your name in the rulebook", "who.ok": "That is me",
  "pull.title": "Pull the cord", "pull.text": "Something is wrong that no rule has called? Call for help: it opens an incident at once.", "pull.by": "Who are you?",
  "pull.what": "What is wrong?", "pull.what.hint": "For instance: customers tell of double charges", "pull.where": "Where?", "pull.where.hint": "region=east product=food",
  "pull.where.wrong": "Say each place as dimension=value, such as region=east; separate them by spaces.", "pull.owner": "Whom do you call?", "pull.owner.none": "whoever is on duty for everyone",
  "pull.tier": "How bad is it?", "pull.yellow": "Yellow: help is needed", "pull.red": "Red: customers are harmed now", "pull.ok": "Pull the cord", "cancel": "Cancel", "close": "Close",
  "pulled": "The cord is pulled.",
  "token.title": "A token is needed", "token.text": "From another machine, andon shows and takes answers only with the token in its ANDON_ACT_TOKEN. It stays in this tab.", "token.label": "Token", "token.ok": "Go on",
  "help.title": "Keys", "help.move": "next, previous incident", "help.enter": "show or fold up its details", "help.shapes": "Lights",
  "help.red": "customers are harmed now", "help.yellow": "help is called", "help.watch": "looks unusual; nobody is called", "help.ok": "as usual", "help.unknown": "no data, or still learning: not known to be well",
  "help.lang": "other language", "help.help": "this help", "help.who": "who you are",
  "call": "{tier}: {title}, {where}, for {owner}", "no": "Not done: {why}", "unreachable": "The service does not answer; nothing was done. Try again.", "choose": "There is no open incident to answer.",
  "s": "{n} s", "min": "{n} min", "h": "{h} h {m} min", "h.0": "{h} h", "d": "{n} d {h} h",
};

const ZH = {
  "skip": "跳到事件",
  "help.button": "帮助", "pull.button": "拉绳呼叫", "lang.button": "English", "me.none": "你是谁？", "me.is": "我：{name}",
  "owners.title": "负责团队", "incidents.title": "未关闭事件",
  "headline.calm": "一切平静，没有呼叫。", "headline.nodata": "没有呼叫，但有 {n} 处没有数据。",
  "headline.nodata.1": "没有呼叫，但有 1 处没有数据。",
  "headline.open": "{n} 个事件未关闭，", "headline.open.1": "1 个事件未关闭，",
  "headline.nobody": "其中 {n} 个还没有人接手。", "headline.nobody.1": "其中 1 个还没有人接手。",
  "headline.held": "都已有人接手。", "headline.held.1": "已有人接手。", "headline.wait": "正在等待服务的第一条消息……",
  "shows.red": "红灯", "shows.yellow": "黄灯", "shows.watch": "蓝灯", "shows.no_data": "无数据", "shows.learning": "学习中",
  "shows.ok": "正常", "shows.none": "尚无数据",
  "count.red": "{n} 红", "count.yellow": "{n} 黄", "count.watch": "{n} 蓝", "count.no_data": "{n} 无数据",
  "count.learning": "{n} 学习中", "count.ok": "{n} 正常",
  "tile.nobody": "{n} 个还没有人接手", "tile.nobody.1": "还没有人接手", "tile.held": "{names} 在处理", "tile.more": "另有 {n} 处", "tile.better": "正在好转",
  "tile.all": "显示所有分段", "tile.fold": "收起",
  "everywhere": "全部", "and": "、",
  "tier.red": "红灯", "tier.yellow": "黄灯", "tier.watch": "蓝灯",
  "state.called": "呼叫中", "state.acked": "已接手", "state.recovering": "恢复中", "state.verified": "已证实恢复", "state.closed": "已关闭",
  "nobody": "还没有人接手", "has": "{name} 已接手", "had": "{name} 曾接手，再次呼叫", "helpers": "协助：{names}",
  "since": "自 {at}", "ago": "已 {span}", "for": "{owner} 负责",
  "promise.respond": "响应", "promise.respond.by": "{at} 前响应", "promise.resolve": "恢复正常", "promise.resolve.by": "{at} 前恢复正常",
  "promise.left": "还剩 {span}", "promise.risk": "即将超时，还剩 {span}", "promise.broken": "已超时 {span}", "promise.broke": "超时 {span}", "promise.kept": "已兑现，用时 {span}",
  "shelved": "搁置至 {at}", "inhibited": "被 {name} 抑制", "next": "{span} 后升级到下一步",
  "act.ack": "接手", "act.resolve": "已修复", "act.escalate": "升级", "act.accept": "新常态", "act.details": "详情", "act.fold": "收起",
  "act.ack.long": "收到，我来处理", "act.resolve.long": "已经修复", "act.escalate.long": "呼叫下一步的人", "act.accept.long": "这是新常态，不是故障",
  "accept.title": "接受新常态", "accept.text": "从现在起检测器把目前的水平视为正常；呼叫以“已接受为新常态”关闭，不算已证实恢复。", "accept.why": "为什么这是新的常态？", "accept.ok": "接受",
  "observed": "观测值", "usual": "通常", "n": "样本数", "began": "开始于", "odds": "罕见程度", "carried": "主要来自", "changed": "近期变更",
  "quotes": "客户原话", "story": "经过", "pages": "通知", "rule": "规则", "runbook": "处理手册", 
  "more.places": "另有 {n} 处", "loading": "加载中……", "unread": "无法读取：{why}",
  "sending.queued": "排队中", "sending.sending": "发送中", "sending.sent": "已发出", "sending.delivered": "已送达", "sending.read": "已读",
  "sending.failed-for-now": "暂时失败", "sending.failed-for-good": "发送失败", "sending.bundled": "已合并", "sending.dropped": "未重复发送",
  "reason.first": "首次呼叫", "reason.added": "范围扩大", "reason.worse": "恶化", "reason.repeat": "再次呼叫", "reason.ack-expired": "接手已过期",
  "reason.promise-at-risk": "承诺临近超时", "reason.promise-broken": "承诺已超时", "reason.recovered": "已恢复", "reason.drill": "演练",
  "line.live": "实时", "line.speed": "实时，{speed} 倍速", "line.events": "实时，按信号的时间",
  "lost": "连接中断", "lost.text": "显示的是 {at} 的状态，已过去 {span}。正在重连……", "lost.first": "服务没有响应，正在重连……",
  "away": "存储不可用", "away.text": "andon 无法读取存储：{why}。恢复后会自动继续。",
  "store": "存储异常", "store.memory": "存储的内存已用超过 80 %：暂时不接收信号，发送方会重试；呼叫照常进行。日志处理完后自动恢复；若持续很久，请给存储更多内存。",
  "store.disk": "存储所在的磁盘已用超过 80 %：暂时不接收信号，发送方会重试。请腾出空间，之后 andon 自动恢复。",
  "store.ended": "存储已退出且无法启动：{why}。andon 会继续尝试，并自动恢复。", "store.damaged": "存储保存的内容无法读取：{why}", "store.unfit": "andon 无法使用这个存储：{why} 改好后会自动恢复。",
  "waiting": "停止工作", "waiting.text": "andon 的这些部分没有进展：{names}。在此期间不会呼叫任何人。",
  "setback": "时钟被调回", "setback.text": "本机时钟被调回了 {span}。在它追上之前，这里的时间只走一半快；发送方自带时间的信号会算作迟到，检测器可能看不到。单条信号和拉绳照常呼叫。",
  "refused": "规则被拒绝", "refused.text": "修改后的规则有错误，仍在使用之前的规则。",
  "standby": "待命", "standby.text": "目前由 {leader} 负责判断和通知。本服务照常接收信号和回应，对方停止后自动接替。",
  "doubts": "存储有隐患", "doubt.writes": "写入耗时 {value}，或被拒绝：发送方要等待，通知会延迟。",
  "doubt.appendonly": "没有追加文件（appendonly: {value}）：停止后，已确认的数据会丢失。",
  "doubt.appendfsync": "appendfsync 是 {value}，不是 always：机器故障时，最后一秒确认的数据可能丢失。",
  "doubt.eviction": "maxmemory-policy 是 {value}，不是 noeviction：存满后会丢弃应当保留的数据。",
  "doubt.limit": "没有设置 maxmemory：无法知道何时快满。",
  "doubt.memory": "内存已用 {value}：超过 80 % 就会拒收信号。",
  "doubt.clock": "它的时钟与本机相差 {value}：其中一个不准。",
  "faults": "故障", "faults.text": "andon 自身出现过故障并已继续：{names}。",
  "foot.standby": "{who} 待命", "foot.signals": "{n} 条信号", "foot.late": "{n} 条迟到", "foot.repeated": "{n} 条重复", "foot.ahead": "{n} 条时钟超前", "foot.series": "{n} 个序列",
  "foot.dropped": "{n} 条丢弃", "foot.shed": "{n} 批请稍后再发", "foot.memory": "存储内存已用 {share}", "foot.disk": "磁盘已用 {share}", "foot.rules": "{n} 条规则", "foot.version": "规则版本 {version}",
  "costs.title": "各规则的承诺：每月误报合计不超过 {n} 次", "costs.live": "{n} 个分段", "costs.live.1": "1 个分段", "costs.learning": "其中 {n} 个仍在学习", "costs.learning.1": "其中 1 个仍在学习", "costs.pages": "每月误报不超过 {n} 次", "costs.pages.1": "每月误报不超过 1 次", "costs.none": "不作承诺", "costs.nobody": "不呼叫任何人", "costs.line": "{title}：{told}", "costs.and": "，",
  "kept.title": "保存了什么，上限是多少", "kept.of": "{figure}，上限 {bound}", "kept.series": "序列", "kept.frames": "帧", "kept.ids": "信号编号", "kept.incidents.open": "未关闭的事件",
  "kept.incidents": "最近 90 天的事件", "kept.pages": "其通知", "kept.letters": "死信", "kept.keys": "批次键", "kept.log.entries": "日志条目", "kept.bytes": "帧占用内存",
  "kept.snapshot.bytes": "快照", "kept.log.bytes": "日志", "kept.letters.bytes": "死信占用", "kept.store.bytes": "存储占用内存", "kept.store.file": "存储占用磁盘", "kept.snapshot.at": "快照距今",
  "who.title": "你是谁？", "who.text": "你的回应会以这个名字记录，并保存在此浏览器中。", "who.label": "你在规则中的名字", "who.ok": "就是我",
  "pull.title": "拉绳呼叫", "pull.text": "发现了规则没有发现的问题？拉绳求助，会立即产生一个事件。", "pull.by": "你是谁？",
  "pull.what": "出了什么问题？", "pull.what.hint": "例如：客户反映重复扣款", "pull.where": "在哪里？", "pull.where.hint": "region=east product=food",
  "pull.where.wrong": "请用“维度=值”的形式填写，例如 region=east，多个之间用空格分隔。", "pull.owner": "呼叫谁？", "pull.owner.none": "全体值班人",
  "pull.tier": "有多严重？", "pull.yellow": "黄灯：需要帮助", "pull.red": "红灯：客户正在受害", "pull.ok": "拉绳", "cancel": "取消", "close": "关闭",
  "pulled": "已拉绳呼叫。",
  "token.title": "需要令牌", "token.text": "从其他机器查看或回应时，需要服务的 ANDON_ACT_TOKEN。它只保存在此标签页中。", "token.label": "令牌", "token.ok": "继续",
  "help.title": "按键", "help.move": "下一个、上一个事件", "help.enter": "展开或收起详情", "help.shapes": "灯",
  "help.red": "客户正在受害", "help.yellow": "正在求助", "help.watch": "看起来异常，未呼叫任何人", "help.ok": "正常", "help.unknown": "无数据或仍在学习，不代表正常",
  "help.lang": "切换语言", "help.help": "本帮助", "help.who": "你是谁",
  "call": "{tier}：{title}，{where}，{owner} 负责", "no": "未执行：{why}", "unreachable": "服务没有响应，未执行任何操作，请重试。", "choose": "没有可以回应的事件。",
  "s": "{n} 秒", "min": "{n} 分钟", "h": "{h} 小时 {m} 分钟", "h.0": "{h} 小时", "d": "{n} 天 {h} 小时",
};

export const TABLES = { en: EN, zh: ZH };

let lang = localStorage.getItem("andon.lang") || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

export const tongue = () => lang;

export function other() {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem("andon.lang", lang);
}

export function say(key, blanks = {}) {
  const phrase = TABLES[lang][key] ?? key;
  return phrase.replace(/\{(\w+)\}/g, (_, name) => String(blanks[name] ?? ""));
}

/** The phrase for n things; `key.1` for a single one. */
export const counted = (key, n) => say(n === 1 && TABLES[lang][`${key}.1`] ? `${key}.1` : key, { n: whole(n) });

export const whole = (n) => new Intl.NumberFormat(lang).format(Math.round(n));

/** A stretch of time in a word or two: 42 s, 18 min, 2 h 5 min, 3 d 4 h. */
export function span(seconds) {
  const left = Math.max(0, seconds);
  if (left < 60) return say("s", { n: Math.floor(left) });
  const minutes = Math.floor(left / 60);
  if (minutes < 60) return say("min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return say("d", { n: Math.floor(hours / 24), h: hours % 24 });
  return say(minutes % 60 ? "h" : "h.0", { h: hours, m: minutes % 60 });
}

/** What is left until something is due, to the second below an hour: 4:09. */
export function left(seconds) {
  if (seconds >= 3600) return span(seconds);
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A time of day in the reader's zone, with the date unless it is the day of `near`. */
export function moment(at, near, seconds = false) {
  const when = new Date(at * 1000);
  const locale = lang === "zh" ? "zh-CN" : "en-GB";
  const clock = when.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false });
  if (when.toDateString() === new Date(near * 1000).toDateString()) return clock;
  return `${when.toLocaleDateString(locale, { month: "short", day: "numeric" })} ${clock}`;
}
