"""The claims as theories for Tamarin, another prover: their syntax is checked, not their proofs."""
