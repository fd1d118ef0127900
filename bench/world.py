"""Who and where: the ids that bots are set up with and that activities carry."""

APP_ID = "0b070000-0000-4000-8000-00000000b070"
APP_PASSWORD = "no-secret-for-a-benchmark"  # noqa: S105 - it opens nothing
TENANT = "11111111-1111-1111-1111-111111111111"
TEAM = "19:team-retencao@thread.tacv2"
CHANNEL = "19:rc-backoffice@thread.tacv2"
LOCAL_BOT = "28:00000000-0000-0000-0000-00000000b070"
ANA = ("00000000-0000-0000-0000-0000000000a1", "Ana Souza")
FERNANDA = ("00000000-0000-0000-0000-0000000000b1", "Fernanda Lima")
"""An Adm/Fin lead, who may claim."""
