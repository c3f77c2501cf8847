"""The settings, read from the environment, closed when something is missing."""

from clorp.settings.api import *
from clorp.settings.base import *
from clorp.settings.files import *
from clorp.settings.game import *
from clorp.settings.judging import *
from clorp.settings.money import *
from clorp.settings.people import *
from clorp.settings.retention import *
from clorp.settings.security import *
from clorp.settings.services import *
