"""SM3 against the examples in GB/T 32905-2016, appendix A."""

from hypothesis import given
from hypothesis import strategies as st

from luodi.kit.sm3 import Sm3, sm3


def test_the_standards_examples():
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.lists(st.binary(max_size=100), max_size=8))
def test_pieces_give_the_same_as_the_whole(pieces):
    digest = Sm3()
    for piece in pieces:
        digest.update(piece)
        digest.hexdigest()
    assert digest.hexdigest() == sm3(b"".join(pieces))
