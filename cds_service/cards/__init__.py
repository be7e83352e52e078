"""From assessments to CDS Hooks cards: what to say, what to offer, and how to say why. Pure and deterministic."""
