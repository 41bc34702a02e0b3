#!/usr/bin/env python3
"""A second implementation of the code and receipt formats, to pin the first.

Written from the text in DESIGN.md and src/domain/keyring.rs with Python's own
hmac. `python3 tests/vectors.py` prints tests/fixtures/codes.txt; with `--check`
it compares. Fields: keyring, body (hex), click id (hex), code, receipt.
"""
import hmac, pathlib, sys

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62(number, width):
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text.rjust(width, "0")


def tag(key, message):
    return base62(int.from_bytes(hmac.digest(key, message, "sha256")[:10], "big"), 14)


def code(kid, key, body):
    message = b"goodword link 1\0" + kid.encode() + body.to_bytes(8, "big")
    return kid + base62(body, 11) + tag(key, message)


def receipt(kid, key, body, click):
    message = b"goodword receipt 1\0" + kid.encode() + body.to_bytes(8, "big") + click.to_bytes(16, "big")
    return "c" + kid + base62(body, 11) + base62(click, 22) + tag(key, message)


def lines():
    keys = {"1": bytes(range(32)), "b": bytes(range(32, 64)), "Z": bytes(range(255, 191, -1))}
    bodies = [0, 1, (1 << 64) - 1, 1 << 63, 0x0123456789ABCDEF]
    bodies += [1 << 52 | 2 << 20 | 3 << 16 | 4 << 10 | 5]
    clicks = [0, (1 << 128) - 1, 0x019ABCDEF01270008000000000000001]
    for kid, key in keys.items():
        for index, body in enumerate(bodies):
            click = clicks[index % len(clicks)]
            yield f"{kid}:{key.hex()} {body:x} {click:x} {code(kid, key, body)} {receipt(kid, key, body, click)}\n"


if __name__ == "__main__":
    made = "".join(lines())
    if sys.argv[1:] == ["--check"]:
        kept = pathlib.Path(__file__).with_name("fixtures") / "codes.txt"
        sys.exit(0 if kept.read_text() == made else f"{kept.name} is not what Python's hmac makes")
    sys.stdout.write(made)
