"""How sure each number is: pure functions of arrays, each with the source of its method.

Wherever images share a ``group`` (cut from one photo, say), they are not independent: pass ``groups``, and
the clustered method is taken. Without groups, or with one image in each, the independent method is.
"""
