"""Keys, credits and the audit of the accounts, from the command line."""
