#!/bin/sh
# azd runs this after it has provisioned. In a new environment it notes the time, and predeploy waits until the roles
# that were made then are in force.
set -eu
[ "$(azd env get-value PROVISIONED_AT 2> /dev/null)" != new ] || azd env set PROVISIONED_AT "$(date -u +%s)"
