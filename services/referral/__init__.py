"""The referral service: referrals and transfers of children between agencies, with staged release of their data."""
