"""Looking at a gateway as its clients do: through its public address, from here or another host."""
