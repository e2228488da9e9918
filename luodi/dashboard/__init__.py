"""The leader's page: a sentence, key figures, tile map, ranking, trend; the same full screen on the wall and on paper."""
