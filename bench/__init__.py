"""How fast the bot is, side by side with a bare botbuilder bot and the floor: `make bench`."""
