"""Where Twilio answers, and who signs in."""

from dataclasses import dataclass, field
from typing import Self

from twilio.http import HttpClient
from twilio.rest import Client

from mms.settings import Credentials


@dataclass(frozen=True, slots=True)
class Account:
    """One Twilio account, or the stand-in's. `username` is the account SID or an API key's SID."""

    base_url: str
    account_sid: str
    username: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, base_url: str, credentials: Credentials) -> Self:
        """The account that the settings name."""
        return cls(base_url, credentials.account_sid, credentials.username, credentials.secret)

    @property
    def messages_uri(self) -> str:
        """Path of the Messages resource below the API version."""
        return f"/Accounts/{self.account_sid}/Messages.json"

    def client(self, http_client: HttpClient) -> Client:
        """The SDK's client for this account; region and edge of the environment would rewrite the address.

        What Twilio serves from other hosts goes there, or where `hosts.http_client` sends it.
        """
        client = Client(self.username, self.secret, self.account_sid, http_client=http_client)
        client.region = client.edge = None
        client.api.base_url = self.base_url
        return client
