"""What requests carry: REST's bodies, and the gateway's `data`. Strict: an unknown field is an error."""
