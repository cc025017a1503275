"""知识库: what agents answer from, and who answers for it (揭府办〔2015〕4号 chapter five)."""
