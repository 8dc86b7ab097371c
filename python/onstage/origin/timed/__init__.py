"""What travels beside the media on a show's timeline: metadata and captions."""
