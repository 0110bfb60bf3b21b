"""Quality, speed, cost and load, measured beside the peers in one run."""
