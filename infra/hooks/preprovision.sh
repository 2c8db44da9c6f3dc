#!/bin/sh
# azd runs this before it provisions. A deployment sets what it is told, and takes away what it is not told, but for
# roles and a budget. So whoever has only some of an environment's variables would undo most of the rest. The template
# notes on the resource group the stage and which variables were set. This refuses another stage, or to leave one out.
#
# Azure registers only the resource providers whose types a template has. The delegation of a subnet is none, and fails
# when its provider is not registered.
set -eu

if ! command -v az > /dev/null; then
  echo 'Install the Azure CLI (https://aka.ms/azure-cli), and sign in with az login. It shows what was deployed' >&2
  echo 'before, and registers the resource provider Microsoft.App.' >&2
  exit 1
fi

# As the template names it, in lower case whatever the environment is called.
group=rg-atrium-$(printf %s "$AZURE_ENV_NAME" | tr A-Z a-z)

# Nothing, where there is no such group yet.
deployed=$(az group list ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} \
  --query "[?name=='$group'].tags.atrium_deployed" --output tsv)
lost=
for name in ${deployed#* }; do
  [ "$name" = "$deployed" ] || [ -n "$(printenv "ATRIUM_$name")" ] || lost="$lost ATRIUM_$name"
done
stage=${ATRIUM_STAGE:-dev}
if [ -n "$deployed" ] && [ "${deployed%% *}" != "$stage" ]; then
  lost=" the stage ${deployed%% *} for $stage (ATRIUM_STAGE)$lost"
fi
if [ -n "$lost" ] && [ "${ATRIUM_CONFIRM_CHANGE:-}" != true ]; then
  echo "This would leave out for $group what the last deployment set:$lost." >&2
  echo 'If GitHub deploys this environment, run the workflow: gh workflow run deploy.yml. Otherwise set what is' >&2
  echo 'missing with azd env set. If you mean it: ATRIUM_CONFIRM_CHANGE=true azd provision.' >&2
  exit 1
fi

# A new environment gets its roles now, and so does one whose deployment ended before it made the app: the group comes
# first. postprovision notes when, and predeploy waits for them.
app=
if [ -n "$deployed" ]; then
  app=$(az functionapp list ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} \
    --resource-group "$group" --query '[].name' --output tsv)
fi
[ -n "$app" ] || azd env set PROVISIONED_AT new

for provider in Microsoft.App; do
  echo "Registering the resource provider $provider. The first time this takes some minutes."
  az provider register --namespace "$provider" --wait \
    ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} --output none
done
