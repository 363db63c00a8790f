"""Run in a machine: find the role's credentials as an SDK does, and ask STS who that is.

Takes the path of the certificate authority to trust.  Plain standard library: the name of the API is
resolved by the VPC's resolver, asked directly because /etc/resolv.conf is the host's.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import struct
import sys

HOST, BODY = "sts.us-east-1.amazonaws.com", "Action=GetCallerIdentity&Version=2011-06-15"


def metadata(path: str) -> str:
    connection = http.client.HTTPConnection("169.254.169.254", timeout=2)
    connection.request("PUT", "/latest/api/token", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    token = connection.getresponse().read().decode()
    connection.request("GET", f"/latest/meta-data/{path}", headers={"X-aws-ec2-metadata-token": token})
    return connection.getresponse().read().decode()


def resolve(name: str) -> str:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        mine.settimeout(2)
        query = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
        mine.sendto(query, ("169.254.169.253", 53))
        return socket.inet_ntoa(mine.recv(512)[-4:])


def signed(keys: dict[str, str]) -> dict[str, str]:
    at = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/x-www-form-urlencoded", "host": HOST, "x-amz-date": at,
               "x-amz-security-token": keys["Token"]}  # fmt: skip
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(BODY.encode()).hexdigest()])
    scope = f"{at[:8]}/us-east-1/sts/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={keys['AccessKeyId']}/{scope}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}"}


def main() -> None:
    role = metadata("iam/security-credentials/")
    keys = json.loads(metadata(f"iam/security-credentials/{role}"))
    context = ssl.create_default_context(cafile=sys.argv[1])
    with socket.create_connection((resolve(HOST), 443), timeout=3) as plain:
        connection = http.client.HTTPSConnection(HOST, timeout=3)
        connection.sock = context.wrap_socket(plain, server_hostname=HOST)
        connection.request("POST", "/", BODY, signed(keys))
        print(connection.getresponse().read().decode())


main()
