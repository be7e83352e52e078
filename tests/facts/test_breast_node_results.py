"""What a report says that the biopsy of an axillary node showed."""

import pytest

from cds_service.facts.advanced import is_over_t1
from cds_service.facts.breast_node_results import NodeResult, result_of_node


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Left breast mass, core biopsy: malignant.", NodeResult.NONE),
        ("Left axillary node normal.", NodeResult.NONE),
        ("Biopsy of the left axillary node is recommended.", NodeResult.NONE),  # not done yet
        ("Sentinel lymph node biopsy: metastasis.", NodeResult.NONE),  # the pathologist's N
        ("Left axillary node core biopsy, clip. Pathology: malignant.", NodeResult.MALIGNANT),
        ("Node FNA: positive for carcinoma.", NodeResult.MALIGNANT),
        ("Node FNA. No malignant cells.", NodeResult.BENIGN),
        ("Node FNA: benign. Left mass core biopsy: malignant.", NodeResult.BENIGN),
        ("Axillary node core biopsy. Left mass core biopsy: malignant.", NodeResult.NOT_SAID),
        ("Axillary node core biopsy. Clip placed.", NodeResult.NOT_SAID),
        ("Node FNA: benign. Second node FNA: malignant.", NodeResult.MALIGNANT),
        ("Node FNA: benign. Second axillary node FNA.", NodeResult.NOT_SAID),
    ],
)
def test_the_result_of_the_biopsy_of_a_node(text: str, result: NodeResult) -> None:
    assert result_of_node(text) is result


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("Mass, 24 mm.", True),
        ("Mass measures 1.4 x 2.3 cm.", True),
        ("24 mm mass and a left axillary node.", True),
        ("Mass 24 mm with an enlarged axillary node.", True),
        ("Mass 18 mm with an enlarged axillary node, 24 mm.", False),
        ("A 24 mm lymph node.", False),
        ("Mass, 20 mm.", False),
        ("Mass, 52 mm.", False),  # T3, which is asked about by itself
        ("Cyst, 24 mm.", False),
        ("Mass 18 mm, 40 mm from the nipple.", False),
    ],
)
def test_a_size_over_that_of_t1(text: str, over: bool) -> None:
    assert is_over_t1(text) is over
