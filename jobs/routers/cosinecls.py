#!/usr/bin/env python3
"""CosineCls, trained end to end on pictures and questions: --allow-exec cosinecls=jobs/routers/cosinecls.py"""

import routegrid_exec
from end_to_end.routers import CosineCls

routegrid_exec.run(CosineCls)
