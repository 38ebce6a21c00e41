"""Builds what is measured."""

import os
import subprocess


def build(root, targets):
    """Installs what is missing and builds these targets into build/bench."""
    subprocess.run([os.path.join(root, "scripts", "install-dependencies"), "--bench"], check=True)
    subprocess.run(["cmake", "--preset", "bench"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "bench", "--target", *targets], cwd=root, check=True)
