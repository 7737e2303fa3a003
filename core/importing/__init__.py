"""The one door for trained weights that others saved: read, unwrap, normalise, rename, and check against a network.

Nothing in a file is ever executed: `.pt` files are read with `weights_only=True`, which knows tensors and plain
containers only.
"""
