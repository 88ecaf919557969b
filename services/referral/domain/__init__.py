"""The rules of a referral, free of databases and HTTP."""
