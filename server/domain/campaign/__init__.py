"""专项整治 and 整改: campaigns with phases, the list of problems, measures, proof, verification by somebody else (CAMP, RCT)."""
