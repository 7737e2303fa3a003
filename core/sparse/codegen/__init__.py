"""Machine code as arrays of bytes: the assembler and the instruction sets that it writes for."""
