"""The one-machine edition: an emulated AWS and the real functions, without Docker and without an account."""
