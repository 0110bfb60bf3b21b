"""Arrays in, arrays out: from a photograph and a coarse matte to a full-size alpha and clean colours."""
