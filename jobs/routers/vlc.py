#!/usr/bin/env python3
"""VLC, trained end to end on pictures and questions: --allow-exec vlc=jobs/routers/vlc.py"""

import routegrid_exec
from end_to_end.routers import VLC

routegrid_exec.run(VLC)
