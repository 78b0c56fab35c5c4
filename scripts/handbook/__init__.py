"""The one package behind The ML System Design Handbook: draws, computes, checks and builds it."""
