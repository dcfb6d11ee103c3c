"""When a person may be messaged, by the clock where they live. Pure functions over tables that people can edit.

* `windows.csv`   the hours by country and state; stored overrides replace it (`stored`)
* `area_codes`    time zones and state of a number, from the data of `phonenumbers`
* `rules`         the table as weekly windows
* `hours`         when a number may be messaged next
* `forecast`      how many go at once, how many wait, and when all is done

An area code is only a guess (ported numbers, people who moved), so where it leaves a choice, the narrowest
window counts.
"""

from mms.quiet_hours.forecast import Forecast, Held, forecast
from mms.quiet_hours.hours import QuietHours
from mms.quiet_hours.rules import DEFAULT_ROWS, Rules, WindowRow, rules_from
from mms.quiet_hours.stored import quiet_hours, store_rules, window_rows

__all__ = [
    "DEFAULT_ROWS",
    "Forecast",
    "Held",
    "QuietHours",
    "Rules",
    "WindowRow",
    "forecast",
    "quiet_hours",
    "rules_from",
    "store_rules",
    "window_rows",
]
