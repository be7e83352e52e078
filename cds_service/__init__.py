"""A CDS Hooks service for breast-imaging orders, after the ACR Appropriateness Criteria."""

__version__ = "0.1.0"
