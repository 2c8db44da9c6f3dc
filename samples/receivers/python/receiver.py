"""Receives Atrium's webhooks, with Python's standard library only.

    WEBHOOK_SECRET=whsec_… python3 receiver.py [port]

It listens to this machine only. Put the server that has the certificate in front of it. In Flask the bytes of the body
are request.get_data(), in FastAPI await request.body().
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 5 * 60
# An event has 196,608 bytes at most.
MOST_BYTES = 256 * 1024
MOST_IDS = 10_000


def number(text):
    """What a header counts, or None. A stranger can send thousands of digits, on which int() fails."""
    return int(text) if text.isdecimal() and len(text) <= 15 else None


def is_signed(key, headers, body):
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    seconds = number(timestamp)
    if not id or seconds is None or abs(time.time() - seconds) > TOLERANCE_SECONDS:
        return False
    # The bytes as they came: JSON that was parsed and written again has another signature.
    digest = hmac.new(key, f"{id}.{timestamp}.".encode("latin-1") + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    # While a secret is rotated there are several signatures, and one has to fit. The comparison takes the same time
    # wherever two signatures differ.
    signatures = headers.get("webhook-signature", "").encode("latin-1").split(b" ")
    return any(hmac.compare_digest(signature, expected) for signature in signatures)


class Store:
    """What was received, by its id: the same event can come again.

    This is a sample. It forgets at a restart, and knows nothing of a second process. Use a database instead: store the
    event in one transaction with its id, in a table whose key is the webhook-id.
    """

    def __init__(self):
        self._ids = {}
        self._lock = threading.Lock()

    def add(self, id, body):
        """Stores an event, unless it is there already."""
        # In place of the transaction: the same event can come twice at the same time.
        with self._lock:
            if id in self._ids:
                return
            print(f"Received {json.loads(body)['event']} {id}", flush=True)
            # Last. If storing fails, the id must not be there, or the event would be lost when it comes again.
            self._ids[id] = True
            if len(self._ids) > MOST_IDS:
                # A dict keeps the order in which things were added.
                del self._ids[next(iter(self._ids))]


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_POST(self):
        path = self.path.partition("?")[0]
        length = number(self.headers.get("Content-Length", ""))
        if path != "/webhook" or length is None or length > MOST_BYTES:
            # What is not read of this request would be taken for the next one.
            self.close_connection = True
            return self.answer(404 if path != "/webhook" else 411 if length is None else 413)
        body = self.rfile.read(length)
        if not is_signed(self.server.key, self.headers, body):
            return self.answer(401)
        if self.headers.get("webhook-test") == "true":
            # A test: its visitor is made up.
            return self.answer(204)
        # Answer within 15 seconds, and work afterwards.
        try:
            self.server.store.add(self.headers["webhook-id"], body)
        except Exception:
            traceback.print_exc()
            # The event comes again.
            return self.answer(500)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


def main():
    secret = os.environ.get("WEBHOOK_SECRET", "")
    if not secret:
        sys.exit("Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.")
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8080"))
    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        server.key = base64.b64decode(secret.removeprefix("whsec_"))
        server.store = Store()
        print(f"Listening on http://127.0.0.1:{server.server_port}/webhook", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
