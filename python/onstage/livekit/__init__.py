"""LiveKit's client protocol at Onstage's own address."""
