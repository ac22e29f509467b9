"""What a host's metrics and its observer need: their files, and what has to run."""
