"""Scans and photos: PNG, JPEG, TIFF of one or many pages."""

import warnings
from pathlib import Path

from PIL import Image

from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium

_PNG = Medium("PNG图片", "image/png")
_JPEG = Medium("JPEG图片", "image/jpeg")
_TIFF = Medium("TIFF图片", "image/tiff")
MEDIA = (_PNG, _JPEG, _TIFF)

BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_FORMATS = {"PNG": _PNG, "JPEG": _JPEG, "MPO": _JPEG, "TIFF": _TIFF}  # MPO: what some telephones write

Image.init()

_PIXELS = 120_000_000  # of one page: A3 at 600 dpi has 70 million
_PAGES = 2_000


def examine(path: Path) -> DocumentFormat:
    """A picture that can be decoded to its end. Raises: DocumentRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a large picture, which has its limit below, or odd marks
            return _decode_picture(path)
    except (DocumentRefused, MemoryError):
        raise
    except Image.DecompressionBombError as problem:
        raise _refuse_too_large() from problem
    except Exception as problem:  # a damaged file makes the decoders raise nearly anything
        raise DocumentRefused("图片已损坏，打不开；请重新扫描或拍照。") from problem


def _decode_picture(path: Path) -> DocumentFormat:
    with Image.open(path, formats=("PNG", "JPEG", "TIFF")) as picture:
        medium = _FORMATS[str(picture.format)]
        pages = int(getattr(picture, "n_frames", 1)) if medium is _TIFF else 1
        if pages > _PAGES:
            raise DocumentRefused(f"图片有{pages}页，超过{_PAGES}页的上限；请分成几份上传。")
        for page in range(pages):
            picture.seek(page)
            if picture.width * picture.height > _PIXELS:
                raise _refuse_too_large()
            picture.load()
    return DocumentFormat(medium, pages)


def _refuse_too_large() -> DocumentRefused:
    return DocumentRefused(f"图片超过{_PIXELS / 1e8:g}亿像素；请用300 dpi扫描后再上传。")
