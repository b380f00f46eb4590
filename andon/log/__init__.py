"""Where a batch is durable before its sender hears of it: a Redis stream, or memory for replays and tests."""
