"""Settings that all tests share."""

from hypothesis import settings

# No test judges by the clock: a busy machine must not fail one.
settings.register_profile("framejudge", deadline=None)
settings.load_profile("framejudge")
