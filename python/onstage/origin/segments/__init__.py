"""What is published, and the only changes a playlist may see (RFC 8216bis §6.2.1)."""
