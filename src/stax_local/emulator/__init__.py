"""moto, mended: the only part of the local region that knows moto.

prepare()                  once per process: settings, exact version, patches
application()              the WSGI application of every service moto answers
account.dump, account.load everything the accounts hold, as bytes
observe.snapshot           the world as frozen facts, for the data plane
transition.*               what the data plane reports back: a machine runs, stopped, is gone
"""

from stax_local.emulator.application import Application, application
from stax_local.emulator.startup import WrongMotoError, prepare

__all__ = ["Application", "WrongMotoError", "application", "prepare"]
