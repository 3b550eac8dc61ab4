"""Doubles of the outside services, on loopback: they verify what the real ones verify (signatures,
credentials, idempotency keys), keep what reached them, and fail on demand."""
