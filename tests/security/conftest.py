"""The command line and real sites, borrowed from the rooms that own these fixtures."""

from tests.integration.conftest import make_shared_site as make_shared_site
from tests.integration.conftest import make_site as make_site
from tests.integration.conftest import shared as shared
from tests.integration.conftest import site as site
from tests.orchestrator.conftest import home as home
from tests.orchestrator.conftest import sweep as sweep
