"""Small published data sets, each with its source in its first lines."""
