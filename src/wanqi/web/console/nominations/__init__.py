"""申报推荐: stages on a board, moves of one or many, batches, what is sent upward."""
