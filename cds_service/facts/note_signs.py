"""What a sentence of a note has in it that may be of distant disease, however it is worded.

Of most notes few sentences do, and only those have to be understood: the others say how she lives and what was talked
about. Everyday words stand here beside clinical ones, because notes are written in both: "eyes a bit yellow".
"""

import re

_STEMS = (
    # findings, and what is to be found out
    *("metast", "malignan", "lesion", "nodul", "tumor", "tumour", "lytic", "sclerotic", "fractur", "uptake", "avid"),
    *("effusion", "ascites", "adenopath", "lymph", "suspicious", "fixed", "oligo", "marrow", "recur", "relaps"),
    *("advanced", "inflammator", "progress", "revis", "upstag", "restag", "cancer", "carcinom", "neoplas", "further"),
    *("biops", "concern", "worr", "suspect", "unexplain", "elevated", "abnormal"),
    # symptoms
    *("pain", "sore", "tender", "discomfort", "cough", "dyspn", "breath", "hemopt", "haemopt", "jaundice"),
    *("icter", "seizure", "convuls", "weak", "numb", "paresis", "palsy", "ataxi", "vision", "diplopia", "confus"),
    *("vomit", "nausea", "weight", "appetite", "anorexi", "cachex", "swell", "swoll", "dizz", "faint", "collaps"),
    *("limp", "bruis", "incontinen", "tingl", "paresthes", "paraesthes", "fatigue", "tired", "sweat", "fever"),
    *("unstead", "balance", "gait", "satiety", "forget", "memory", "word-finding", "word finding", "mixing up"),
    *(
        "speech",
        "slur",
        "erythem",
        "orange",
        "ulcerat",
        "dysphag",
        "hematuri",
        "haematuri",
        "intracran",
        "cerebr",
        "infiltrat",
    ),
    *("lateral ventricle", "plaque", "catches on", "dorsiflex", "plantarflex", "jelly", "wet her", "wets her"),
    *("vocal cord", "percussion", "papule", "hospice", "palliat", "comfort care", "comfort focus", "prognosis"),
    # what an examination finds
    *("auscultat", "reflex", "romberg", "babinski", "sensation", "cranial nerve", "oriented", "murmur", "guarding"),
    *("rigidity", "straight leg", "pupil", "midline", "retinal", "crackl", "rales", "wheez", "rhonch", "stridor"),
    *("organomegal", "megaly", "distend", "distension", "clonus", "nystagm", "drift", "foot drop"),
    # symptoms in everyday words
    *("yellow", "pale stool", "clothes", "puffed", "hoarse", "raspy", "swallow", "hiccup", "phlegm", "pink stuff"),
    *("lying flat", "sit up to", "staring", "passed out", "droop", "clums", "blurr", "squint", "tripp", "stumbl"),
    *("furniture to", "wheelchair", "heavy leg", "loss of bladder", "loss of bowel", "bladder control"),
    *("bowel control", "saddle", "muddl", "fogg", "mixed up", "spacey", "out of it", "disorient", "gets lost"),
    *("get lost", "personality", "charley horse", "recliner", "heating pad", "stitch", "ibuprofen", "naproxen"),
    *("opioid", "oxycod", "hydrocod", "morphine", "round the clock"),
    # parts of the body that breast cancer spreads to
    *("liver", "hepat", "brain", "bone", "osseous", "lung", "pulmon", "vertebra", "sternum", "clavic", "pelvis"),
    *("pelvic", "femur", "thigh", "shoulder", "tailbone", "chest wall"),
    # the breast
    *("nipple", "dimpl", "pucker", "thicken"),
    # tests, and where she went with it
    *("calcium", "calcemia", "calcaemia", "alk phos", "alkaline phos", "ctdna", "ct dna", "signatera", "guardant"),
    *("circulating", "urgent care", "emergency", "hospitali", "admitted"),
    # treatment of disease, how it goes, and what nobody can do any more
    *(
        "chemo",
        "radiother",
        "neoadj",
        "xgeva",
        "denosumab 120",
        "everolimus",
        "infusion",
        "on the pump",
        "line of treat",
    ),
    *("second line", "second-line", "third line", "third-line", "first line", "first-line", "incurable", "inoperable"),
    *("curable", "cured", "not cure", "spread", "everywhere", "all over", "funeral", "end of life", "weeks to live"),
    *("months to live", "die at home", "place of death", "dnr", "not long left", "supportive care", "comfortable"),
    *("bad news", "devastat", "very upset", "upset at", "shocked by", "stop treatment", "stopped everything"),
    *(
        "on treatment",
        "having treatment",
        "started treatment",
        "treatment started",
        "off treatment",
        "weekly treatment",
    ),
    # another cancer, or more of this one
    *("lymphoma", "myeloma", "leukaem", "leukem", "melanoma", "sarcoma", "second primary", "contralateral"),
    *("other breast", "both breasts", "each breast", "other side", "both sides", "came back"),
    *("come back", "comes back", "coming back", "back again", "deposits", "more extensive", "than was thought"),
    *(
        "than thought",
        "larger than before",
        "bigger",
        "growing",
        "worse",
        "increasing",
        "has changed",
        "diagnosis changed",
    ),
    # what is to be found out
    *("pending", "await", "called back", "recalled for", "second look", "more views", "extra views", "repeat bloods"),
    *(
        "bloods to be repeated",
        "bloods repeated",
        "film repeated",
        "be repeated",
        "being investigated",
        "investigation",
    ),
    *("looked into", "being sought", "cause not", "no cause", "cause un", "more tests", "extra tests", "radiologist"),
    *("neurolog", "respiratory", "under oncology", "doubled", "of disease", "with disease"),
    *(
        "surgery cancelled",
        "surgery deferred",
        "surgery postponed",
        "surgery not",
        "operation not",
        "operation put off",
    ),
    *("operation abandoned", "declined to operate", "plan changed", "late stage", "late presentation"),
    *("trial", "randomis", "randomiz", "signed up for", "study visit", "further test", "urgently", "previous cancer"),
    *("old cancer", "coded right", "coded left", "breast also", "new mass", "late stage", "glands", "has had enough"),
    *("not doing", "no improvement", "infection of", "put off"),
    # how she is
    *("not well", "no longer", "not fully", "less than before", "with help", "needs help", "uses a stick", "in bed"),
    *("to her bed", "in a chair", "sleeps all day", "speaks slowly", "come out wrong", "cannot write", "on the floor"),
    *("sees two", "eats little", "eats less", "belt two", "holds her side", "chiropract", "physio for", "in hospital"),
    *("to hospital", "ed visit", "accident", "usual self", "not the same", "struggles", "cannot cope", "had enough"),
    *("wobbly", "off food", "not as mobile", "into walls", "home oxygen", "oxygen at home", "drained", "tapped"),
    *("blood in", "chest infection", "chest film", "antibiotics for chest", "counts low", "dropped a"),
    *("last chemo", "capecitabine", "enhertu", "kadcyla", "ibrance", "kisqali", "verzenio", "palbociclib"),
    *("ribociclib", "abemaciclib", "faslodex", "fulvestrant", "herceptin q"),
)
"""Parts of words, in small letters."""
_WORDS = re.compile(
    r"\b(?:[0-4]/5\b|strength\b|power\b|breath sounds|air entry|dull\b|\w*aches?\b|ach(?:ing|y)\b"
    r"|mets?\b(?! with\b)|stage\b|m1|mass(?:es)?\b|nodes?\b|spots?\b"
    r"|(?:lit|lights?) up|ibtr\b|lrr\b|[a-z]{0,2}[tn][1-4]"
    r"|bx\b|new\b|falls?\b|(?:lbs?|pounds|kg|kilos)\b.{0,30}\b(?:lost|less|down|over|since)"
    r"|(?:down|lost)\b.{0,20}\b(?:lbs?|pounds|kg|kilos)\b|pounds|dark urine|urine (?:is |was |has been )?dark"
    r"|stools? (?:are |were )?(?:pale|clay)|off (?:her|his|my) (?:food|meals)|winded|voice\b"
    r"|fits?\b(?! (?:and|as)\b)|spells?\b|black(?:ed|s)? ?outs?|drops? (?:cups|things|objects)|dropping\b|double\b"
    r"|fell\b|cane\b|walker\b|hold(?:s|ing) on ?to|legs? (?:feel|are|is) heavy|los(?:es|ing) words"
    r"|not (?:her|him)self|aleve|advil|motrin|act(?:ing|s) up|wak(?:es|ing|ed) (?:her|him|me)\b"
    r"|keeps? (?:her|him|me) (?:up|awake)|spin(?:e|al)|ribs?\b|hips?\b|breast ?bone|collar ?bone|skull|jaw|neck\b"
    r"|groin|gland|side when\b|belly|(?:her|his|my|the|low(?:er)?|mid(?:dle)?|upper) back\b"
    r"|back (?:is|was|has|feels?|hurts?|gives?|spasm|stiff|trouble|problem)|lump(?!ectom)|bump|knot\b|pea\b|rash"
    r"|lfts?\b|alp\b"
    r"|platelets?|hemoglobin|markers?\b|ca[ -]?(?:15|27)|cea\b|ctc\b|(?:x-?rays?|mri|ct|pet|scans?)\b"
    r"|lad\b|(?:to|in) (?:the )?(?:er|ed)\b|cycle \d|xeloda"
    r"|(?:(?:currently|now|still|remains|is|she's) (?:on|receiving|getting|taking)|continu(?:es|ing)|tolerating) "
    r"(?:on )?(?:\w+ )?(?:chemo|trastuzumab|herceptin|taxol|taxotere|docetaxel|paclitaxel))"
)


def may_matter(sentence: str) -> bool:
    """Whether a sentence of a note has to be understood."""
    lowered = sentence.lower()
    return any(stem in lowered for stem in _STEMS) or _WORDS.search(lowered) is not None
