"""How files of the accepted formats end, by media type (RFC 6838); apart from what reads them."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet"

_SUFFIXES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    DOCX: ".docx",
    XLSX: ".xlsx",
    "application/ofd": ".ofd",
    "text/csv": ".csv",
    "text/plain": ".txt",
}


def find_suffix(media_type: str) -> str:
    """What the name of an exported file ends with: .pdf. Raises: KeyError for a format not accepted."""
    return _SUFFIXES[media_type]
