"""The independent oracle: all of history folded a second time, by other code, and compared with what the system holds.

    history         every event, read from the event store by its own Python client
      ├─ decisions  was it legal, given the events before it?
      └─ models     campaign_list, campaign_timeline, ad_metrics: the rows that must follow
           └─ compare with databases: the rows of the versions that serve, and how far they are

It shares no code with the system, so that a mistake there cannot hide itself here. Words and rules are the domain's.
"""

import sys

# Its libraries lie in a folder whose files are counted; a compiled file beside them would make it look damaged.
sys.dont_write_bytecode = True
