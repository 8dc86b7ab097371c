"""What `make generate` writes: each module makes documents from one list of facts in the source."""
