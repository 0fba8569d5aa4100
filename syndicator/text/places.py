"""What an address alone says about what stands there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ASSET = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|zip|gz|mp[34]|m4a|ogg|webm|avi|mov"
    r"|xml|rss|atom|json|css|js|ics|epub)$",
    re.IGNORECASE,
)
_NOT_ARTICLES = re.compile(
    # the page of a subject or a person; deeper than that it may be an article again
    r"/(?:tags?|tagged|categor(?:y|ies|ie)|topics?|themes?|thema|authors?|auteurs?|users?|profiles?)"
    r"(?:/[^/?]*)?/?(?:\?|$)"
    r"|/page/\d+|/(?:search|log-?in|log-?out|sign-?(?:in|up)|register|account|cart|feeds?|rss|share|cdn-cgi"
    r"|wp-admin|privacy(?:-policy)?|terms|contact|about(?:-us)?|newsletter|subscribe|donate"
    r"|imprint|impressum|mentions-legales|legal-notice|disclaimer|colofon|cookie-policy|sitemap)(?:[/?]|$)"
    r"|/(?:wp-login|xmlrpc)\.php|[?&](?:page|paged|offset|start|sort|share|replytocom)=[^&]*$",
    re.IGNORECASE,
)


def may_be_article(url: str) -> bool:
    """Whether an article may stand at `url`: no front page, subject, form, pager or file."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if target in ("", "/"):
        return False
    return not (_ASSET.search(parts.path) or _NOT_ARTICLES.search(target))
