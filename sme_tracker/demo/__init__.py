"""A deterministic demo bureau: fictitious enterprises with a history from 2019 on, made through everybody's actions."""
