"""Measures a delivered file against a preset's rules and says what passes, what fails and what nobody can tell."""
