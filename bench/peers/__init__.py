"""What the bot is compared with: programs of their own, which nothing of ours imports."""
