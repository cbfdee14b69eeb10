"""The pages inside django-unfold, a project of its own: see tests/skins."""

import os
import subprocess
import sys

from tests.house.test_modules import ROOT


def test_the_browser_is_at_home_in_unfold():
    command = [sys.executable, "-m", "pytest", "-q", "tests/skins/cases.py", "--ds", "tests.skins.settings"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
