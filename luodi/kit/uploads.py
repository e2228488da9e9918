"""Files on their way in: what is larger than may be kept is counted, not kept (FILE_UPLOAD_HANDLERS)."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

MB = 1024 * 1024
AT_ONCE = 4  # files of the largest size in one request; of a longer request no file is written at all


class Measured(FileUploadHandler):
    """Stands first: a file past `LUODI_UPLOAD_MB` is read to its end without being written.

    The form gets an empty file with its true `size`, says the sentence, and keeps what was typed beside it.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        """Look at the length that the request declares, before anything is read."""
        self.most = settings.LUODI_UPLOAD_MB * MB
        if content_length > AT_ONCE * self.most:
            self.most = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Of a request that is too long no other handler begins a file."""
        super().new_file(*args, **kwargs)
        if not self.most:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand the piece on, or drop it."""
        return raw_data if start + len(raw_data) <= self.most else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Nothing: the next handler has the file; or its empty shell."""
        if file_size <= self.most:
            return None
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
