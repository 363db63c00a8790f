"""The only place that speaks to AWS: thin clients that return nouns and raise StaxError."""
