#!/bin/sh
# azd runs this before it provisions. Azure registers only the resource providers whose types a template has. The
# delegation of a subnet is none, and fails when its provider is not registered.
set -eu

if ! command -v az > /dev/null; then
  if [ "${ATRIUM_STAGE:-dev}" = dev ]; then
    exit 0
  fi
  echo 'The stage has a virtual network, which needs the resource provider Microsoft.App. Install the Azure CLI' >&2
  echo '(https://aka.ms/azure-cli) and sign in with az login, so that this can register it.' >&2
  exit 1
fi

for provider in Microsoft.App; do
  echo "Registering the resource provider $provider. The first time this takes some minutes."
  az provider register --namespace "$provider" --wait \
    ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} --output none
done
