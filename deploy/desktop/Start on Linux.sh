#!/bin/sh
# Finds a Python from 3.11 on and starts MMS Campaigns. Stop it by closing this window.
cd "$(dirname "$0")" || exit 1
for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$candidate" start.py
    fi
done
echo "MMS Campaigns needs Python 3.11 or newer. Get it from https://www.python.org/downloads/ and start again."
printf 'Press Enter to close this window. '
read -r _
exit 2
