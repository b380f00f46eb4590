"""What a row of the ledger says, in a short plain line, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from andon.model import Row

_KINDS: Mapping[str, tuple[str, str]] = {
    "called": ("called ({tier}) for {owner}", "已呼叫 {owner}（{tier}）"),
    "reopened": ("called again ({tier}) for {owner}", "再次呼叫 {owner}（{tier}）"),
    "joined": ("one more: {text}", "又一处：{text}"),
    "alert": ("{text}: {was} → {state}", "{text}：{was} → {state}"),
    "worse": ("not fixed, called again: {text}", "未修复，再次呼叫：{text}"),
    "tier": ("{from} → {to}: {text}", "{from} → {to}：{text}"),
    "acked": ("{by} has it", "{by} 已接手"),
    "confirmed": ("{by} is still on it", "{by} 仍在处理"),
    "already": ("{by} was told: already {text}", "已告知 {by}：已由 {text} 处理"),
    "resolved": ("{by} says it is fixed", "{by} 表示已修复"),
    "recovering": ("looks better; the ladder pauses", "情况好转，升级暂停"),
    "relapsed": ("bad again: {text}; the ladder goes on", "又变差：{text}，升级继续"),
    "verified": ("back to normal, verified by the figures", "数据已证实恢复正常"),
    "closed": ("closed by {by}: {text}", "{by} 已关闭：{text}"),
    "accepted": ("{by} accepts this as the new normal: {text}", "{by} 接受为新常态：{text}"),
    "settled": ("{text}: usual from now on ({why})", "{text}：从现在起视为常态（{why}）"),
    "page-due": ("page due ({reason}) to {to}", "应通知 {to}（{reason}）"),
    "paged": ("{person} paged by {channel} ({reason})", "已通过 {channel} 通知 {person}（{reason}）"),
    "held": ("page held until {due}: {text}", "通知暂缓至 {due}：{text}"),
    "released": ("pages go out again: {text}", "恢复通知：{text}"),
    "dropped": ("page to {person} dropped: {text}", "未重复通知 {person}：{text}"),
    "receipt": ("page {status} {text}", "通知状态：{status} {text}"),
    "note": ("{by}: {text}", "{by}：{text}"),
    "told": ("{by}: the customers have been told {text}", "{by}：已告知客户 {text}"),
    "gave": ("{by} gave it to {whom}", "{by} 转交给 {whom}"),
    "join": ("{by} called {whom} in", "{by} 请 {whom} 加入"),
    "later": ("{by} wants to be asked again in {seconds}", "{by} 要求 {seconds} 后再提醒"),
    "shelved": ("{by} shelved it until {until}: {text}", "{by} 搁置至 {until}：{text}"),
    "unshelved": ("no longer shelved: {text}", "搁置结束：{text}"),
    "escalated": ("{by} called the next step", "{by} 要求升级"),
    "ack-expired": ("no progress since the answer; {holder} is asked", "接手后无进展，询问 {holder}"),
    "restarted": ("no word from {holder}; the ladder starts again", "{holder} 无回应，重新呼叫"),
    "at-risk": ("promise to {text} at risk, due {breaks}", "承诺（{text}）临近超时，期限 {breaks}"),
    "broken": ("promise to {text} broken, was due {breaks}", "承诺（{text}）已超时，期限 {breaks}"),
    "kept": ("promise to {text} kept, in {took}", "承诺（{text}）已兑现，用时 {took}"),
    "correction": ("promise to {text} was kept after all", "更正：承诺（{text}）其实已兑现"),
    "voided": ("promise to {text} no longer counts", "承诺（{text}）不再计算"),
    "retired": ("{text} is watched no more", "{text} 不再监测"),
    "skipped": ("not sent: {text}", "未发送：{text}"),
}
_WORDS: Mapping[str, str] = {
    "watch": "蓝灯",
    "yellow": "黄灯",
    "red": "红灯",
    "ok": "正常",
    "pending": "待确认",
    "firing": "异常",
    "no_data": "无数据",
    "retired": "已移除",
    "respond": "响应",
    "resolve": "恢复",
    "andon": "系统",
    "all": "全部",
    "verified": "已证实恢复",
    "never answered": "一直无人接手",
    "accepted as the new normal": "已接受为新常态",
    "it has lasted as long as `accept_after` says": "持续时间已达 accept_after 的规定",
    "fixed position": "到达定点",
    "the rule says so": "规则判定",
    "the tier has risen": "级别升高",
    "its time is over": "到期",
    "still bad after a resolve": "声明修复后仍异常",
    "no data": "无数据",
    "shelved": "已搁置",
    "escalated": "已升级",
    "first": "首次",
    "added": "新增",
    "worse": "恶化",
    "repeat": "重复",
    "ack-expired": "接手已过期",
    "promise-at-risk": "承诺临近超时",
    "promise-broken": "承诺超时",
    "recovered": "已恢复",
    "drill": "演练",
    "holder": "接手人",
    "lead": "负责人",
    "on-duty": "值班人",
    "paged": "已通知的人",
    "recovering": "恢复中",
    "resolved": "已声明修复",
    "sent": "已发出",
    "delivered": "已送达",
    "read": "已读",
    "failed-for-now": "暂时失败",
    "failed-for-good": "发送失败",
}
_TIMES = frozenset({"until", "breaks", "due"})
_DURATIONS = frozenset({"seconds", "took"})
_FREE = frozenset({"note", "told", "gave", "join", "accepted"})
"""Kinds whose text is a person's own: it is never translated."""


def tell(row: Row, lang: str) -> str:
    """Return the row as a line in `lang` (zh, anything else is English); an unknown kind gives its name and text."""
    chinese = lang == "zh"
    known = _KINDS.get(row.kind)
    if known is None:
        return f"{row.kind} {row.text}".strip()
    words = {name: _word(name, value, chinese=chinese) for name, value in row.data.items()}
    words["by"] = _translated(row.by, chinese=chinese)
    words["text"] = row.text if row.kind in _FREE else _translated(row.text, chinese=chinese)
    words["reason"] = _translated(row.reason.value if row.reason else "", chinese=chinese)
    return known[chinese].format_map(_Absent(words)).strip()


def ended(reason: str, lang: str) -> str:
    """Return what an incident was closed as, in `lang`; a person's own words stay as they are."""
    return _translated(reason, chinese=lang == "zh")


class _Absent(dict[str, str]):
    """A row written by another version may lack a word: the line stays readable."""

    def __missing__(self, key: str) -> str:
        return "?" if key else ""


def _word(name: str, value: str | float | list[str], *, chinese: bool) -> str:
    if isinstance(value, list):
        return ("、" if chinese else ", ").join(_translated(one, chinese=chinese) for one in value)
    if isinstance(value, str):
        return _translated(value, chinese=chinese)
    if name in _TIMES:
        return f"{datetime.fromtimestamp(value, UTC):%m-%d %H:%M} UTC"
    return _seconds(value, chinese=chinese) if name in _DURATIONS else f"{value:g}"


def _seconds(value: float, *, chinese: bool) -> str:
    minutes = value / 60
    if minutes < 2:
        return f"{value:.0f} 秒" if chinese else f"{value:.0f} s"
    if minutes < 120:
        return f"{minutes:.0f} 分钟" if chinese else f"{minutes:.0f} min"
    return f"{minutes / 60:.3g} 小时" if chinese else f"{minutes / 60:.3g} h"


def _translated(text: str, *, chinese: bool) -> str:
    return _WORDS.get(text, text) if chinese else text
