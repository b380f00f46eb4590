"""Where incidents, ledgers, pages and snapshots outlive a process: Redis, or a process's memory for replay."""
