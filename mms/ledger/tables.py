"""The tables of the ledger. Prefix `mms_`, because the engine keeps its own tables in the same database.

Times are seconds since 1970 (UTC) as floating point, taken from the database's clock where order matters.
Original cells, numbers and texts are personal data; they live in `mms_rows`, `mms_uploads`, `mms_drafts`,
`mms_replies`, `mms_list_people`, `mms_joins` and `mms_opt_outs` only, and retention clears them there.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Seconds = Float(53)
RowId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts by itself only on INTEGER

AWAITING = "state IN ('accepted', 'sent') OR (price IS NULL AND state IN ('delivered', 'undelivered'))"
"""Rows about which Twilio has more to say: their last state, or what they cost."""

_UNREAD = "read_at IS NULL"

senders = Table(
    "mms_senders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_sid", String(34), nullable=False),
    Column("address", String(64), nullable=False),  # E.164, short code, or messaging service SID
    Column("kind", String(16), nullable=False),  # long_code, toll_free, short_code, service
    Column("fence", Integer, nullable=False, server_default="0"),  # grows with each holder of the lease
    Column("holder", String(128)),  # executor that holds the lease
    Column("held_until", Seconds, nullable=False, server_default="0"),
    Column("last_asked_at", Seconds, nullable=False, server_default="0"),
    Column("clock_ahead", Seconds),  # seconds by which the ledger's clock is ahead of Twilio's; null: never measured
    UniqueConstraint("account_sid", "address"),
)

uploads = Table(
    "mms_uploads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("repairs", JSON, nullable=False),
    Column("content", LargeBinary),  # the parsed table; null once purged
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    sqlite_autoincrement=True,  # numbers that stand in addresses are never given twice
)

campaigns = Table(
    "mms_campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_key", String(64), unique=True),  # the click or call that made it: the same one twice is one
    Column("name", String(200), nullable=False),
    Column("kind", String(16), nullable=False),  # a mms.states.CampaignKind
    Column("reference", String(255)),  # the caller's own name for it
    Column("mode", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("want", String(16), nullable=False),
    Column("reason", Text),  # why it is stopped, waiting or paused, in words
    Column("reason_code", String(64)),  # a mms.states.ReasonCode
    Column("writer", String(32)),  # while it is a draft: the call that writes its rows
    Column("sender_id", Integer, ForeignKey("mms_senders.id"), nullable=False),
    Column("sender_address", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("media_urls", JSON, nullable=False),  # templates, in order
    Column("columns", JSON, nullable=False),  # of the upload, in order; each row's cells follow it
    Column("phone_column", String(255)),
    Column("options", JSON, nullable=False),  # see mms.campaigns.options
    Column("row_count", Integer, nullable=False),
    Column("upload_id", Integer, ForeignKey("mms_uploads.id")),
    Column("parent_id", Integer, ForeignKey("mms_campaigns.id")),  # the campaign that this one retries or copies
    Column("tags", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    Column("consent_by", String(255)),
    Column("consent_at", Seconds),
    Column("start_at", Seconds),  # asked start; null: now
    Column("zone", String(64)),  # IANA zone in which the person thinks
    Column("start_local", String(32)),  # the start in that zone, as it was entered: see mms.quiet_hours.local_times
    Column("not_after", Seconds),  # nobody gets it later than this
    Column("queue_position", Float, nullable=False),  # order among the campaigns of one sender
    Column("started_at", Seconds),
    Column("finished_at", Seconds),
    Column("next_look_at", Seconds),  # when a waiting campaign goes on, or open rows are looked at again
    Column("purged_at", Seconds),
    Column("picture_version_id", Integer),  # of mms_picture_versions: everybody gets a picture of their own
    Column("picture_base", Text),  # address before the picture's name
    Column("coupon_pool_id", Integer),
    Column("canary_at", Seconds),  # when the first rows were out and the campaign waited for a verdict on them
    Column("link_base", Text),  # address in front of short links
    Column("versions", JSON(none_as_null=True)),  # of its message, each with name, body and media_urls
    Column("winner", String(2)),  # the version that those get who tried none
    Index(None, "sender_id", "state"),
    Index(None, "state"),
    Index(None, "content_hash"),
    Index(None, "created_at"),
    Index(None, "reference"),
    sqlite_autoincrement=True,  # numbers that stand in addresses are never given twice
)

rows = Table(
    "mms_rows",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("mms_campaigns.id"), nullable=False),
    Column("row_number", Integer, nullable=False),  # as the spreadsheet shows it; the header is row 1
    Column("cells", Text, nullable=False),  # JSON list of the original texts
    Column("recipient", String(32)),  # E.164; null when the cell gives none
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),  # a skip reason, or a word for what became of it
    Column("problem", String(64)),  # problem code of the check
    Column("problem_text", Text),
    Column("error_code", Integer),  # Twilio's
    Column("http_status", Integer),
    Column("message_sid", String(34)),
    Column("provider_status", String(32)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer),  # the lease under which it was claimed: its attempt's token
    Column("claimed_at", Seconds),
    Column("asked_from", Seconds),  # Twilio's time before the first request of which nobody knows that nothing came
    Column("looks", Integer, nullable=False, server_default="0"),  # times Twilio's log was asked for it
    Column("not_before", Seconds),  # quiet hours: earliest time to send
    Column("time_zone", String(64)),
    Column("sent_at", Seconds),  # when Twilio accepted it
    Column("updated_at", Seconds, nullable=False),
    Column("price", String(16)),
    Column("price_unit", String(8)),
    Column("coupon", String(200)),  # the code that this person was given
    Column("picture", String(80)),  # name of this person's own picture; holds nothing about the person
    Column("link", String(16)),  # code of this person's short links
    Column("version", String(2)),  # that this person was drawn for
    UniqueConstraint("campaign_id", "row_number"),
    Index(None, "campaign_id", "state", "row_number"),
    Index(None, "message_sid"),
    Index(None, "recipient"),
    # Rows that may be at Twilio right now: few at any time, looked up at every claim (one open row per number).
    Index(
        "ix_mms_rows_open",
        "recipient",
        sqlite_where=text("state IN ('sending', 'unknown')"),
        postgresql_where=text("state IN ('sending', 'unknown')"),
    ),
    Index(
        "ix_mms_rows_picture",
        "picture",
        sqlite_where=text("picture IS NOT NULL"),
        postgresql_where=text("picture IS NOT NULL"),
    ),
    Index(
        "ix_mms_rows_coupon",
        "coupon",
        sqlite_where=text("coupon IS NOT NULL"),
        postgresql_where=text("coupon IS NOT NULL"),
    ),
    Index(
        "ix_mms_rows_link",
        "link",
        sqlite_where=text("link IS NOT NULL"),
        postgresql_where=text("link IS NOT NULL"),
    ),
    # Small, because most rows have had their last word; `mms.receipts` repeats the condition word for word.
    Index("ix_mms_rows_awaiting", "sent_at", sqlite_where=text(AWAITING), postgresql_where=text(AWAITING)),
)

attempts = Table(
    "mms_attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("row_id", RowId, nullable=False),
    Column("campaign_id", Integer, nullable=False),
    Column("fence", Integer),
    Column("at", Seconds, nullable=False),
    Column("event", String(24), nullable=False),  # a mms.states.AttemptEvent
    Column("error_code", Integer),
    Column("http_status", Integer),
    Column("message_sid", String(34)),
    Column("status", String(32)),
    Index(None, "row_id"),
    Index(None, "campaign_id", "at"),
)

early_receipts = Table(  # a callback can come before the create's answer is recorded
    "mms_early_receipts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_sid", String(34), nullable=False),
    Column("status", String(32), nullable=False),
    Column("error_code", Integer),
    Column("at", Seconds, nullable=False),
    Index(None, "message_sid"),
)

receipt_polls = Table(  # when Twilio's log was asked about the messages of one sender
    "mms_receipt_polls",
    metadata,
    Column("sender_id", Integer, ForeignKey("mms_senders.id"), primary_key=True),
    Column("next_at", Seconds, nullable=False),
    Column("last_at", Seconds, nullable=False, server_default="0"),
)

notices = Table(  # what people outside the app are told: noted before it is told
    "mms_notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("mms_campaigns.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # ended, stopped, waits
    Column("about", String(64), nullable=False),  # the reason for which it waits; else blank
    Column("created_at", Seconds, nullable=False),
    Column("next_at", Seconds, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("told_at", Seconds),
    UniqueConstraint("campaign_id", "kind", "about"),
)

opt_outs = Table(
    "mms_opt_outs",
    metadata,
    Column("recipient", String(32), primary_key=True),
    Column("since", Seconds, nullable=False),
    Column("source", String(32), nullable=False),  # reply, twilio_21610, by_hand, import
    Column("note", Text),
    Column("campaign_id", Integer),
)

opt_out_events = Table(  # append-only: how a number came onto the list and off it
    "mms_opt_out_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("recipient", String(32), nullable=False),
    Column("at", Seconds, nullable=False),
    Column("event", String(16), nullable=False),  # added, removed
    Column("source", String(32), nullable=False),
    Column("note", Text),
    Column("by", String(255)),
    Column("campaign_id", Integer),
    Index(None, "recipient"),
)

dead_numbers = Table(
    "mms_dead_numbers",
    metadata,
    Column("recipient", String(32), primary_key=True),
    Column("error_code", Integer, nullable=False),
    Column("since", Seconds, nullable=False),
    Column("campaign_id", Integer),
    Column("undone_at", Seconds),
    Column("undone_by", String(255)),
)

media_checks = Table(
    "mms_media_checks",
    metadata,
    Column("url_sha256", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("checked_at", Seconds, nullable=False),
)

drafts = Table(
    "mms_drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(255)),
    Column("content", JSON, nullable=False),  # what has been typed and chosen so far
    Column("upload_id", Integer, ForeignKey("mms_uploads.id")),
    Column("editors", JSON, nullable=False, server_default="[]"),  # names; who changed it last stands last
    Column("created_at", Seconds, nullable=False),
    Column("updated_at", Seconds, nullable=False),
    sqlite_autoincrement=True,  # numbers that stand in addresses are never given twice
)

templates = Table(
    "mms_templates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("media_urls", JSON, nullable=False),
    Column("updated_at", Seconds, nullable=False),
    Column("updated_by", String(255)),
    sqlite_autoincrement=True,  # numbers that stand in addresses are never given twice
)

lists = Table(  # lists of people that stay
    "mms_lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("columns", JSON, nullable=False),  # in the order of the files, the phone column among them
    Column("phone_column", String(255), nullable=False),
    Column("version", Integer, nullable=False),  # grows with each change of its people
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    Column("updated_at", Seconds, nullable=False),
    sqlite_autoincrement=True,  # a number in an address is never used twice
)

list_people = Table(
    "mms_list_people",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", Integer, ForeignKey("mms_lists.id"), nullable=False),
    Column("recipient", String(32), nullable=False),  # E.164
    Column("cells", JSON, nullable=False),  # text by column, blanks and the number left out
    Column("days", JSON, nullable=False),  # MM-DD by column, for birthdays and the like
    Column("consent_at", Seconds),
    Column("consent_text", Text),  # the words of the file, or the message in which the person asked for messages
    Column("consent_source", String(255)),  # the file's name, or the word that was texted
    Column("added_at", Seconds, nullable=False),
    Column("updated_at", Seconds, nullable=False),
    UniqueConstraint("list_id", "recipient"),
    Index(None, "recipient"),
)

segments = Table(  # conditions under a name; who fulfils them is asked when it matters
    "mms_segments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("list_id", Integer, ForeignKey("mms_lists.id"), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    Column("updated_at", Seconds, nullable=False),
    sqlite_autoincrement=True,
)

picture_files = Table(  # backgrounds and logos, prepared; in the ledger, so that every machine can draw
    "mms_picture_files",
    metadata,
    Column("name", String(80), primary_key=True),  # SHA-256 of the content, and its extension
    Column("data", LargeBinary, nullable=False),
)

picture_templates = Table(
    "mms_picture_templates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("version", Integer, nullable=False),  # the newest
    Column("updated_at", Seconds, nullable=False),
    Column("updated_by", String(255)),
    sqlite_autoincrement=True,
)

picture_versions = Table(  # never changed: campaigns name the version that they used
    "mms_picture_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("template_id", Integer, nullable=False),  # may be gone while a campaign still names the version
    Column("version", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    UniqueConstraint("template_id", "version"),
    sqlite_autoincrement=True,
)

coupon_pools = Table(
    "mms_coupon_pools",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("warn_below", Integer, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    sqlite_autoincrement=True,
)

coupon_codes = Table(
    "mms_coupon_codes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("pool_id", Integer, ForeignKey("mms_coupon_pools.id"), nullable=False),
    Column("code", String(200), nullable=False, unique=True),  # no code is in two pools
    Column("campaign_id", Integer),  # null: free
    Column("row_number", Integer),
    Column("given_at", Seconds),
    Column("put_back_at", Seconds),
    Index(None, "pool_id", "campaign_id"),
    Index(None, "campaign_id", "row_number"),
)

coupon_redemptions = Table(
    "mms_coupon_redemptions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("campaign_id", Integer, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("redeemed_at", Seconds),  # as the till says; null: it does not
    Column("added_at", Seconds, nullable=False),
    UniqueConstraint("campaign_id", "row_number"),
)

clicks = Table(  # visits of short links; nothing about the visitor but what kind it is
    "mms_clicks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("campaign_id", Integer, nullable=False),
    Column("row_id", RowId, nullable=False),
    Column("place", Integer, nullable=False),  # which link of the text, from 0
    Column("who", String(16), nullable=False),  # a mms.links.visitors.Who
    Column("device", String(16)),
    Column("at", Seconds, nullable=False),
    Index(None, "campaign_id", "at"),
    Index(None, "row_id"),
)

replies = Table(
    "mms_replies",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_sid", String(34), nullable=False, unique=True),
    Column("sender", String(32), nullable=False),  # the person who wrote
    Column("address", String(64), nullable=False),  # our number or service that got it
    Column("body", Text),
    Column("media_count", Integer, nullable=False, server_default="0"),
    Column("keyword", String(16)),  # stop, start, help
    Column("campaign_id", Integer),
    Column("row_id", RowId),
    Column("at", Seconds, nullable=False),
    Column("read_at", Seconds),  # when somebody here opened it
    Column("done_at", Seconds),  # nothing is left to do about it
    Column("done_by", String(255)),
    Index(None, "campaign_id"),
    Index(None, "sender"),
    Index("ix_mms_replies_unread", "at", sqlite_where=text(_UNREAD), postgresql_where=text(_UNREAD)),
)

reply_notes = Table(  # for colleagues, beside a person's conversation
    "mms_reply_notes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("recipient", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(255)),
    Column("at", Seconds, nullable=False),
    Index(None, "recipient"),
)

api_keys = Table(
    "mms_api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    Column("last_used_at", Seconds),
    Column("revoked_at", Seconds),
    Column("status_url", Text),  # where changes of this key's messages are posted
    Column("scope", String(10), nullable=False, server_default="send"),
    Column("expires_at", Seconds),
    Column("last_four", String(4)),
)

status_posts = Table(  # messages whose caller wants to hear of each change; gone after the last word was told
    "mms_status_posts",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=False),
    Column("key_name", String(100), nullable=False),
    Column("told", String(32)),  # the status that the caller has taken note of
    Column("tries", Integer, nullable=False, server_default="0"),  # in vain, for what is to be told now
    Column("next_at", Seconds, nullable=False),
    Index(None, "next_at"),
)

api_requests = Table(  # Idempotency-Key: the same key and body get the same answer, also after a restart
    "mms_api_requests",
    metadata,
    Column("key_name", String(100), primary_key=True),
    Column("mode", String(16), primary_key=True),  # what was only practised never answers for a live call
    Column("idempotency_key", String(255), primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("campaign_id", Integer, ForeignKey("mms_campaigns.id")),
    Column("created_at", Seconds, nullable=False),
)

audit = Table(  # append-only
    "mms_audit",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Seconds, nullable=False),
    Column("who", String(255), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255)),
    Column("detail", JSON),
    Index(None, "at"),
)

periodic_work = Table(  # what happens again and again, as an admin may want to see it; the engine has its own books
    "mms_periodic_work",
    metadata,
    Column("account_sid", String(34), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("started_at", Seconds, nullable=False),
    Column("finished_at", Seconds),  # null: under way, or its process was killed
    Column("next_at", Seconds, nullable=False),
    Column("error", Text),  # of the last time: the kind of error, never numbers or texts; null: it went well
)

options = Table(  # what people edit in the app: prices, quiet hours, alarms, retention, roles
    "mms_options",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_at", Seconds, nullable=False),
    Column("updated_by", String(255)),
)

recurring_sends = Table(  # what is sent again and again, and series: each time is a campaign of its own
    "mms_recurring_sends",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("list_id", Integer, nullable=False),  # may be gone when its time comes: then it is paused
    Column("segment_id", Integer),  # of that list; null: everybody
    Column("rhythm", JSON),  # see mms.recurring.rhythm; null: a series
    Column("zone", String(64), nullable=False),
    Column("steps", JSON, nullable=False),  # messages: body, media_urls, days after the one before
    Column("sender_address", String(64)),  # null: the installation's first
    Column("state", String(16), nullable=False),  # active, paused, done
    Column("reason", Text),  # why it is paused, in words
    Column("next_at", Seconds),  # null: done
    Column("step", Integer, nullable=False),  # of a series: the message that is next
    Column("looked_past", Integer),  # campaign whose bad end somebody has seen and gone on after
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("created_email", String(255)),  # null: where nobody signs in
    Column("approved_by", String(255)),  # the second person
    Column("approved_at", Seconds),
    Column("updated_at", Seconds, nullable=False),
    Index(None, "state", "next_at"),
    sqlite_autoincrement=True,
)

recurring_runs = Table(  # each time that one was due, once
    "mms_recurring_runs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("send_id", Integer, ForeignKey("mms_recurring_sends.id"), nullable=False),
    Column("due_at", Seconds, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("result", String(16), nullable=False),  # sent, nobody, missed, failed
    Column("reason", Text),
    Column("campaign_id", Integer),
    UniqueConstraint("send_id", "due_at"),
)

join_words = Table(  # words that people text to come onto a list
    "mms_join_words",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_sid", String(34), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("address", String(64), nullable=False),  # the number that they text it to
    Column("word", String(20), nullable=False),  # in small letters
    Column("list_id", Integer, nullable=False),
    Column("ask", Text),  # double opt-in: what asks for a YES; null: the word is enough
    Column("welcome", Text, nullable=False),
    Column("welcome_media", JSON, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", String(255)),
    UniqueConstraint("account_sid", "address", "word"),
    sqlite_autoincrement=True,
)

joins = Table(  # each message that asked to join or confirmed it, once
    "mms_joins",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("reply_id", RowId, nullable=False, unique=True),
    Column("word_id", Integer, nullable=False),  # may be deleted
    Column("recipient", String(32), nullable=False),
    Column("result", String(16), nullable=False),  # a mms.join_words.handling.JoinResult
    Column("at", Seconds, nullable=False),  # when the person wrote
    Index(None, "word_id", "recipient"),
    Index(None, "recipient"),
)

notice_posts = Table(  # notices on their way to addresses that get them signed, each on its own
    "mms_notice_posts",
    metadata,
    Column("notice_id", RowId, primary_key=True, autoincrement=False),
    Column("receiver", String(64), primary_key=True),  # SHA-256 of its address, which may hold a token
    Column("tries", Integer, nullable=False),
    Column("next_at", Seconds, nullable=False),
    Column("done_at", Seconds),  # taken, or given up
)
