#!/bin/sh
# azd runs this before it deploys. The platform puts the package into the storage account with the app's identity. A
# role that is a minute old may not be in force yet: the deployment then ends with InaccessibleStorageException, and azd
# does not try again. Only a new environment has such roles.
set -eu

WAIT=${ATRIUM_ROLE_WAIT:-300}

now=$(date -u +%s)
since=$(azd env get-value PROVISIONED_AT 2> /dev/null || echo 0)
case $since in '' | *[!0-9]*) since=0 ;; esac
left=$((since + WAIT - now))
if [ "$left" -le 0 ]; then
  exit 0
fi

echo "The app's roles were made just now. Waiting $left s until they are in force, before the package is deployed."
while [ "$left" -gt 0 ]; do
  step=$((left < 30 ? left : 30))
  sleep "$step"
  left=$((left - step))
  echo "  $left s"
done
