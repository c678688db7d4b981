"""Letters in by IMAP and out by SMTP; knows nothing of cases, rules or the store."""
