"""Student's distribution, paired differences, and a test with two looks."""
