"""One colour for each thing in every chart: blues for what goes well, orange for what does not (colour-blind safe).

The word always stands beside the colour.
"""

from mms.reports.counts import Part

PART_COLOURS: dict[Part, str] = {
    Part.WAITING: "#9aa8a5",
    Part.ON_THE_WAY: "#a3b4e6",
    Part.SENT: "#5aa9d6",
    Part.DELIVERED: "#1f6fb2",
    Part.NOT_ARRIVED: "#d9730d",
    Part.REFUSED: "#a35408",
    Part.NOT_KNOWN: "#a06cc4",
    Part.TAKEN_BACK: "#8a7f6d",
    Part.LEFT_OUT: "#c9b458",
}
BAR = "#5aa9d6"
BADGES = {
    "draft": "gray",
    "scheduled": "blue",
    "running": "green",
    "waiting": "blue",
    "paused": "orange",
    "stopped": "red",
    "canceled": "gray",
    "finished": "green",
}
"""Badge colour by campaign state; the word beside it says the same."""
