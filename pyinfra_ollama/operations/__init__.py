"""Operations: compare a host's snapshot with the settings and yield the fewest commands."""
