"""What was recorded, as players see it: put together from stored segments when it is asked for."""
