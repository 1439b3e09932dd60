"""The server of 在岗: store, gateway, institutions.

Importing it puts a safe SQLite under every library: Debian 12 ships 3.40.1, whose write-ahead log can be damaged when two
connections checkpoint at once (fixed in 3.51.3). `store/sqlite.py` refuses to start on an affected one.
"""

import sys

import pysqlite3
import pysqlite3.dbapi2

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
