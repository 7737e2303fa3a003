"""What has been done: the SQL truth. Every other room asks here, none keeps its own copy."""
