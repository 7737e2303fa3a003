"""What an entry's name says: an image or none, ignored or not; and the one form that it has in Unicode."""

import unicodedata

_READ = """
apng avif avifs bmp bw cur dcx dds dib gif icb ico im j2c j2k jfif jp2 jpc jpe jpeg jpf jpg jpx msp pbm pcx pfm pgm png
pnm ppm qoi ras rgb rgba sgi tga tif tiff vda vst webp xbm xpm
"""
SUFFIXES = frozenset(_READ.split())
"""Suffixes of image files, whichever of them the Pillow at hand was built to decode: what is counted, and so a
folder's identity, must be the same on every machine."""

_OTHERS = """
ai arw blp cr2 cr3 dcm dicom djvu dng emf eps exr fits flif hdr heic heif hif jls jng jxl jxr nef orf pcd pdf ps psd raf
raw rw2 svg svgz wdp wmf xcf
"""
UNREAD = frozenset(_OTHERS.split())
"""Suffixes of images that are never read: vector graphics, raw photographs, formats without a decoder."""

_SYSTEM = frozenset(
    {"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "__macosx", "__pycache__", "desktop.ini"}
    | {"ehthumbs.db", "icon\r", "lost+found", "system volume information", "thumbs.db"}
)


def is_ignored(name: str) -> bool:
    """Return whether an entry of this name is hidden, or one that systems leave behind."""
    return name[0] == "." or name.lower() in _SYSTEM


def suffix_of(name: str) -> str:
    """Return what follows the last dot, in lower case; "" = no dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def composed(name: str) -> str:
    """Return the name in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", name)


def is_text(name: str) -> bool:
    """Return whether the name is Unicode: that of a file may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
