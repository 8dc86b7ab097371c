"""What calls actions from below: timers, engine events, composer reports, and what follows a change."""
