import pytest


@pytest.mark.mallory("certificate/expird")
def test_pattern(mallory):
    mallory.judge(["true"])
