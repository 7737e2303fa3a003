"""A network as a graph: its file, its dead channels, and the form that the engine runs."""
