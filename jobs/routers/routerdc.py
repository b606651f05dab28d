#!/usr/bin/env python3
"""RouterDC, trained end to end on pictures and questions: --allow-exec routerdc=jobs/routers/routerdc.py"""

import routegrid_exec
from end_to_end.routers import RouterDC

routegrid_exec.run(RouterDC)
