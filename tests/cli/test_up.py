from __future__ import annotations

import json

from tests.runners.service import Service


def test_the_greeting_says_where_the_board_is_how_to_send_and_what_is_not_set_up(service: Service) -> None:
    said = service.log.read_text()
    assert f"board   {service.url}/\n" in said
    assert f"Bearer {service.token}" in said
    assert "pages   console" in said
    assert "not set up: Slack needs ANDON_SLACK_TOKEN" in said


def test_what_it_says_of_itself_is_json_and_nothing_of_it_alarms_a_newcomer(service: Service) -> None:
    lines = [line for line in service.log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if json.loads(line)["level"] not in {"info", "debug"}] == []


def test_the_command_that_the_greeting_names_sends_a_signal(service: Service) -> None:
    command = next(line for line in service.log.read_text().splitlines() if line.startswith("send    curl"))
    body = command.partition("-d '")[2].rstrip("'")
    answer = service.client.post("/v1/signals", content=body, headers={"Authorization": f"Bearer {service.token}"})
    assert (answer.status_code, answer.json()["taken"]) == (202, 1)
