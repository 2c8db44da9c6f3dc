#!/bin/sh
# azd runs this after it has provisioned: predeploy waits until the roles that were made then are in force.
set -eu
azd env set PROVISIONED_AT "$(date -u +%s)"
