#!/usr/bin/env python3
"""ZOOTER, trained end to end on pictures and questions: --allow-exec zooter=jobs/routers/zooter.py"""

import routegrid_exec
from end_to_end.routers import ZOOTER

routegrid_exec.run(ZOOTER)
