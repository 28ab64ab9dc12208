"""What a later release asks of stored codes and clusters."""
