"""A real SMTP server and a real web server on this machine, and the world's duties run by hand."""

import email
import email.policy
import json
import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dj_email_url
import pytest
from aiosmtpd.controller import Controller
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from luodi.notices import actions
from luodi.notices.models import Notice
from luodi.orgs.models import Person


def worker(moment: datetime) -> None:
    """One round of the worker's duties."""
    actions.spread(at=moment)
    actions.remind(at=moment)
    actions.digest(at=moment)
    actions.send(at=moment)


def told(person: Person) -> list[tuple[str, str]]:
    """What a person was told, in order: (act, kind)."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("verb", "kind"))


@dataclass
class Postbox:
    """What the SMTP server took in; `refuses` makes it answer 451."""

    letters: list = field(default_factory=list)
    refuses: bool = False
    port: int = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return "451 4.3.0 Mail server temporarily rejected message"
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def postbox(settings):
    """E-mail set by LUODI_SMTP_URL's own parser, sent to a server that is really there."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    for name, value in dj_email_url.parse(f"smtp://127.0.0.1:{box.port}?timeout=5").items():
        setattr(settings, name, value)
    settings.LUODI_MAIL, settings.LUODI_MAIL_FROM = True, "luodi@example.gov.cn"
    settings.LUODI_SITE_URL, settings.LUODI_DIGEST_AT = "https://luodi.example.gov.cn", "08:30"
    yield box
    controller.stop()


@dataclass
class Groups:
    """What the platforms' web server was sent; `answer` is what it says."""

    messages: list = field(default_factory=list)
    answer: int = 200


@pytest.fixture
def groups(monkeypatch):
    """A web server in the place of WeCom's and DingTalk's."""
    taken = Groups()

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.messages.append((self.path, body))
            self.send_response(taken.answer)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(NotifyWeComBot, "notify_url", here + "/wecom?key={key}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", here + "/dingtalk?access_token={token}")
    yield taken
    server.shutdown()
    server.server_close()
