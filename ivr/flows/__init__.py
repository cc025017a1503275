"""What is said and asked on the line, one visit per file. `catalogue.py` names them all."""
