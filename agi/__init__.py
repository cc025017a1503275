"""The Asterisk border: AGI and AMI in, our words out. The only room that knows how Asterisk spells things."""
