"""The media engine seam: one interface, several engines behind it."""
