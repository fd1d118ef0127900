"""The failure drill: the real bot is killed again and again, and must lose nothing."""
