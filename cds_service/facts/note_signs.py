"""What a sentence of a note has in it that may be of distant disease, however it is worded.

Of most notes few sentences do, and only those have to be understood: the others say how she lives and what was talked
about. Everyday words stand here beside clinical ones, because notes are written in both: "eyes a bit yellow".
"""

import re

_FINDINGS = (
    r"metast|\bmets?\b|malignan|\bstage\b|\bM1|lesion|nodul|\bmass|tumou?r|lytic|sclerotic|fractur|uptake|avid",
    r"effusion|ascites|adenopath|lymph|suspicious|\bnodes?\b|fixed|\bspots?\b|\b(?:lit|lights?) up|oligo|marrow",
    r"recur|relaps|\bIBTR\b|\bLRR\b|advanced|inflammator|progress|\b[a-z]{0,2}[TN][1-4]|revis|upstag|restag",
    r"cancer|carcinom|neoplas|further|biops|\bbx\b|concern|worr|suspect|unexplain|new\b|elevated|abnormal",
)
_SYMPTOMS = (
    r"pain|ache|sore|tender|discomfort|cough|dyspn|breath|ha?emopt|jaundice|icter|seizure|convuls|weak|numb|paresis",
    r"palsy|ataxi|vision|diplopia|confus|vomit|nausea|weight|appetite|anorexi|cachex|swell|swoll|dizz|faint|collaps",
    r"limp|bruis|incontinen|tingl|para?esthes|fatigue|tired|sweat|fever|unstead|balance|gait|falls?\b|satiety|forget",
    r"memory|word[- ]finding|mixing up|speech|slur|erythem|orange|ulcerat",
    r"\b(?:lbs?|pounds|kg|kilos)\b.{0,30}\b(?:lost|less|down|over|since)",
    r"\b(?:down|lost)\b.{0,20}\b(?:lbs?|pounds|kg|kilos)\b",
)
_IN_EVERYDAY_WORDS = (
    r"yellow|\bdark urine|urine (?:is |was |has been )?dark|pale stool|stools? (?:are |were )?(?:pale|clay)",
    r"off (?:her|his|my) (?:food|meals)|clothes|puffed|wind(?:ed|ing) (?:when|on|walk)|hoarse|raspy|\bvoice\b|swallow",
    r"hiccup|phlegm|pink stuff|lying flat|sit up to|\bfits?\b(?! (?:and|as))|\bspells?\b|staring|black(?:ed|s)? ?outs?",
    r"passed out|droop|clums|drops? (?:cups|things|objects)|\bdropping\b|\bdouble\b|blurr|squint|\bfell\b|tripp",
    r"stumbl|furniture to|\bcane\b|walker\b|wheelchair|hold(?:s|ing) on ?to|heavy legs?|legs? (?:feel|are|is) heavy",
    r"loss of (?:bladder|bowel)|(?:bladder|bowel) control|saddle|muddl|fogg?y|mixed up|spacey|out of it|disorient",
    r"los(?:es|ing) words|gets? lost|not (?:her|him)self|personality|charley horse|recliner|heating pad|stitch",
    r"ibuprofen|naproxen|aleve|advil|motrin|opioid|oxycod|hydrocod|morphine|round the clock|act(?:ing|s) up",
    r"wak(?:es|ing|ed) (?:her|him|me)|keeps? (?:her|him|me) (?:up|awake)",
)
_PLACES = (
    r"liver|hepat|brain|bone|osseous|lung|pulmon|\bspin(?:e|al)|vertebra|\bribs?\b|\bhips?\b|sternum|breast ?bone",
    r"collar ?bone|clavic|pelvi[cs]|femur|thigh|shoulder|tailbone|\bskull|\bjaw|\bneck\b|\bgroin|\bgland|chest wall",
    r"\bside when\b|\bbelly|\b(?:her|his|my|the|low(?:er)?|mid(?:dle)?|upper) back\b",
    r"\bback (?:is|was|has|feels?|hurts?|gives?|spasm|stiff|trouble|problem)",
)
_OF_THE_BREAST = (r"\blump|\bbump|\bknot\b|\bpea\b|\brash|nipple|dimpl|pucker|thicken",)
_TESTS = (
    r"calc(?:ium|a?emia)|\blfts?\b|alk(?:aline)? phos|\balp\b|\bplatelets?|\bhemoglobin|\bmarkers?\b|ca[ -]?(?:15|27)",
    r"\bcea\b|ct ?dna|\bctc\b|signatera|guardant|circulating|\b(?:x-?rays?|mri|ct|cat scan|pet|bone scan|scans?)\b",
    r"urgent care|emergency|\b(?-i:ER|ED)\b|hospitali[sz]|admitted",
)
_THERAPY = (
    r"last chemo|cycle \d|\bxeloda|capecitabine|enhertu|kadcyla|ibrance|kisqali|verzenio|palbociclib|ribociclib",
    r"abemaciclib|faslodex|fulvestrant|herceptin q",
)
_SIGNS = re.compile(
    "|".join((*_FINDINGS, *_SYMPTOMS, *_IN_EVERYDAY_WORDS, *_PLACES, *_OF_THE_BREAST, *_TESTS, *_THERAPY)),
    re.IGNORECASE,
)


def may_matter(sentence: str) -> bool:
    """Whether a sentence of a note has to be understood."""
    return _SIGNS.search(sentence) is not None
