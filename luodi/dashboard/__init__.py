"""The leader's page: a sentence, key figures, tile map, ranking, trends; the same on the wall and on paper."""
