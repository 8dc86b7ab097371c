"""The composer: one child process per broadcast that turns a stage into one show (design §2)."""
