"""A small file of each kind that can be sent. They are whole: any program can show or play them."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

_FOLDER = files("instagrapi.emulator") / "sample_files"

#: A JPEG of 160 by 120 pixels.
PHOTO: Final = (_FOLDER / "photo.jpg").read_bytes()
#: A second of H.264 and AAC in MP4, 160 by 120 pixels.
VIDEO: Final = (_FOLDER / "video.mp4").read_bytes()
#: Two seconds of AAC in MP4.
VOICE: Final = (_FOLDER / "voice.m4a").read_bytes()
