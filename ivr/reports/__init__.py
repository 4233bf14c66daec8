"""What supervisors read: wallboard, tables and charts, out of the tables alone and without personal data."""
