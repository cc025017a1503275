"""Softphones (软电话): real SIP phones for the demonstration and the live tests, and ears that recognise what they heard. Knows nobody."""
