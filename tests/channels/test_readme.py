"""What channels/README.md tells is so: its example conforms, its tables name every channel, setting and ability."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import andon.channel
import channels
from andon import plugins
from andon.testing.channels import Rig, conforms
from channels import console, slack, webhook

README = (Path(channels.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]


async def test_the_example_conforms() -> None:
    made: dict[str, Any] = {}
    exec(compile(EXAMPLE, "README.md", "exec", dont_inherit=True), made)  # noqa: S102  the example is ours
    await conforms(Rig(made["Pager"], settings={"PAGER_TOKEN": "invented"}))


def test_the_example_is_short() -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("name", ["console", "slack", "webhook"])
def test_every_channel_is_in_the_table(name: str) -> None:
    assert name in plugins.channels()
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("setting", [console.WIDTH, slack.TOKEN, slack.URL, webhook.SECRET])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in README


def test_every_ability_is_documented() -> None:
    abilities = {name for name, value in vars(andon.channel).items() if getattr(value, "_is_runtime_protocol", False)}
    assert abilities == {"Closes", "Updates", "Recognises", "Asks", "Answers"}
    assert all(f"| `{name}` |" in README for name in abilities)
