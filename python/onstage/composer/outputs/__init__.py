"""Where the composer sends a show besides to its server: live targets, fed with what was encoded already."""
