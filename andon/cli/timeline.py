"""A replay's report as lines that people read, in English and Chinese."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from andon.incidents.story import tell
from andon.model import Evidence, Tier
from andon.respond.figures import duration, value
from andon.respond.plain import clean
from andon.rulebook.model import Rulebook
from andon.runners.report import Fired, Report

_WORDS: Mapping[str, tuple[str, str]] = {
    "utc": ("All times are UTC.", "所有时间均为 UTC。"),
    "shown": ("only shown", "仅显示"),
    "learning": ("only shown, still learning", "仅显示，仍在学习"),
    "all": ("all", "全部"),
    "seen": ("{metric} {observed}", "{metric} {observed}"),
    "usual": ("{metric} {observed}, usually {expected} ({low} to {high})", "{metric} {observed}，平时 {expected}（{low} 至 {high}）"),
    "span": ("{first} to {last}, rulebook {rulebook}", "{first} 至 {last}，规则版本 {rulebook}"),
    "none": ("no signals", "没有数据"),
    "signals": (
        "signals: {taken} taken, {late} of them late; {repeated} repeated, {refused} refused",
        "数据：收下 {taken} 条（其中迟到 {late}），重复 {repeated}，拒收 {refused}",
    ),
    "refused": ("  {count} x {why}", "  {count} 条：{why}"),
    "alerts": ("alerts: {count}, {open} of them not good again yet", "告警：{count} 次，其中 {open} 次尚未恢复"),
    "rule": ("  {rule}: {count} ({called} called somebody)", "  {rule}：{count} 次（其中 {called} 次呼叫）"),
    "incidents": (
        "incidents: {count}, {open} of them open; {pages} pages",
        "事件：{count} 起，其中 {open} 起未关闭；通知 {pages} 条",
    ),
    "promises": (
        "promises: {kept} kept, {broken} broken, {running} running",
        "承诺：兑现 {kept}，超时 {broken}，进行中 {running}",
    ),
    "acts": ("acts refused: {count}", "未接受的操作：{count}"),
    "good": ("good again after {took}", "{took}后恢复"),
}  # fmt: skip
_TIERS = {Tier.WATCH: "蓝灯", Tier.YELLOW: "黄灯", Tier.RED: "红灯"}


def timeline(report: Report, book: Rulebook, lang: str) -> Iterator[str]:
    """Yield what happened in the order of time, then the sum of it."""
    yield _say(lang, "utc")
    yield ""
    told = [*_told(report, lang), *_shown(report, book, lang)]
    yield from (f"{_when(at)}  {line}" for at, line in sorted(told, key=lambda one: one[0]))
    yield ""
    yield from summary(report, lang)


def summary(report: Report, lang: str) -> Iterator[str]:
    """Yield what it came to: signals, alerts by rule, incidents, promises."""
    known = math.isfinite(report.first)
    span = {"first": _when(report.first), "last": _when(report.last)} if known else {}
    yield _say(lang, "span", **span, rulebook=report.rulebook[:12]) if known else _say(lang, "none")
    yield _say(lang, "signals", taken=report.taken, late=report.late, repeated=report.repeated, refused=report.refused)
    for why, count in report.reasons.items():
        yield _say(lang, "refused", count=count, why=why)
    still = sum(one.good is None for one in report.alerts)
    yield _say(lang, "alerts", count=len(report.alerts), open=still)
    called = Counter(one.rule for one in report.alerts if calls(one))
    for rule, count in sorted(Counter(one.rule for one in report.alerts).items()):
        yield _say(lang, "rule", rule=rule, count=count, called=called[rule])
    still = sum(one.state != "closed" for one in report.incidents)
    yield _say(lang, "incidents", count=len(report.incidents), open=still, pages=report.pages)
    promises = report.promises()
    running = promises["running"] + promises["at-risk"]
    yield _say(lang, "promises", kept=promises["kept"], broken=promises["broken"], running=running)
    if report.acts_refused:
        yield _say(lang, "acts", count=len(report.acts_refused))
        yield from (f"  {one}" for one in report.acts_refused)


def calls(alert: Fired) -> bool:
    """Tell whether an alert calls somebody; one of tier watch, or still learning, only shows."""
    return alert.tier is not Tier.WATCH and not alert.learning


def _told(report: Report, lang: str) -> Iterator[tuple[float, str]]:
    titles = {one.id: one.title for one in report.incidents}
    for row in report.rows:
        yield row.at, f"{row.incident:<15} {clean(f'{titles[row.incident]}: {tell(row, lang)}')}"


def _shown(report: Report, book: Rulebook, lang: str) -> Iterator[tuple[float, str]]:
    """Yield the alerts that only show: no incident tells of them."""
    for one in report.alerts:
        if calls(one):
            continue
        how = _say(lang, "learning" if one.learning else "shown")
        where = ", ".join(f"{name}={said}" for name, said in sorted(one.segment.items())) or _say(lang, "all")
        name = book.rules[one.rule].name if one.rule in book.rules else one.rule
        tier = _TIERS[one.tier] if lang == "zh" else one.tier.value
        seen = f"; {_seen(one.evidence, lang)}" if one.evidence else ""
        good = f"; {_say(lang, 'good', took=duration(one.good - one.at, lang))}" if one.good is not None else ""
        yield one.at, clean(f"({how}) {name}, {where}: {tier}{seen}{good}")


def _seen(evidence: Evidence, lang: str) -> str:
    names = ("observed", "expected", "low", "high")
    figures = {name: value(getattr(evidence, name), evidence.unit, lang) for name in names}
    known = all(math.isfinite(getattr(evidence, name)) for name in names)
    return _say(lang, "usual" if known else "seen", metric=evidence.metric, **figures)


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _say(lang: str, word: str, **blanks: object) -> str:
    return _WORDS[word][lang == "zh"].format(**blanks)
