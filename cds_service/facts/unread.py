"""How a text of record or order that nobody understood is named in evidence: the text itself is never repeated."""

REPORT = "report that was not understood"
NOTE = "note that was not understood"
ENTRY = "entry on the problem list that was not understood"
DRAFT = "another draft that could not be read"
WORDS = "words of another draft that were not understood"
SUPPORT = "supporting information that was not understood"
INSTRUCTION = "instruction to the patient that was not understood"

SAID = {
    REPORT: "a report was not understood",
    NOTE: "a note was not understood",
    ENTRY: "an entry was not understood",
    DRAFT: "another draft could not be read",
    WORDS: "another draft was not understood",
    SUPPORT: "its supporting information was not understood",
    INSTRUCTION: "its instruction was not understood",
}
"""The same as a clause, for cards."""
