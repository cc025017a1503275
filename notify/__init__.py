"""通知: texts from one catalogue, sent by an SMS gateway or kept in an outbox; the 《催办通知书》 as PDF."""
