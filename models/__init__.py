"""The networks: what there is (catalog), how a file gets here (fetch), what is deployed (prepare)."""
