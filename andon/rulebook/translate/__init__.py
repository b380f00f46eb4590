"""From what the files state to the frozen rulebook: names resolved, defaults filled in, the environment asked."""
