"""Arrays in, arrays out: backgrounds, layout, shadows and light."""
