"""A client that knows of the service what openapi.json says, and nothing else.

It is read when the program runs: an operation is called by its name, and an answer that the document does not declare
ends the program. Tells which operations it has called, and what came of them, as one JSON object.

usage: rest_client.py URL CUSTOMER_TOKEN DENTIST_TOKEN
"""

import json
import re
import struct
import sys
import zlib
from urllib.parse import urljoin

import requests

url, customer_token, dentist_token = sys.argv[1:]
http = requests.Session()
document = http.get(url + "/api/contracts/openapi.json", timeout=10).json()
operations = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in document["paths"].items()
    for method, operation in methods.items()
}
called = set()


def resolve(given):
    """What a reference leads to, or the thing itself."""
    while "$ref" in given:
        found = document
        for key in given["$ref"][2:].split("/"):
            found = found[key]
        given = found
    return given


def fits(schema, value):
    """As much of JSON Schema as the answers need."""
    schema = resolve(schema)
    if "anyOf" in schema:
        return any(fits(one, value) for one in schema["anyOf"])
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        return False
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    types = schema.get("type", list(kinds))
    if not any(type(value) is kinds[one] for one in ([types] if isinstance(types, str) else types)):
        return False
    if isinstance(value, list):
        return all(fits(schema.get("items", {}), one) for one in value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return set(schema.get("required", [])) <= set(value) and all(fits(known[k], value[k]) for k in value if k in known)
    return True


def check(operation, response):
    """The body of an answer that the document declares."""
    name = f"{operation['operationId']} answering {response.status_code}"
    assert str(response.status_code) in operation["responses"], f"{name} is not declared: {response.text}"
    declared = resolve(operation["responses"][str(response.status_code)])
    for header in declared.get("headers", {}):
        assert header == "Retry-After" or header in response.headers, f"{name} has no {header}"
    media = declared.get("content", {}).get("application/json")
    if media is None:
        return None
    assert fits(media["schema"], response.json()), f"{name} does not fit: {response.text}"
    return response.json()


def call(operation_id, token=None, body=None, files=None, **parameters):
    """Calls an operation by its name, its parameters by theirs."""
    method, path, operation = operations[operation_id]
    headers, query = {}, {}
    if operation.get("security", document["security"]):
        headers["Authorization"] = "Bearer " + token
    for parameter in operation.get("parameters", []):
        value = parameters.pop(parameter["name"].replace("-", "_"), None)
        assert value is not None or not parameter.get("required"), f"{operation_id} needs {parameter['name']}"
        if value is None:
            continue
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(value))
        else:
            (headers if parameter["in"] == "header" else query)[parameter["name"]] = str(value)
    assert not parameters, f"{operation_id} takes no {list(parameters)}"
    accepted = operation.get("requestBody", {}).get("content", {})
    assert body is None or ("multipart/form-data" if files else "application/json") in accepted
    response = http.request(
        method,
        url + document["servers"][0]["url"].rstrip("/") + path,
        headers=headers,
        params=query,
        json=None if files else body,
        data=body if files else None,
        files=files,
        allow_redirects=False,
        timeout=20,
    )
    called.add(operation_id)
    return response, check(operation, response)


def follow(method, link, **options):
    """A link of the service, as it is; which operation that is, the document tells."""
    response = http.request(method, urljoin(url, link), timeout=20, **options)
    path = urljoin(url, link).split("?")[0][len(url) :]
    for operation_id, (own_method, template, operation) in operations.items():
        pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(template))
        if method == own_method and re.fullmatch(pattern, path) and operation.get("security") == []:
            called.add(operation_id)
            check(operation, response)
    return response


def png(width, height):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x90\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


told = {}
picture = png(40, 30)
customer, dentist = {"token": customer_token}, {"token": dentist_token}

told["health"] = call("getHealth")[1]
chat_id = call("startChat", **customer)[1]["id"]
told["refusal"] = call("startChat", **dentist)[1]
told["chat"] = call("getChat", **customer, chatId=chat_id)[1]

retry = {"body": {"content": "From Python"}, "chatId": chat_id, "Idempotency_Key": "py-1"}
told["sent"], told["again"] = (call("sendMessage", **customer, **retry)[1] for _ in range(2))
form = {"content": "With a photo"}
with_photo = call("sendMessage", **customer, chatId=chat_id, body=form, files=[("images", ("a.png", picture))])[1]

request = {"images": [{"contentType": "image/png", "bytes": len(picture)}]}
[upload] = call("createUploads", **customer, chatId=chat_id, body=request)[1]["uploads"]
follow(upload["method"], upload["url"], headers=upload["headers"], data=picture)
later = call("sendMessage", **customer, chatId=chat_id, body={"imageUrls": [upload["key"]]})[1]

location = call("getImage", **dentist, chatId=chat_id, imageId=later["images"][0]["id"])[0].headers["Location"]
told["picture"] = follow("GET", location).headers["Content-Type"]

told["page"] = call("listMessages", **dentist, chatId=chat_id, limit=2)[1]
told["list"] = call("listChats", **dentist, limit=1)[1]
told["read"] = call("markMessageRead", **dentist, chatId=chat_id, messageId=with_photo["id"])[1]
told["allRead"] = call("markChatRead", **dentist, chatId=chat_id, body={})[1]

told["uncalled"] = sorted(set(operations) - called)
print(json.dumps(told))
