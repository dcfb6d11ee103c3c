"""A template with a pool, and campaigns that use it."""

import hashlib
import io

from PIL import Image

from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures.own_picture import own_picture
from mms.coupons.pools import add_codes
from mms.media.image.preparing import PreparedPicture
from mms.picture_templates.saved import keep_file, save_template
from mms.picture_templates.template import Box, CodeLayer, PictureTemplate, TextLayer
from mms.roles import LOCAL_ADMIN


def background(ledger, size=(540, 675)):
    file = io.BytesIO()
    Image.new("RGB", size, "#d9b38c").save(file, "JPEG")
    data = file.getvalue()
    picture = PreparedPicture(data, "image/jpeg", "jpg", hashlib.sha256(data).hexdigest(), *size, 0, *size, ())
    return keep_file(ledger, picture, by=LOCAL_ADMIN)


def coupon_template(ledger, pool="Spring", name="Coupon", codes=10, kind="qr"):
    """Hello {Name}, and the coupon as a code; with a pool of `codes` codes."""
    if pool and codes:
        add_codes(ledger, pool, (f"CODE-{number:04d}" for number in range(codes)), by=LOCAL_ADMIN)
    template = PictureTemplate(
        background(ledger),
        (
            TextLayer(Box(0.05, 0.02, 0.9, 0.3), "Hello {Name}!", size=0.08),
            CodeLayer(Box(0.1, 0.35, 0.8, 0.6), "{coupon}", kind),
        ),
        pool,
    )
    return save_template(ledger, name, template, by=LOCAL_ADMIN)


def content(ledger, body="Your code is {coupon}", name="Coupon"):
    return Content(body, (), own_picture(ledger, name))


def people(count, first=0):
    numbers = range(first, first + count)
    return "Phone,Name\n" + "".join(f"202555{100 + number:04d},Person {number}\n" for number in numbers)
