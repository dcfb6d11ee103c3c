"""Every key of the session state in one place. What must survive a reload is in the ledger, not here."""

STOP_EVERYTHING = "stop_everything"  # numbers of the campaigns that the panic button has just paused
JUST_STOPPED = "just_stopped"  # the page has to follow, so that it can ask
SEND_ASKED = "send_asked"  # number of the draft whose Send dialog is open
DRAFT_ROUNDS = "draft_rounds"  # by draft and field; grows when a click, not its widget, changes the field
EDITOR_ROUND = "editor_round"  # grows with each Apply, so that the editor starts clean
TO_TOP = "to_top"  # the next run shows another leaf
UPLOAD_ROUND = "upload_round"  # grows with each accepted file, so that the control is empty again
DRAFT_STORED = "draft_stored"  # by draft and field: what this tab stored last
DRAFT_CONFLICTS = "draft_conflicts"  # by draft and field: what another tab stored, and what was typed here
NEXT_PLACE = "next_place"  # a callback cannot change the page itself: the menu is not known yet
NOTICE = "notice"  # what the last click said; shown until the next one
ACTING = "acting"  # the module whose click is being carried out
ANSWERED = "answered"  # whether this run has drawn what the last click said
NEW_KEY = "new_key"  # an API key is shown once, right after it was made
POSTS_SIGNED_WITH = "posts_signed_with"  # shown once, right after the address of an API key was set
REQUEST_KEY = "request_key"  # names the next click that makes something, so that a double click makes one
