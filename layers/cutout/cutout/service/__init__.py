"""The flow around the pixels: jobs and messages, object keys, the ledger, settings, webhooks. Clients are handed in."""
