"""What nbgrader's own commands and pages read: our folders, our grader, our clean pages.

Lines of your own go below the last one, for instance ``c.LateSubmissionPlugin.penalty_method = "zero"``.
"""

import os
from pathlib import Path

from autograder.nbgrader_plugin import settings

here = Path(__file__).resolve().parent
c = get_config()
c.merge(settings(here, Path(os.environ.get("COURSE_CLASSROOM", here / "classroom"))))
