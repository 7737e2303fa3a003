"""What came out: an object store of content-addressed files, and the checkpoint format."""
