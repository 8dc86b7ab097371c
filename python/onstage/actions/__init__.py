"""The only code that changes state and emits events (invariant 1). One file per noun; one transaction per action."""
