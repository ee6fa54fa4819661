"""The bureau's desk: registers, imports, board, reports, administration; each page stands on the shell."""
