"""Faults of every kind while pictures come in, and the proof that nothing is lost, doubled or changed by them."""
