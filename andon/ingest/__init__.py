"""From bytes that customers' apps send to a batch of columns; what cannot be taken becomes a dead letter with its reason."""
