"""Every layout looks as it did when somebody looked at it."""

import numpy as np
import pytest
from PIL import Image

from tests.composer.gallery import CANVASES, FOLDER, SCENES, drawn


@pytest.mark.parametrize("shape", CANVASES)
@pytest.mark.parametrize("scene", SCENES)
def test_a_layout_looks_as_before(scene: str, shape: str) -> None:
    before = np.asarray(Image.open(FOLDER / f"{scene}_{shape}.png").convert("RGB"), np.int16)
    now = np.asarray(drawn(scene, CANVASES[shape]), np.int16)
    assert now.shape == before.shape
    is_other = np.abs(now - before).max(axis=2) > 24
    assert is_other.mean() < 0.002, "draw it with `python -m tests.composer.gallery`, and look at it"
