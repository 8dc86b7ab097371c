"""A black-box probe of LL-HLS servers: walks a live show as a player would and says which rules it keeps."""
