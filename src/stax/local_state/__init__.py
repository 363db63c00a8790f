"""What stax keeps on this machine, under $STAX_HOME: keys, locks, creates under way, history.

Nothing about a stax is known only here but its private key and its history: AWS is asked for the rest.
"""

from stax.local_state.files import home_folder
from stax.local_state.folder import LocalState
from stax.local_state.history import append_history, read_history
from stax.local_state.pending import PendingCreate

__all__ = ["LocalState", "PendingCreate", "append_history", "home_folder", "read_history"]
