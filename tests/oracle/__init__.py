"""The independent oracle: all of history folded a second time, by other code, and compared with what the system holds.

    history         every event, read from the event store by its own Python client
      ├─ decisions  was it legal, given the events before it?
      └─ models     one file each: the rows that must follow
           └─ compare with databases: the rows of the versions that serve, and how far they are

It shares no code with the system, so that a mistake there cannot hide itself here. Words and rules are the domain's.
"""

import sys
from pathlib import Path

# Its libraries lie in a folder whose files are counted; compiled files beside them would make it look damaged.
sys.pycache_prefix = str(Path(__file__).resolve().parents[2] / ".toolchain" / "pycache")
