"""`python app.py doctor`: look at everything outside that the bot needs, and change nothing."""
