"""One photo made safe: decoded, turned upright, at most 2560 pixels long, written anew without a byte of what it carried besides pixels.

Runs as a program of its own (`python -I shrink.py full|thumb`), one photo a process, so that a hostile file can neither take the
server's memory nor its time: photo on stdin; on stdout the length of the picture (4 bytes, big-endian), the picture, the thumbnail.
Imports nothing of the server.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
EDGE_MAX, THUMB_EDGE = 2560, 240
THUMB_BYTES_MAX = 20 * 1024
PIXELS_MAX = 50_000_000
MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 20
OK, NOT_A_PHOTO, DAMAGED, TOO_MANY_PIXELS = 0, 3, 4, 5


def main(part: str) -> int:
    """Shrink what is on stdin; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as photo:
            if photo.width * photo.height > PIXELS_MAX:
                return TOO_MANY_PIXELS
            # A JPEG can be decoded smaller at once; twice the goal keeps its sharpness.
            photo.draft("RGB", (2 * EDGE_MAX, 2 * EDGE_MAX))
            photo.load()
            upright = ImageOps.exif_transpose(photo)
            bare = _on_white(upright)
    except UnidentifiedImageError:
        return NOT_A_PHOTO
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except Exception:
        # Whatever a decoder stumbles over, the file is what is wrong.
        return DAMAGED
    thumb = _jpeg_within(bare, THUMB_EDGE, THUMB_BYTES_MAX)
    picture = thumb if part == "thumb" else _jpeg(bare, EDGE_MAX, 85)
    sys.stdout.buffer.write(len(picture).to_bytes(4, "big") + picture + thumb)
    return OK


def _on_white(photo: Image.Image) -> Image.Image:
    """Pixels only, without transparency; no palette, profile or metadata comes along."""
    if "A" in photo.mode or "transparency" in photo.info:
        layer = photo.convert("RGBA")
        bare = Image.new("RGB", layer.size, "white")
        bare.paste(layer, mask=layer.getchannel("A"))
        return bare
    colours = photo.convert("RGB")
    bare = Image.new("RGB", colours.size)
    bare.paste(colours)
    return bare


def _jpeg(photo: Image.Image, edge_max: int, quality: int) -> bytes:
    small = photo.copy()
    small.thumbnail((edge_max, edge_max))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _jpeg_within(photo: Image.Image, edge_max: int, bytes_max: int) -> bytes:
    """The best quality that fits."""
    tries = (_jpeg(photo, edge_max, quality) for quality in (70, 50, 30))
    return next((made for made in tries if len(made) <= bytes_max), None) or _jpeg(photo, edge_max // 2, 30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
