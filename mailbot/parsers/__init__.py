"""Bytes or text in, values out: pure, and nothing that can come by mail makes them raise."""
