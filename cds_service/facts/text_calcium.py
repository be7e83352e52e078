"""Calcium, which is written like cancer: "Ca" in a list of laboratory tests is one of them."""

from cds_service.facts.text_items import Item, Parse
from cds_service.knowledge.findings import Findings, Role

_CA, _CALCIUM = "ca", "calcium"


def read_calcium(parse: Parse, findings: Findings) -> None:
    """Turns "Ca" behind a comma and another test into a test: "LFTs, ALP, Ca all normal"; not in "breast ca, LFTs"."""
    node = findings.trie.next.get(_CALCIUM)
    calcium = node.meaning if node is not None else None
    if calcium is None:
        return
    items, heads, tests = parse.items, parse.roles[Role.HEAD], parse.roles[Role.TEST]
    for index in [index for index in heads if items[index].key == _CA and _behind_a_test(items, index)]:
        items[index] = Item(calcium, Role.TEST, _CA, items[index].start, items[index].end)
        heads.remove(index)
        tests.append(index)
        tests.sort()


def _behind_a_test(items: list[Item], index: int) -> bool:
    written_alone = items[index].end - items[index].start == len(_CA)
    return written_alone and index > 1 and items[index - 1].role is Role.JOIN and items[index - 2].role is Role.TEST
