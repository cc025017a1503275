"""考核: figures of the handling units, each with the tickets behind it (揭府办〔2015〕4号 articles 25 to 27)."""
