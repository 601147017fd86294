"""`python -m sandbox.gitlab`: the server by itself."""

import sys

from sandbox.gitlab.serve import main

raise SystemExit(main(sys.argv[1:]))
