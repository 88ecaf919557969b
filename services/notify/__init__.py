"""Tells people and systems about their referrals: inbox, e-mail and signed webhooks."""
