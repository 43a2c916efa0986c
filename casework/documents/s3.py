"""Sealed files in storage that speaks S3, for web processes and workers on several machines.

`FILES_URL` is `s3://bucket/prefix?endpoint=https://...&region=...`; the keys come from where boto3 looks for them: `AWS_ACCESS_KEY_ID`
and `AWS_SECRET_ACCESS_KEY`, or the file that `AWS_SHARED_CREDENTIALS_FILE` names. What is stored there is sealed before it leaves.
"""

import contextlib
import logging
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from .places import PIECE_BYTES, FileIsMissing, StorageIsAway, Stored, id_of

logger = logging.getLogger(__name__)

# One part of a file that is sent in parts; S3 takes none below 5 MiB but the last.
PART_BYTES = 8 * 1024 * 1024
MISSING = {"NoSuchKey", "404"}
UPLOAD = "upload:"
KNOWN = {"endpoint", "region"}


class S3:
    """One bucket, or what lies below a prefix of it."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client, self.bucket, self.prefix = client, bucket, prefix

    def write(self, file_id: UUID, pieces: Iterable[bytes]) -> None:
        """Send what is small in one go, and the rest in parts; a name leads to all of them or to nothing."""
        with _answering():
            key, parts = self.key_of(file_id), _parts(pieces)
            first = next(parts, b"")
            second = next(parts, None)
            if second is None:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=first)
            else:
                self._write_parts(key, _chained(first, second, parts))

    def _write_parts(self, key: str, parts: Iterable[bytes]) -> None:
        about = {"Bucket": self.bucket, "Key": key}
        upload = self.client.create_multipart_upload(**about)["UploadId"]
        try:
            sent = [
                {
                    "PartNumber": number,
                    "ETag": self.client.upload_part(**about, UploadId=upload, PartNumber=number, Body=part)["ETag"],
                }
                for number, part in enumerate(parts, start=1)
            ]
            self.client.complete_multipart_upload(**about, UploadId=upload, MultipartUpload={"Parts": sent})
        except BaseException:
            # Where that fails too, the sweep finds it.
            with contextlib.suppress(BotoCoreError, ClientError):
                self.client.abort_multipart_upload(**about, UploadId=upload)
            raise

    def read(self, file_id: UUID) -> Iterator[bytes]:
        with _answering():
            found = self.client.get_object(Bucket=self.bucket, Key=self.key_of(file_id))
            with contextlib.closing(found["Body"]) as body:
                yield from body.iter_chunks(PIECE_BYTES)

    def remove(self, file_id: UUID) -> None:
        with _answering():
            self.client.delete_object(Bucket=self.bucket, Key=self.key_of(file_id))

    def older_than(self, moment: float) -> Iterator[Stored]:
        """Yield objects, and what was begun in parts and never ended; each page of the listing is one request."""
        with _answering():
            listing = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for each in (each for page in listing for each in page.get("Contents", ())):
                if each["LastModified"].timestamp() < moment:
                    yield Stored(self._id_of(each["Key"]), each["Key"], each["Size"])
            listing = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            for each in (each for page in listing for each in page.get("Uploads", ())):
                if each["Initiated"].timestamp() < moment:
                    is_ours = self._id_of(each["Key"]) is not None
                    yield Stored(None, f"{UPLOAD}{each['UploadId']}:{each['Key']}", is_unfinished=is_ours)

    def discard(self, stored: Stored) -> None:
        with _answering():
            if stored.name.startswith(UPLOAD):
                upload, key = stored.name.removeprefix(UPLOAD).split(":", 1)
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)
            else:
                self.client.delete_object(Bucket=self.bucket, Key=stored.name)

    def key_of(self, file_id: UUID) -> str:
        return f"{self.prefix}{file_id.hex[:2]}/{file_id.hex}"

    def _id_of(self, key: str) -> UUID | None:
        folder, _, name = key.removeprefix(self.prefix).rpartition("/")
        return id_of(folder, name)


def s3_of(url: str) -> S3:
    """Return the place that an address names. Raises ValueError that says what is wrong with it."""
    bucket, prefix, asked = parts_of(url)
    endpoint = asked.get("endpoint")
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"max_attempts": 3, "mode": "standard"},
        # Storages that are not Amazon's know bucket names in paths, and checksums only where they must.
        s3={"addressing_style": "path" if endpoint else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.session.Session().client(
        "s3", endpoint_url=endpoint, region_name=asked.get("region", "us-east-1"), config=config
    )
    return S3(client, bucket, prefix)


def parts_of(url: str) -> tuple[str, str, dict[str, str]]:
    """Return bucket, prefix (empty or with a slash at its end) and what is asked for."""
    split = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(split.query).items()}
    if split.scheme != "s3" or not split.hostname:
        raise ValueError("FILES_URL is not s3://bucket/prefix?endpoint=https://host&region=name")
    if split.username or split.password:
        raise ValueError("FILES_URL holds a key; put it into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead")
    if unknown := set(asked) - KNOWN:
        raise ValueError(f"FILES_URL asks for {', '.join(sorted(unknown))}; it knows endpoint and region")
    prefix = split.path.strip("/")
    return split.netloc, f"{prefix}/" if prefix else "", asked


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Turn what the library raises into FileIsMissing or StorageIsAway, and say in the log what it was."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in MISSING:
            raise FileIsMissing from None
        logger.error("the storage of files refuses: %s", code)
        raise StorageIsAway from None
    except (BotoCoreError, HTTPError) as error:
        logger.error("the storage of files does not answer: %s", type(error).__name__)
        raise StorageIsAway from None


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes in parts of one size, the last one with what is left."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)


def _chained(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest
