"""What people write back, as conversations: read, noted, answered, done.

Replies come in through `mms.opt_outs.replies`, by webhook or by asking; here is what people do with them.
"""
