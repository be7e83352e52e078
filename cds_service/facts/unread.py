"""How a text of the record that nobody understood is named in evidence: the text itself is never repeated."""

REPORT = "report that was not understood"
NOTE = "note that was not understood"
ENTRY = "entry on the problem list that was not understood"

SAID = {
    REPORT: "a report was not understood",
    NOTE: "a note was not understood",
    ENTRY: "an entry was not understood",
}
"""The same as a clause, for cards."""
