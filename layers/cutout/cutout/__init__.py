"""Cutout's shared core. This file imports nothing, so that light functions start without numpy.

Array conventions; the name of a variable tells which one it is:

    rgb8     uint8   (H, W, 3)     sRGB-encoded colour, 0..255: how a whole picture travels
    alpha8   uint8   (H, W)        opacity 0..255, 255 = subject; straight, never premultiplied
    rgb      float32 (H, W, 3)     sRGB-encoded colour in [0, 1]; ``linear`` in a name means linear light
    alpha    float32 (H, W)        opacity in [0, 1], 1 = subject; straight
    tensor   float32 (N, 3, S, S)  what the network reads; S is the model's input size

A whole photograph is only ever held as uint8: at 12 megapixels one float32 frame of colour is 144 MB. Floats
exist on small grids, on tiles and on lists of pixels. The way out of float is ``codec.to_uint8``, and it rounds.

Rows come before columns (``height, width``); ``(width, height)`` exists only beside a Pillow call. Names of sizes
and times end in their unit: ``max_pixels``, ``timeout_seconds``.
"""
