"""Where a site is kept: one page of contract (`contract.py`), one database behind it (`sqlite.py`).

Nothing outside this folder sees a driver.
"""
