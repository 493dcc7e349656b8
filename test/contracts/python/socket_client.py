"""A customer and a dentist on python-socketio. Tells what they saw as one JSON object.

usage: socket_client.py URL TRANSPORT CHAT_ID CUSTOMER_TOKEN DENTIST_TOKEN
"""

import json
import queue
import sys

import socketio

url, transport, chat_id, customer_token, dentist_token = sys.argv[1:]
session = {"sessionId": int(chat_id)}


class Person:
    """A connected person, and all that the server has told them."""

    def __init__(self, token):
        self.seen = queue.Queue()
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("*", lambda event, data=None: self.seen.put((event, data)))
        self.socket.on("connect_error", lambda data=None: self.seen.put(("connect_error", data)))
        self.socket.connect(url, auth={"token": token}, transports=[transport], wait_timeout=10)

    def next(self, name):
        """The next event of this name; those before it are passed over."""
        while True:
            event, data = self.seen.get(timeout=10)
            if event == name:
                return data

    def ask(self, event, data):
        return self.socket.call(event, data, timeout=10)


def refused(token):
    """What the client's connect_error brings for a token that is none."""
    seen = queue.Queue()
    socket = socketio.Client(reconnection=False)
    socket.on("connect_error", lambda data=None: seen.put(data))
    socket.connect(url, auth={"token": token}, transports=[transport], wait=False)
    try:
        return seen.get(timeout=10)
    finally:
        socket.disconnect()


told = {"connect_error": refused("no.such.token")}

customer = Person(customer_token)
told["transport"] = customer.socket.transport()
told["connected"] = customer.next("connected")
dentist = Person(dentist_token)
dentist.next("connected")
told["user:online"] = customer.next("user:online")

told["sent"] = customer.ask("message:send", {**session, "content": "Grüße 👋", "clientMessageId": "py-1"})
told["again"] = customer.ask("message:send", {**session, "content": "Grüße 👋", "clientMessageId": "py-1"})
told["message:new"] = dentist.next("message:new")

dentist.socket.emit("typing:start", session)
told["typing:indicator"] = customer.next("typing:indicator")

message_id = told["sent"]["message"]["id"]
told["read"] = dentist.ask("message:read", {**session, "messageId": message_id})
told["message:read_receipt"] = customer.next("message:read_receipt")

told["refused"] = customer.ask("message:send", {**session, "content": "  "})
customer.socket.emit("message:send", {**session, "content": "  "})
told["chat:error"] = customer.next("chat:error")

dentist.socket.disconnect()
told["user:offline"] = customer.next("user:offline")
customer.socket.disconnect()
print(json.dumps(told))
