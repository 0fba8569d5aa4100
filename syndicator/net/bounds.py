"""Where the requests of one visit may go: which private addresses, and through which proxy."""

from __future__ import annotations

from urllib.parse import urlsplit

from syndicator.addresses import Allow, is_local_name, is_public, read_address
from syndicator.errors import FetchError
from syndicator.net.errand import Errand, Resolver, Watch


def proxy_for(url: str, proxy: str) -> str:
    """The proxy, for what lies outside. It resolves names itself, so it must guard them too."""
    return "" if is_local_name(urlsplit(url).hostname or "") else proxy


class Bounds:
    """What an operator opened for one source (design section 6, `allow_private`).

    Args:
        own_url: of the source, as the operator gave it; "" when it is not read over the web.
        allow: what may be private: nothing, everything, or some networks.
        seconds: to wait for a name server.
    """

    def __init__(
        self,
        own_url: str,
        allow: Allow,
        proxy: str,
        *,
        watch: Watch,
        resolve: Resolver,
        seconds: float,
    ) -> None:
        self._own_url = own_url
        self._allow = allow
        self._proxy = proxy
        self._watch = watch
        self._resolve = resolve
        self._seconds = seconds
        self._own_is_private: bool | None = None

    def allowance(self, url: str) -> Allow:
        """The private addresses that `url` may be on.

        What only follows from something a source or a redirect said may be private only if the
        source's own URL is.
        """
        if not self._allow or url == self._own_url:
            return self._allow
        if self._own_is_private is None:
            self._own_is_private = self._is_private(urlsplit(self._own_url).hostname or "")
        return self._allow if self._own_is_private else False

    def proxy_for(self, url: str) -> str:
        """The proxy for what lies outside."""
        return proxy_for(url, self._proxy)

    def _is_private(self, host: str) -> bool:
        if not host:
            return False
        errand = Errand(allow=True, seconds=self._seconds, resolve=self._resolve)
        try:
            with self._watch.over(errand):
                found = [read_address(str(one[4][0])) for one in errand.addresses(host, 80)]
        except (OSError, FetchError):
            return False
        return any(address is not None and not is_public(address) for address in found)
