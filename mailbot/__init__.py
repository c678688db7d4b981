"""A bot that runs the membership inbox of a network: it reads, keeps and writes; people decide."""
