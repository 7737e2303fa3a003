"""Files that start everything on other people's machinery, with secrets of their own."""
