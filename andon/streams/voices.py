"""What people said and what was changed: the newest texts of each series, the newest releases and flags."""

from __future__ import annotations

from collections import deque
from itertools import islice

from andon.model import Change, Labels


class Quotes:
    """The newest texts of each row of a projection, with their event time."""

    def __init__(self, most: int, longest: int) -> None:
        self._most, self._longest = most, longest
        self._texts: dict[int, deque[tuple[float, str]]] = {}

    def add(self, row: int, time: float, text: str) -> None:
        """Keep a text; the one that came in first makes room for it."""
        texts = self._texts.get(row)
        if texts is None:
            texts = self._texts[row] = deque(maxlen=self._most)
        texts.append((time, text[: self._longest]))

    def newest(self, row: int, most: int) -> list[str]:
        """Return the newest texts of a row by event time, newest first."""
        texts = sorted(self._texts.get(row, ()), key=lambda item: -item[0])
        return [text for _, text in islice(texts, most)]

    def forget(self, row: int) -> None:
        """Drop a row's texts."""
        self._texts.pop(row, None)

    def expire(self, before: float) -> None:
        """Drop texts from before a time."""
        for row, texts in list(self._texts.items()):
            if min(time for time, _ in texts) < before:
                self._texts[row] = deque((text for text in texts if text[0] >= before), maxlen=self._most)
                if not self._texts[row]:
                    del self._texts[row]

    def save(self) -> list[tuple[int, list[tuple[float, str]]]]:
        """Return every row's texts."""
        return [(row, list(texts)) for row, texts in self._texts.items()]

    def load(self, saved: list[tuple[int, list[tuple[float, str]]]]) -> None:
        """Take up what was saved."""
        self._texts = {row: deque(texts, maxlen=self._most) for row, texts in saved}


class Changes:
    """The newest changes by event time, `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changes: list[Change] = []

    def add(self, change: Change) -> None:
        """Keep a change; the oldest makes room for it."""
        self._changes.append(change)
        self._changes.sort(key=lambda one: one.at)
        del self._changes[: -self._most]

    def forget(self, before: float) -> None:
        """Drop changes from before a time."""
        self._changes = [change for change in self._changes if change.at >= before]

    def between(self, labels: Labels, since: float, until: float) -> list[Change]:
        """Return the changes in `since`..`until` whose labels do not contradict, newest first."""
        return [
            change
            for change in reversed(self._changes)
            if since <= change.at <= until and all(labels.get(k, v) == v for k, v in change.labels.items())
        ]

    def save(self) -> list[Change]:
        """Return every change kept."""
        return self._changes

    def load(self, saved: list[Change]) -> None:
        """Take up what was saved."""
        self._changes = saved
