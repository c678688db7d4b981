"""What holds for all tests: nothing depends on the clock, nor on luck."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")  # the same examples each time; `make fuzz` looks for new ones
