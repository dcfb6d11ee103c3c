"""One colour for each thing in every chart; chosen to be told apart in light and dark, also by the colour-blind."""

GROUP_COLOURS = {
    "waiting": "#9aa8a5",
    "on_the_way": "#7b8fd9",
    "sent": "#3aa0c9",
    "delivered": "#2a9d6f",
    "did_not_arrive": "#d9574f",
    "unknown": "#a06cc4",
    "taken_back": "#8a7f6d",
    "left_out": "#c9b458",
}
BAR = "#3aa0c9"
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
