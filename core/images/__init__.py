"""Image folders: what is in them, whether it can be used, and the identity that their content gives them."""
