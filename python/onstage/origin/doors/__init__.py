"""HTTP: who may play, what caches may keep, and the routes to media."""
