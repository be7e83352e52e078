"""What each text says, with the clinical reason. The table is the specification of `cds_service.facts.text`.

A mention is written as its kind and value behind a sign: `+` there, `-` negated, `?` uncertain, `<` in the past,
`~` somebody else's. Sides and studies are left out here.
"""

import pathlib
from collections.abc import Callable

import pytest

from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.text import read_text
from cds_service.knowledge.findings import Findings
from cds_service.knowledge.findings_file import load_findings

SIGNS = {Meant.AFFIRMED: "+", Meant.NEGATED: "-", Meant.UNCERTAIN: "?", Meant.HISTORICAL: "<", Meant.FAMILY: "~"}
LEFT_OUT = (Kind.SIDE, Kind.MODALITY)


@pytest.fixture(scope="session")
def findings() -> Findings:
    return load_findings(pathlib.Path(__file__).parents[2] / "knowledge" / "findings.yaml")


def said(text: str, findings: Findings) -> str:
    """The mentions of a text in short, in order, each once."""
    mentions = [mention for mention in read_text(text, findings).mentions if mention.kind not in LEFT_OUT]
    return " ".join(dict.fromkeys(f"{SIGNS[m.meant]}{m.kind}:{m.value}" for m in mentions))


# (text, what it says, why)
NEGATION = [
    (
        "no bone pain, cough, or headache",
        "-symptom:bone-pain -symptom:cough -symptom:headache",
        'a list closed by "or" is negated whole',
    ),
    (
        "denies HA, n/v, wt loss",
        "-symptom:headache -symptom:nausea-vomiting -symptom:weight-loss",
        '"denies" governs the list',
    ),
    ("no cough, new back pain", "-symptom:cough +symptom:back-pain", '"new" begins a statement of its own'),
    ("no fever but bone pain", "-other-reason:fever +symptom:bone-pain", '"but" ends the scope'),
    ("no fever, however has bone pain", "-other-reason:fever +symptom:bone-pain", '"however" ends the scope'),
    ("not without pain", "+symptom:pain", "two negations are none"),
    ("no change in persistent cough", "+symptom:cough", "the cough is there, unchanged"),
    ("no improvement in back pain", "+symptom:back-pain", "the pain is there"),
    ("no relief of pain with NSAIDs", "+symptom:pain", "the pain is there"),
    ("no significant improvement of her headaches", "+symptom:headache", "the headaches are there"),
    ("no longer has pain", "-symptom:pain", "over"),
    ("back pain not resolved", "+symptom:back-pain", "still there"),
    ("headaches not improving", "+symptom:headache", "still there"),
    ("no known cause for back pain", "+symptom:back-pain", "the pain is there, its cause is not known"),
    (
        "no bone pain, cough",
        "-symptom:bone-pain ?symptom:cough",
        'two items and no "or": the second could be a statement of its own',
    ),
    ("no cough and back pain", "-symptom:cough ?symptom:back-pain", "likewise"),
    (
        "no cough or SOB, back pain",
        "-symptom:cough -symptom:dyspnea +symptom:back-pain",
        'the list was closed by "or" before',
    ),
    ("denies cough, back pain", "-symptom:cough -symptom:back-pain", '"denies" governs both'),
    ("denies cough and has back pain", "-symptom:cough +symptom:back-pain", '"has" begins a statement of its own'),
    ("denies cough but endorses hip pain", "-symptom:cough +symptom:bone-pain", '"but", and "endorses" affirms'),
    (
        "no cough, back pain x 3 weeks",
        "-symptom:cough +symptom:back-pain",
        "a duration makes it a statement of its own",
    ),
    ("no fever, chills, cough", "-other-reason:fever -symptom:cough", "three items are a list"),
    (
        "no fever, persistent cough or SOB",
        "-other-reason:fever +symptom:cough +symptom:dyspnea",
        '"persistent" in a short list: could be a present cough',
    ),
    (
        "No bone pain, persistent cough, unexplained weight loss, jaundice, or focal neurological symptoms",
        "-symptom:bone-pain -symptom:cough -symptom:weight-loss -symptom:jaundice -symptom:focal-neurology",
        'a long list closed by "or", as the guidelines write it',
    ),
    ("no new or worsening bone pain", "-symptom:bone-pain", "adjectives in front of the first item belong to it"),
    ("no pain except left hip", "?symptom:pain", "the exception takes the negation back"),
    ("no cough until last week", "?symptom:cough", "there is a cough now"),
    ("no symptoms other than back pain", "?symptom:any +symptom:back-pain", "the exception names a symptom"),
    ("no complaints except headaches", "?symptom:any +symptom:headache", "likewise"),
    ("no bone pain; cough present", "-symptom:bone-pain +symptom:cough", "a semicolon ends the scope"),
    ("No bone pain. Cough for 3 weeks.", "-symptom:bone-pain +symptom:cough", "a full stop ends the scope"),
    (
        "headache: no; cough: no; bone pain: yes",
        "-symptom:headache -symptom:cough +symptom:bone-pain",
        "a form, answer behind",
    ),
    ("bone pain (-), cough (+)", "-symptom:bone-pain +symptom:cough", "signs behind"),
    ("cough - no", "-symptom:cough", "answer behind"),
    ("bone pain? no", "-symptom:bone-pain", "a question and its answer"),
    ("headaches denied", "-symptom:headache", "denied behind"),
    ("cough absent, dyspnea present", "-symptom:cough +symptom:dyspnea", "behind"),
    (
        "fever no cough yes back pain yes",
        "+other-reason:fever +symptom:cough +symptom:back-pain",
        "answers behind, without signs",
    ),
    ("no cough/SOB/headache", "-symptom:cough -symptom:dyspnea -symptom:headache", "slashes join a list"),
    ("without headache or dizziness", "-symptom:headache -symptom:dizziness", "without"),
    ("w/o bone pain or cough", "-symptom:bone-pain -symptom:cough", "without, in short"),
    (
        "negative for headache, seizure, weakness",
        "-symptom:headache -symptom:seizure -symptom:weakness",
        '"negative for" governs the list',
    ),
    ("no evidence of metastatic disease", "-metastasis:unspecified", "negated"),
    (
        "no signs or symptoms of metastatic disease",
        "-symptom:any -metastasis:unspecified",
        "both the symptoms and the disease are negated",
    ),
    ("No metastatic disease in the chest, abdomen, or pelvis", "-metastasis:unspecified", "sites behind the finding"),
    (
        "no bone, chest or abdominal pain",
        "-symptom:abdominal-pain -symptom:bone-pain -symptom:chest-pain",
        "sites in a list in front of one pain",
    ),
    ("doesn't have any bone pain or headaches", "-symptom:bone-pain -symptom:headache", "contracted"),
    (
        "Patient does not report cough, dyspnea, bone pain, or neurologic symptoms.",
        "-symptom:cough -symptom:dyspnea -symptom:bone-pain -symptom:focal-neurology",
        "report prose",
    ),
    ("ROS negative except for hip pain", "?symptom:any +symptom:bone-pain", "all negative, with an exception"),
    ("never had headaches like this", "+symptom:headache", "there is a headache"),
    ("not only back pain but also leg weakness", "+symptom:back-pain +symptom:limb-weakness", '"not only" affirms'),
    ("no trauma, back pain for 2 months", "+symptom:back-pain", "the negated trauma does not reach the pain"),
    (
        "no cough, but now back pain and weight loss",
        "-symptom:cough +symptom:back-pain +symptom:weight-loss",
        'two symptoms after "but now"',
    ),
    ("no lump. cough.", "-imaging-finding:unspecified +symptom:cough", "one word sentences"),
    ("MRI brain w/ and w/o contrast, seizures", "+symptom:seizure", '"w/o contrast" negates nothing'),
    ("CT chest without contrast for cough", "+symptom:cough", "likewise"),
    ("MRI brain w wo back pain", "+symptom:back-pain", "a technique in short, then a symptom"),
    ("asymptomatic", "-symptom:any", "no symptom at all"),
    ("pt is asymptomatic, feels well", "-symptom:any", "no symptom at all"),
    ("no symptoms", "-symptom:any", "no symptom at all"),
    ("not asymptomatic", "+symptom:any", "a symptom"),
    ("no longer asymptomatic", "+symptom:any", "a symptom"),
    ("symptomatic", "+symptom:any", "a symptom without a name"),
    ("doing well, no complaints", "-symptom:any", "no symptom at all"),
    ("no doubt bone pain", "+symptom:bone-pain", "affirms"),
]

UNCERTAINTY_AND_QUESTIONS = [
    ("possible seizure", "?symptom:seizure", "uncertain"),
    ("?seizure", "?symptom:seizure", "uncertain"),
    ("r/o mets", "+asks:distant", "asks, affirms nothing"),
    ("rule out metastases", "+asks:distant", "asks"),
    ("r/o bone mets, back pain", "+asks:distant +symptom:back-pain", "the pain is there"),
    ("metastatic work-up", "+asks:distant +staging:staging", "asks"),
    ("mets workup", "+asks:distant +staging:staging", "asks"),
    ("evaluate for distant disease", "+asks:distant", "asks"),
    ("evaluate for bone mets given new rib pain", "+asks:distant +symptom:bone-pain", "asks; the pain is there"),
    ("eval for headache", "+symptom:headache", "the headache is the reason, not a question"),
    ("suspected metastasis", "?metastasis:unspecified", "a suspicion"),
    ("concern for metastatic disease", "?metastasis:unspecified", "a suspicion"),
    ("? mets", "?metastasis:unspecified", "a suspicion"),
    ("mets?", "?metastasis:unspecified", "a suspicion"),
    ("cannot rule out mets", "?metastasis:unspecified", "a suspicion"),
    ("metastases cannot be excluded", "?metastasis:unspecified", "a suspicion"),
    ("high risk for mets", "?metastasis:unspecified", "not a finding, but no reassurance either"),
    ("r/o suspected liver mets", "+asks:distant ?metastasis:liver", "asks, and says the suspicion"),
    ("mets vs benign", "?metastasis:unspecified", 'uncertain, whichever side of "vs"'),
    ("6 mm liver lesion, likely cyst", "+imaging-finding:liver-lesion", "the lesion is there"),
    (
        "lung nodule suspicious for metastasis",
        "+imaging-finding:lung-nodule ?metastasis:unspecified",
        "the nodule is there, the metastasis is suspected",
    ),
    (
        "no suspicious osseous lesions identified",
        "-imaging-finding:bone-lesion",
        '"suspicious" belongs to the negated lesion',
    ),
    ("staging, r/o distant mets", "+staging:staging +asks:distant", "asks"),
    ("systemic staging", "+asks:distant +staging:staging", "asks about distant disease"),
    ("nodal staging", "+asks:axilla +staging:staging", "asks about the axilla"),
    ("evaluate axilla", "+asks:axilla", "asks about the axilla"),
    ("axillary lymph node evaluation", "+asks:axilla", "asks about the axilla"),
    ("extent of disease in the breast", "+asks:breast", "asks about the breast"),
    ("evaluate response in left breast", "+asks:breast", "asks about the breast"),
    ("r/o local recurrence", "+asks:local-recurrence", "asks about local recurrence"),
    ("suspected recurrence", "?recurrence:unspecified", "a suspicion"),
    ("known bone mets", "+metastasis:bone", "metastasis"),
    ("metastatic breast cancer", "+breast-cancer:invasive +metastasis:unspecified", "metastasis"),
    (
        "MBC on letrozole, restaging",
        "+breast-cancer:invasive +metastasis:unspecified +therapy:endocrine +staging:staging",
        "metastasis",
    ),
    ("stage IV breast cancer", "+metastasis:unspecified +breast-cancer:unspecified", "metastasis"),
    ("no distant mets, cT1cN0", "-metastasis:unspecified", "negated"),
    ("mets to liver and spine", "+metastasis:liver +metastasis:spine", "metastasis, two sites"),
    (
        "nonmetastatic breast cancer",
        "-metastasis:unspecified +breast-cancer:unspecified",
        "negated by the word itself",
    ),
]

HISTORY_AND_FAMILY = [
    (
        "h/o breast cancer, bone pain",
        "<breast-cancer:unspecified +symptom:bone-pain",
        "history does not reach the symptom after the comma",
    ),
    ("hx of back pain", "?symptom:back-pain", "history of a symptom may be the story of a present one"),
    ("h/o cough x 3 weeks", "?symptom:cough", "likewise"),
    ("cough resolved", "<symptom:cough", "over"),
    ("cough resolved, now returned", "+symptom:cough", "and back"),
    ("previous headaches", "<symptom:headache", "over"),
    ("mother with breast cancer", "~breast-cancer:unspecified", "somebody else's"),
    (
        "mother died of breast cancer, back pain",
        "~breast-cancer:unspecified +symptom:back-pain",
        "the pain is the patient's",
    ),
    ("family history of breast and ovarian cancer", "~breast-cancer:unspecified", "somebody else's"),
    ("breast cancer in her sister", "~breast-cancer:unspecified", "somebody else's"),
    ("s/p fall with hip pain", "<other-reason:trauma +symptom:bone-pain", "the fall is past, the pain is not"),
    (
        "hx breast ca s/p lumpectomy 2018, annual f/u, no complaints",
        "<breast-cancer:unspecified <surgery:conserving +follow-up:follow-up -symptom:any",
        "surveillance",
    ),
]

SYMPTOMS_SIGNS_LABORATORY = [
    ("Pt c/o low back pain x 2 mo", "+symptom:back-pain", "a present symptom"),
    ("pain in the right lower back", "+symptom:back-pain", "site behind the pain"),
    ("R hip and rib pain", "+symptom:bone-pain", "two sites in front"),
    ("shoulder tenderness", "+symptom:bone-pain", "bone"),
    ("neck pain, numb fingers", "+symptom:neck-pain +symptom:limb-numbness", "two symptoms"),
    ("chest wall tenderness", "+symptom:chest-wall-pain", "of the chest wall"),
    ("RUQ tenderness", "+symptom:ruq-pain", "liver"),
    ("flank pain", "+symptom:flank-pain", "a symptom"),
    ("sciatica, r/o cord compression", "+symptom:radiculopathy ?sign:cord-compression", "a symptom and a question"),
    ("pathologic fracture L hip", "+sign:pathological-fracture", "a sign"),
    ("T4 compression fracture", "+sign:vertebral-fracture", "a vertebra, not a T category"),
    ("DOE and hemoptysis", "+symptom:dyspnea +symptom:hemoptysis", "lung"),
    ("SOB", "+symptom:dyspnea", "lung"),
    ("pleural effusion on CXR", "+imaging-finding:pleural-effusion", "lung"),
    ("jaundice, elevated bilirubin", "+symptom:jaundice +laboratory:liver-tests-abnormal", "liver"),
    ("ascites and hepatomegaly", "+sign:ascites +sign:hepatomegaly", "liver"),
    ("elevated LFTs", "+laboratory:liver-tests-abnormal", "liver"),
    ("LFTs are not elevated", "-laboratory:liver-tests-abnormal", "negated behind"),
    ("LFTs normal", "-laboratory:liver-tests-abnormal", "normal"),
    ("AST 80, ALT 95", "?laboratory:liver-tests-abnormal", "values nobody has judged"),
    ("elevated AST, ALT", "+laboratory:liver-tests-abnormal", "one level for a list"),
    (
        "isolated mildly elevated ALP, other LFTs normal",
        "+laboratory:alkaline-phosphatase-raised -laboratory:liver-tests-abnormal",
        "the mild isolated rise of seed S4",
    ),
    ("hypercalcemia", "+laboratory:calcium-raised", "laboratory"),
    ("elevated CA 15-3", "+tumor-marker:ca-15-3", "a marker"),
    ("CA 27.29 rising, asymptomatic", "+tumor-marker:ca-27-29 -symptom:any", "a marker"),
    ("HA, blurry vision, diplopia", "+symptom:headache +symptom:vision-change", "brain"),
    ("new onset seizure", "+symptom:seizure", "brain"),
    ("AMS, confusion", "+symptom:mental-change", "brain"),
    (
        "gait instability, dizziness, slurred speech",
        "+symptom:ataxia +symptom:dizziness +symptom:speech-change",
        "brain",
    ),
    ("facial droop", "+symptom:facial-weakness", "brain"),
    ("weakness in both legs", "+symptom:limb-weakness", "neurology, not bone"),
    ("wt loss 20 lbs and night sweats", "+symptom:weight-loss +symptom:night-sweats", "general symptoms"),
    ("fatigue, anorexia", "+symptom:fatigue +symptom:anorexia", "general symptoms"),
    ("supraclavicular lymphadenopathy", "+sign:lymphadenopathy", "a node beyond the axilla"),
    ("enlarged lymph nodes", "+sign:lymphadenopathy", "enlarged, and nobody says where"),
    ("pancytopenia", "+laboratory:anemia", "laboratory"),
    ("6 mm right lower lobe nodule", "+imaging-finding:lung-nodule", "lung finding"),
    ("sclerotic lesion in L3", "+imaging-finding:bone-lesion", "bone finding"),
    ("adrenal mass", "+imaging-finding:adrenal-mass", "finding"),
    ("brain lesion", "+imaging-finding:brain-lesion", "finding"),
    ("mediastinal adenopathy", "+imaging-finding:lymphadenopathy", "finding"),
    ("hypermetabolic focus in liver", "+imaging-finding:liver-lesion", "finding"),
    ("skin nodules", "+sign:skin-nodule", "sign"),
    ("headahce and abdomial pain", "+symptom:headache +symptom:abdominal-pain", "misspelt"),
    ("scelrotic lesion of the spine", "+imaging-finding:bone-lesion", "misspelt"),
    ("degenerative spurring", "", "a word, and no slurring"),
    ("prone and supine", "", "a word, and no spine"),
    ("bone density, axial", "", "no node of the axilla"),
    ("scalp laceration, donor site healing well", "", "no dolor, no hearing"),
    ("color doppler shows patent veins", "", "no colon"),
    ("tried walking, was timed", "", "not tired"),
    ("Meckel diverticulum of the ileum", "", "no Merkel cell carcinoma of the ilium"),
    ("post-op pain at incision", "+symptom:pain", "counts"),
    ("breast pain", "+local-symptom:breast-pain", "local"),
    ("new lump", "+imaging-finding:unspecified", "a lump nobody has placed"),
    ("lesion", "+imaging-finding:unspecified", "never overlooked"),
    ("suspicious", "+imaging-finding:unspecified", "never overlooked"),
    ("elevated", "+laboratory:unspecified", "never overlooked"),
    ("abnormal bone scan", "+imaging-finding:unspecified", "never overlooked"),
    ("pain", "+symptom:pain", "never overlooked"),
    ("hot flashes on tamoxifen", "+non-indication:not-concerning +therapy:endocrine", "not concerning"),
    ("joint pain on AI", "+symptom:joint-pain +therapy:endocrine", "cannot be told from bone pain"),
]

BREAST_AXILLA_THERAPY_SURGERY = [
    ("1.8 cm mass left breast", "+local-symptom:breast-mass", "the tumour"),
    ("breast lesion 12 mm", "+local-symptom:breast-mass", "the tumour"),
    ("New palpable left axillary lump", "+local-symptom:axillary-lump", "a lump in the axilla"),
    ("left axillary mass", "+local-symptom:axillary-lump", "a lump in the axilla"),
    ("palpable left axillary node", "+node:palpable", "palpable"),
    ("suspicious axillary node on US", "+node:suspicious", "suspicious, seen on ultrasound"),
    ("mammogram shows enlarged right axillary lymph node", "+node:suspicious", "suspicious, seen on mammography"),
    (
        "2 left axillary LNs with cortical thickening and loss of fatty hilum",
        "+node:suspicious",
        "features of a suspicious node",
    ),
    ("biopsy-proven axillary metastasis", "+node:proven", "a node, not distant metastasis"),
    ("metastatic axillary lymph node", "+node:proven", "a node"),
    ("nodal mets", "+node:proven", "a node"),
    ("mets to axillary LN", "+node:proven", "a node"),
    ("node positive breast cancer", "+node:positive +breast-cancer:unspecified", "positive"),
    ("clinically node negative", "+node:normal", "normal"),
    ("no abnormal axillary lymph nodes", "-node:suspicious", "negated"),
    ("axillary nodes are not enlarged", "-node:suspicious", "negated behind"),
    ("axilla unremarkable", "+node:normal", "normal"),
    ("no axillary adenopathy", "-node:suspicious", "negated"),
    ("IDC left breast", "+breast-cancer:ductal +breast-cancer:invasive", "invasive ductal"),
    ("invasive lobular carcinoma", "+breast-cancer:invasive +breast-cancer:lobular", "invasive lobular"),
    ("TNBC", "+breast-cancer:invasive", "triple negative is invasive"),
    ("DCIS", "+breast-cancer:in-situ", "in situ"),
    ("inflammatory breast cancer T4d", "+breast-cancer:inflammatory +breast-cancer:invasive", "inflammatory"),
    ("breast ca", "+breast-cancer:unspecified", "cancer"),
    ("before chemo", "+therapy:neoadjuvant-planned", "ahead of neoadjuvant therapy"),
    ("prior to neoadjuvant chemotherapy", "+therapy:neoadjuvant-planned", "planned"),
    ("neoadjuvant chemotherapy planned", "+therapy:neoadjuvant-planned", "planned"),
    ("plan NACT", "+therapy:neoadjuvant-planned", "planned"),
    ("NAC", "+therapy:neoadjuvant", "phase not said"),
    ("on neoadjuvant chemo", "+therapy:neoadjuvant-running", "running"),
    ("C3 of ddAC", "+therapy:chemotherapy", "running"),
    (
        "s/p NAC, axilla restaging before surgery",
        "+therapy:neoadjuvant-completed +asks:axilla +staging:staging +surgery:planned",
        "completed",
    ),
    ("restaging after neoadjuvant chemo", "+staging:staging +therapy:neoadjuvant-completed", "completed"),
    ("completed NAC", "+therapy:neoadjuvant-completed", "completed"),
    ("no neoadjuvant therapy planned", "-therapy:neoadjuvant-planned", "negated"),
    ("on letrozole", "+therapy:endocrine", "endocrine"),
    ("trastuzumab", "+therapy:anti-her2", "anti-HER2"),
    ("s/p mastectomy and XRT", "<surgery:mastectomy <therapy:radiotherapy", "past"),
    ("planning lumpectomy", "+surgery:planned", "an operation ahead"),
    ("s/p SLNB", "<surgery:axillary", "past"),
    ("annual surveillance", "+follow-up:follow-up", "follow-up"),
    ("5 yrs out, NED, anxious, wants PET", "+follow-up:follow-up +non-indication:anxiety", "follow-up and worry"),
    ("3 years s/p lumpectomy", "+follow-up:follow-up <surgery:conserving", "follow-up"),
    (
        "patient requests PET for peace of mind",
        "+non-indication:patient-request +non-indication:reassurance",
        "no indication",
    ),
    ("lung cancer", "+other-malignancy:lung-cancer", "another cancer"),
    ("hx of melanoma", "<other-malignancy:melanoma", "another cancer, past"),
    ("MVA, neck pain", "+other-reason:trauma +symptom:neck-pain", "another reason; the pain counts"),
    ("r/o PE", "?other-reason:pulmonary-embolism", "another reason, uncertain"),
    ("pneumonia", "+other-reason:pneumonia", "another reason"),
    ("pregnant 20 weeks", "+pregnancy:pregnant", "pregnancy"),
    ("not pregnant", "-pregnancy:pregnant", "negated"),
    ("18F-FES PET", "+tracer:fes", "another tracer"),
]

WHOLE_REASONS_AND_REPORT_SENTENCES = [
    (
        "Surveillance PET/CT: no new symptoms since last visit, exam normal, labs normal.",
        "+follow-up:follow-up -symptom:any",
        "nothing but follow-up",
    ),
    (
        "57 y/o F w/ hx of stage IIB L breast IDC s/p BCT 2019, now with persistent R rib pain",
        "<breast-cancer:ductal <breast-cancer:invasive <surgery:conserving +symptom:bone-pain",
        "a symptom after curative treatment",
    ),
    (
        "Stage I breast CA, need PET CT for staging. Pt has no symptoms of mets.",
        "+breast-cancer:unspecified +staging:staging -symptom:any -metastasis:unspecified",
        "staging without symptoms",
    ),
    (
        "new breast ca T2N0 eval mets",
        "+breast-cancer:unspecified +asks:distant ?metastasis:unspecified",
        'asks; "eval mets" may also be of known metastases',
    ),
    (
        "IDC, no LAD, no bone pain, LFTs wnl",
        "+breast-cancer:ductal +breast-cancer:invasive "
        "-sign:lymphadenopathy -symptom:bone-pain -laboratory:liver-tests-abnormal",
        "everything negated",
    ),
    (
        "hx L mastectomy 2020 for IDC, routine surveillance, no s/sx recurrence",
        "<surgery:mastectomy +breast-cancer:ductal +breast-cancer:invasive "
        "+follow-up:follow-up -symptom:any -recurrence:unspecified",
        "surveillance without symptoms",
    ),
    (
        "breast cancer f/u, r/o recurrence",
        "+breast-cancer:unspecified +follow-up:follow-up",
        "follow-up that looks for recurrence does not suspect it",
    ),
    (
        "Pt denies any bone pain, weight loss, SOB, neuro changes. Stage IA IDC.",
        "-symptom:bone-pain -symptom:weight-loss -symptom:dyspnea "
        "-symptom:focal-neurology +breast-cancer:ductal +breast-cancer:invasive",
        'a list after "denies"',
    ),
    (
        "Denies fevers, chills, weight loss, new lumps, bone pain, headaches.",
        "-other-reason:fever -symptom:weight-loss -imaging-finding:unspecified -symptom:bone-pain -symptom:headache",
        'a long list after "denies" may hold "new"',
    ),
    ("denies cough, new back pain", "-symptom:cough +symptom:back-pain", "a short one may not"),
    (
        "Denies fevers/chills/weight loss. Reports R hip pain.",
        "-other-reason:fever -symptom:weight-loss +symptom:bone-pain",
        "a second sentence",
    ),
    ("patient without complaints, staging", "-symptom:any +staging:staging", "the staging is not negated"),
    ("no bone pain, HA, staging PET", "-symptom:bone-pain ?symptom:headache +staging:staging", "likewise"),
    (
        "no LAD, IDC T1",
        "-sign:lymphadenopathy +breast-cancer:ductal +breast-cancer:invasive",
        "the cancer is not negated",
    ),
    ("doing well without evidence of disease", "-symptom:any +follow-up:follow-up", "follow-up"),
    (
        "no evidence of disease recurrence",
        "+follow-up:follow-up -recurrence:unspecified",
        'negated, though "no evidence of disease" is follow-up',
    ),
    ("new headaches, neg CT", "+symptom:headache", "the study was negative, the headache is there"),
    ("neg bone scan, hip pain persists", "+symptom:bone-pain", "likewise"),
    ("CT negative for mets", "-metastasis:unspecified", "negated"),
    (
        "no mets seen on CT but liver lesion",
        "-metastasis:unspecified +imaging-finding:liver-lesion",
        '"but" ends the scope',
    ),
    ("bone mets ruled out", "-metastasis:bone", "negated behind"),
    ("axillary LN FNA positive for carcinoma", "+node:proven", "proven"),
    ("L axilla palpable LN bx positive", "+node:palpable +node:proven", "palpable and proven"),
    ("s/p mastectomy, liver mets", "<surgery:mastectomy +metastasis:liver", "the metastasis is not past"),
    ("r/o PE, mets", "?other-reason:pulmonary-embolism ?metastasis:unspecified", "open"),
    ("pre-NAC baseline MRI", "+therapy:neoadjuvant-planned +non-indication:routine", "planned"),
    ("chemo planned", "+therapy:chemotherapy", "therapy without the word neoadjuvant"),
    ("adjuvant chemo completed 2020", "+therapy:adjuvant", "adjuvant"),
    ("not on chemo", "-therapy:chemotherapy", "negated"),
    ("lumpectomy scar pain", "+symptom:chest-wall-pain", "of the chest wall"),
    (
        "IMPRESSION: No evidence of metastatic disease. 6 mm right lower lobe nodule, indeterminate.",
        "-metastasis:unspecified +imaging-finding:lung-nodule",
        "a finding after a negated sentence",
    ),
    (
        "Lungs are clear. No pleural effusion. Liver: no focal lesion. Bones: sclerotic focus in L3.",
        "-imaging-finding:pleural-effusion -imaging-finding:unspecified +imaging-finding:bone-lesion",
        "a report by organs",
    ),
    (
        "Suspicious mass in the left breast at 2 o'clock, 2.3 cm, BI-RADS 5.",
        "+local-symptom:breast-mass +local-symptom:breast-imaging-finding",
        "the tumour, not a finding elsewhere",
    ),
    ("No mammographic evidence of malignancy", "-breast-cancer:unspecified", "negated"),
    (
        "right breast IDC grade 2 stage IA. No symptoms. Patient wants whole body scan for peace of mind",
        "+breast-cancer:ductal +breast-cancer:invasive -symptom:any "
        "+non-indication:patient-request +asks:distant +non-indication:reassurance",
        "no indication",
    ),
    (
        "Malignant neoplasm of upper-outer quadrant of right female breast",
        "+breast-cancer:unspecified",
        "an ICD-10-CM display",
    ),
    ("Personal history of malignant neoplasm of breast", "<breast-cancer:unspecified", "an ICD-10-CM display"),
    ("Secondary malignant neoplasm of bone", "+metastasis:bone", "an ICD-10-CM display"),
    ("Dyspnea, unspecified", "+symptom:dyspnea", "an ICD-10-CM display"),
    ("no axillary nodes with cortical thickening", "-node:suspicious", 'negated across "with"'),
    (
        "IDC R breast 1.4 cm, ER/PR+, HER2-, cN0. Staging.",
        "+breast-cancer:ductal +breast-cancer:invasive +staging:staging",
        "receptors negate nothing",
    ),
    ("HER2 negative, bone pain", "+symptom:bone-pain", '"negative" belongs to the receptor'),
    ("margins negative, cough", "+symptom:cough", '"negative" belongs to the margins'),
]

ADVERSARIAL = [
    (
        "not tolerating letrozole due to joint pain",
        "+therapy:endocrine +symptom:joint-pain",
        "the negated thing is another one",
    ),
    ("no insurance back pain", "?symptom:back-pain", "what is negated may be the word between"),
    ("does not take meds for headaches", "?symptom:headache", "likewise"),
    ("not sleeping from back pain", "?symptom:back-pain", "likewise"),
    ("never smoker cough", "+symptom:cough", '"never smoker" is a habit of its own and negates nothing'),
    ("no ETOH, HA", "-other-reason:chronic-disease ?symptom:headache", 'two items and no "or"'),
    ("no allergies, back pain", "+symptom:back-pain", "likewise"),
    (
        "no mass, no adenopathy, bone pain",
        "-imaging-finding:unspecified -sign:lymphadenopathy ?symptom:bone-pain",
        'the last item has no "no" of its own',
    ),
    ("no imaging since 2020, hip pain", "+symptom:bone-pain", "the imaging is negated"),
    (
        "no evidence of recurrence, persistent cough",
        "-recurrence:unspecified +symptom:cough",
        '"persistent" begins a statement of its own',
    ),
    ("w/o fever cough", "-other-reason:fever ?symptom:cough", "could be either"),
    ("painless lump in breast", "+local-symptom:breast-lump", '"painless" is no pain'),
    ("R/O PE - SOB", "?other-reason:pulmonary-embolism +symptom:dyspnea", "the dyspnea is why one asks"),
    ("asymptomatic except for mild back pain", "?symptom:any +symptom:back-pain", "an exception"),
    ("asymptomatic until 2 weeks ago", "?symptom:any", "an exception"),
    ("mostly asymptomatic", "?symptom:any", "doubtful"),
    ("not feeling well", "+symptom:any", "a symptom"),
    ("unlikely mets", "?metastasis:unspecified", "still a doubt"),
    ("mets unlikely", "?metastasis:unspecified", "still a doubt"),
    ("Patient does not want chemo; back pain", "-therapy:chemotherapy +symptom:back-pain", "negates the therapy only"),
    ("No CT evidence of mets", "-metastasis:unspecified", "negated"),
    ("does not appear to have mets", "-metastasis:unspecified", "negated"),
    (
        "left breast IDC, h/o R breast DCIS",
        "+breast-cancer:ductal +breast-cancer:invasive <breast-cancer:in-situ",
        "two cancers, one of them past",
    ),
    (
        "breast cancer, pain, staging",
        "+breast-cancer:unspecified +symptom:pain +staging:staging",
        "the pain is not taken for breast pain",
    ),
    (
        "breast cancer, nodule",
        "+breast-cancer:unspecified +imaging-finding:unspecified",
        "the nodule is not taken for the tumour",
    ),
    (
        "IDC, 1.8 cm mass",
        "+breast-cancer:ductal +breast-cancer:invasive +local-symptom:breast-mass",
        "this mass is the tumour",
    ),
]


LISTS_THAT_END_WELL = [
    ("denies bone pain, feels well", "-symptom:bone-pain -symptom:any", "well is well, whatever is denied before it"),
    ("no back pain, asymptomatic", "-symptom:back-pain -symptom:any", "likewise"),
    ("no c/o pain, neuro intact", "-symptom:pain -symptom:any", '"c/o" is what is denied'),
    ("denies pain, LFTs wnl", "-symptom:pain -laboratory:liver-tests-abnormal", "normal values are no list item"),
    ("denies feeling well", "+symptom:any", "denied at once, it is turned"),
    ("denies pain or feeling well", "-symptom:pain +symptom:any", '"or" binds it to the list'),
    ("no pain, not feeling well", "-symptom:pain ?symptom:any", "not well is not well"),
    (
        "ROS neg for pain, cough, h/a. Follow-up",
        "-symptom:any -symptom:pain -symptom:cough -symptom:headache +follow-up:follow-up",
        "a review of systems governs its list",
    ),
    ("ROS neg. back pain", "-symptom:any +symptom:back-pain", "the next statement is not of the list"),
    ("neuro exam normal", "-symptom:any", "an examination"),
    ("no resp or GI sx", "-symptom:any", "symptoms by system"),
    ("GI sx", "+symptom:any", "likewise"),
]
OVER_OR_ASKED = [
    ("bone pain in 2015, resolved. Surveillance", "<symptom:bone-pain +follow-up:follow-up", "over, behind a comma"),
    ("cough, back pain, resolved", "+symptom:cough <symptom:back-pain", "only what stands right before it"),
    ("back pain, resolved with PT, now worse", "+symptom:back-pain", "it came back"),
    ("back pain, resolved but returned", "+symptom:back-pain", "likewise"),
    ("skeletal survey for mets", "+asks:distant", "to look for them asks"),
    ("scan for mets", "+asks:distant", "likewise"),
    ("PET/CT for mets", "+metastasis:unspecified", "to look for them, or to follow them"),
    ("r/o mets seen on MRI", "+asks:distant ?metastasis:unspecified", "something has been seen"),
    ("eval for mets noted on CT", "+asks:distant ?metastasis:unspecified", "likewise"),
    ("screen for mets on prior CT", "+asks:distant ?metastasis:unspecified", "on a study of the past"),
    ("r/o mets on PET/CT", "+asks:distant", "the study to do"),
    ("r/o mets with PET", "+asks:distant", "likewise"),
    ("r/o mets, node seen on US", "+asks:distant +asks:axilla", "the node has been seen"),
    ("CT for known bone mets", "+metastasis:bone", "known"),
    ("CT for liver mets", "+metastasis:liver", "in doubt they are there"),
    ("PET for metastatic disease", "+metastasis:unspecified", "likewise"),
    ("brain surveillance", "+asks:distant +follow-up:follow-up", "looks for metastasis there"),
    ("5 yr check", "+follow-up:follow-up", "a visit of follow-up"),
    ("s/p NAC, lumpectomy next week", "+therapy:neoadjuvant-completed +surgery:planned", "surgery is ahead"),
    ("Paget's disease of bone", "+other-reason:chronic-organ-disease", "a disease of bone"),
    ("Paget's disease of the breast", "+breast-cancer:in-situ", "of the breast"),
    ("( + ) cough", "+symptom:cough", "a questionnaire ticked"),
    ("non palpable node", "-node:palpable", "not felt"),
    ("pain in the hip, back pain", "+symptom:bone-pain +symptom:back-pain", "two pains, each with its place"),
    ("mediastinal nodes are normal", "-imaging-finding:lymphadenopathy", "looked at, and normal"),
    ("no pain suggesting mets", "-symptom:pain ?metastasis:unspecified", "the metastasis is only suggested"),
]

TABLE = [
    *NEGATION,
    *LISTS_THAT_END_WELL,
    *OVER_OR_ASKED,
    *UNCERTAINTY_AND_QUESTIONS,
    *HISTORY_AND_FAMILY,
    *SYMPTOMS_SIGNS_LABORATORY,
    *BREAST_AXILLA_THERAPY_SURGERY,
    *WHOLE_REASONS_AND_REPORT_SENTENCES,
    *ADVERSARIAL,
]


@pytest.mark.parametrize(("text", "expected", "why"), TABLE, ids=[row[0] for row in TABLE])
def test_a_text_says_what_a_clinician_means_by_it(text: str, expected: str, why: str, findings: Findings) -> None:
    assert said(text, findings) == expected, why


@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: f"  {text.replace(' ', '   ')} "])
def test_case_and_blanks_change_nothing(change: Callable[[str], str], findings: Findings) -> None:
    for text, expected, _ in TABLE:
        assert said(change(text), findings) == expected, text
