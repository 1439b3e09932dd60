"""`./run phone`: what the app costs a phone and the board costs a wall, beside what an empty page costs in the same run."""
