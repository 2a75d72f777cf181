"""Sealing: what leaves an installation and may be read by no person on the way. See docs/adr/0024.

A sealed file can be opened by one installation alone: by whoever holds its DATA_SECRET. It is encrypted with a random key
(AES-256-GCM in pieces, the last one marked, as in the STREAM construction), which is itself encrypted for the receiving
installation's public key (X25519, HKDF-SHA256). It is bound to the open part of its export: whoever changes that can't have it
opened.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tia_hub.core.errors import Refused
from tia_hub.leaving.rows import LONGEST_LINE

PIECE = 256 * 1024
"""Bytes sealed at a time; the whole is padded to a multiple, so that its size tells little."""
TAG = 16
LONGEST_HEAD = 2000
PREFIX = "tia1-"


class CanNotOpen(Refused):
    """The file is sealed for another installation, or was changed."""


class SealingKey:
    """An installation's own key pair, made from what protects its stored secrets: DATA_SECRET, or SECRET_KEY."""

    def __init__(self, secret: str) -> None:
        seed = HKDF(SHA256(), 32, None, b"tia-hub organisation exports").derive(secret.encode())
        self.private = X25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        """What another installation seals with, as text: `tia1-…`."""
        return PREFIX + base64.urlsafe_b64encode(self.private.public_key().public_bytes_raw()).decode().rstrip("=")


def read_public(text: str) -> X25519PublicKey:
    """The key that a text names. Raises Refused where it names none."""
    try:
        if not text.startswith(PREFIX):
            raise ValueError("no key")
        return X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text[len(PREFIX) :] + "="))
    except ValueError as fault:
        raise Refused("That is no receiving key. It begins with tia1- and is 48 characters long.") from fault


def _wrapping_key(shared: bytes, ephemeral: str, recipient: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, f"tia-hub seal {ephemeral} {recipient}".encode()).derive(shared))


def _text(key: X25519PublicKey) -> str:
    return PREFIX + base64.urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("=")


def _wrap(key: bytes, recipient: str) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    public = _text(ephemeral.public_key())
    wrapped = _wrapping_key(ephemeral.exchange(read_public(recipient)), public, recipient).encrypt(bytes(12), key, None)
    head = {"version": 1, "for": recipient, "by": public, "key": base64.b64encode(wrapped).decode()}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n"


def _unwrap(source: IO[bytes], own: SealingKey) -> bytes:
    text = source.readline(LONGEST_HEAD)
    try:
        head = json.loads(text)
        version, recipient, public, wrapped = head["version"], head["for"], head["by"], base64.b64decode(head["key"])
        if version != 1:
            raise ValueError("unknown version")
        if recipient != own.public:
            raise CanNotOpen(
                "The personal forms are sealed for another installation. Have the operator who exported them seal them for "
                "this one: tia-hub organisation reseal --help"
            )
        key = _wrapping_key(own.private.exchange(read_public(public)), public, recipient).decrypt(bytes(12), wrapped, None)
    except (ValueError, KeyError, TypeError, InvalidTag) as fault:
        raise CanNotOpen("The sealed part of the export is damaged.") from fault
    return key


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal(lines: Iterable[bytes], target: IO[bytes], *, recipient: str, bound_to: bytes) -> None:
    """Write lines sealed for a recipient's public key. `bound_to` must be the same when it is opened."""
    key = AESGCM.generate_key(256)
    target.write(_wrap(key, recipient))
    cipher, packer, number = AESGCM(key), zlib.compressobj(6), 0
    waiting = bytearray()
    for each in lines:
        waiting += packer.compress(each)
        while len(waiting) > PIECE:
            target.write(cipher.encrypt(_nonce(number, False), bytes(waiting[:PIECE]), bound_to))
            del waiting[:PIECE]
            number += 1
    waiting += packer.flush()
    waiting += bytes(-len(waiting) % PIECE)
    while len(waiting) > PIECE:
        target.write(cipher.encrypt(_nonce(number, False), bytes(waiting[:PIECE]), bound_to))
        del waiting[:PIECE]
        number += 1
    target.write(cipher.encrypt(_nonce(number, True), bytes(waiting), bound_to))


def unseal(source: IO[bytes], own: SealingKey, *, bound_to: bytes) -> Iterator[bytes]:
    """The lines of a sealed file, one by one. Raises CanNotOpen."""
    cipher, unpacker, number = AESGCM(_unwrap(source, own)), zlib.decompressobj(), 0
    rest = b""
    piece = source.read(PIECE + TAG)
    while piece:
        following = source.read(PIECE + TAG)
        try:
            packed = cipher.decrypt(_nonce(number, not following), piece, bound_to)
        except InvalidTag as fault:
            raise CanNotOpen(
                "The sealed part can't be opened: it, or the open part of the export, was changed since it was made."
            ) from fault
        while not unpacker.eof:
            unpacked = unpacker.decompress(packed, PIECE)
            packed = unpacker.unconsumed_tail
            *whole, rest = (rest + unpacked).split(b"\n")
            yield from whole
            if len(rest) > LONGEST_LINE:
                raise CanNotOpen("The sealed part of the export is damaged.")
            if not packed and len(unpacked) < PIECE:
                break
        number, piece = number + 1, following
    if not unpacker.eof or rest:
        raise CanNotOpen("The sealed part of the export is not whole.")


def reseal(source: IO[bytes], target: IO[bytes], own: SealingKey, *, recipient: str) -> None:
    """Copy a sealed file so that another installation can open it; nothing of it is opened but its key."""
    target.write(_wrap(_unwrap(source, own), recipient))
    while piece := source.read(PIECE):
        target.write(piece)
