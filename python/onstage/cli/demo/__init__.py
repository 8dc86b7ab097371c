"""`onstage demo`: the server with a show running on it, made of synthetic people and watched by a real browser."""
