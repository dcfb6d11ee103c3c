@echo off
rem Finds a Python from 3.11 on and starts MMS Campaigns. Stop it by closing this window.
cd /d "%~dp0"
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul
if not errorlevel 1 (
    py -3 start.py
) else (
    echo MMS Campaigns needs Python 3.11 or newer.
    echo Get it from https://www.python.org/downloads/ and start again.
)
pause
