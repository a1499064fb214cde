#!/bin/sh
# Stands in for the desktop `code` executable: @vscode/test-electron's runTests starts it with desktop arguments.
here=$(dirname "$0")
exec "$here/../../node_modules/.bin/node" "$here/code-shim.ts" "$@"
