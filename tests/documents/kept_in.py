"""The two places for sealed files, as a test sees them: what lies there, byte by byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import boto3
from django.conf import LazySettings
from moto.server import ThreadedMotoServer

from casework.documents.places import Folder
from casework.documents.s3 import S3, s3_of

BUCKET, PREFIX = "casework-test", "scans"
KEYS = {"AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret"}


class KeptInFolder:
    """`environment`: what another process needs to write there too."""

    def __init__(self, settings: LazySettings) -> None:
        self.root = Path(settings.SCANS_DIR)
        self.place = Folder(self.root)
        self.environment = {"SCANS_DIR": str(self.root), "FILES_URL": ""}

    def names(self) -> list[str]:
        found = [each for each in self.root.rglob("*") if each.is_file() and each.suffix != ".lock"]
        return sorted(each.name for each in found)

    def raw(self, file_id: UUID) -> bytes:
        return self.place.path_of(file_id).read_bytes()

    def put(self, file_id: UUID, content: bytes) -> None:
        self.place.path_of(file_id).write_bytes(content)

    def put_of_others(self, path: str, content: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True)
        (self.root / path).write_bytes(content)

    def everything(self) -> bytes:
        return b"".join(each.read_bytes() for each in self.root.rglob("*") if each.is_file())


class KeptInS3:
    def __init__(self, settings: LazySettings, server: ThreadedMotoServer) -> None:
        host, port = server.get_host_and_port()
        settings.FILES_URL = f"s3://{BUCKET}/{PREFIX}?endpoint=http://{host}:{port}&region=eu-central-1"
        self.place: S3 = s3_of(settings.FILES_URL)
        about = {"LocationConstraint": "eu-central-1"}
        self.place.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=about)
        self.environment = {"SCANS_DIR": str(settings.SCANS_DIR), "FILES_URL": settings.FILES_URL, **KEYS}

    def names(self) -> list[str]:
        """What a look into the bucket shows, unfinished uploads with it."""
        objects = self.place.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        uploads = self.place.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
        return sorted(
            [each["Key"].rsplit("/", 1)[-1] for each in objects] + [f"{each['Key']}.part" for each in uploads]
        )

    def raw(self, file_id: UUID) -> bytes:
        found = self.place.client.get_object(Bucket=BUCKET, Key=self.place.key_of(file_id))
        return bytes(found["Body"].read())

    def put(self, file_id: UUID, content: bytes) -> None:
        self.place.client.put_object(Bucket=BUCKET, Key=self.place.key_of(file_id), Body=content)

    def put_of_others(self, path: str, content: bytes) -> None:
        self.place.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{path}", Body=content)

    def everything(self) -> bytes:
        keys = [each["Key"] for each in self.place.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return b"".join(self.place.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys)


Kept = KeptInFolder | KeptInS3


@contextmanager
def storage_that_speaks_s3() -> Iterator[ThreadedMotoServer]:
    """A server on loopback, in threads of this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        boto3.DEFAULT_SESSION = None
