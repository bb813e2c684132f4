"""The types of parts, relationships and fields that Office documents are known to consist of, in lower case.

Source: ECMA-376 Part 1, 15 (types and relationships) and 17.16.5 (fields); [MS-DOCX], [MS-XLSX].
"""


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OFFICE = "application/vnd.openxmlformats-officedocument."
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"

_IN_WORD = _split("""
    document.main styles settings websettings fonttable numbering footnotes endnotes header footer
    comments commentsextended commentsids commentsextensible people document.glossary
""")
_IN_EXCEL = _split("""
    sheet.main worksheet chartsheet styles sharedstrings calcchain comments table tablesinglecells
    pivottable pivotcachedefinition pivotcacherecords sheetmetadata revisionheaders revisionlog
    usernames
""")
_IN_DRAWINGS = _split("chart chartshapes diagramdata diagramlayout diagramstyle diagramcolors")
_ANYWHERE = _split("theme themeoverride drawing extended-properties custom-properties customxmlproperties")
_OTHERS = _split(f"""
    application/xml text/xml application/x-fontdata application/x-font-ttf {RELATIONSHIPS}
    application/vnd.openxmlformats-package.core-properties+xml
    application/vnd.openxmlformats-package.digital-signature-origin
    application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml {_OFFICE}vmldrawing
    {_OFFICE}obfuscatedfont {_OFFICE}spreadsheetml.printersettings
    {_OFFICE}wordprocessingml.printersettings application/vnd.wps-officedocument.cellimage+xml
    image/png image/x-png image/jpeg image/jpg image/pjpeg image/gif image/bmp image/tiff
    image/svg+xml image/x-emf image/emf image/x-wmf image/wmf image/vnd.ms-photo
""")
_OF_MICROSOFT = _split("""
    word.styleswitheffects word.commentsextended word.commentsids word.commentsextensible word.people
    office.chartcolorstyle office.chartstyle office.chartex office.drawingml.diagramdrawing
    office.classificationlabels excel.threadedcomments excel.person excel.slicer excel.slicercache
    excel.timeline excel.timelinecache excel.rdrichvalue excel.rdrichvaluestructure
    excel.rdrichvaluetypes excel.richvaluerel excel.rdarray excel.richstyles excel.featurepropertybag
    excel.namedsheetviews
""")

CONTENT_TYPES = _OTHERS.union(
    (f"{_OFFICE}wordprocessingml.{name}+xml" for name in _IN_WORD),
    (f"{_OFFICE}spreadsheetml.{name}+xml" for name in _IN_EXCEL),
    (f"{_OFFICE}drawingml.{name}+xml" for name in _IN_DRAWINGS),
    (f"{_OFFICE}{name}+xml" for name in _ANYWHERE),
    (f"application/vnd.ms-{name}+xml" for name in _OF_MICROSOFT),
)

# Relationships by the last part of their name, without hyphens.
RELATIONS = _split("""
    officedocument coreproperties extendedproperties customproperties thumbnail styles
    styleswitheffects settings websettings fonttable font numbering footnotes endnotes header footer
    comments commentsextended commentsids commentsextensible people glossarydocument theme
    themeoverride customxml customxmlprops image hdphoto hyperlink chart chartex chartusershapes
    chartcolorstyle chartstyle drawing diagramdata diagramlayout diagramquickstyle diagramcolors
    diagramdrawing vmldrawing printersettings worksheet chartsheet sharedstrings calcchain table
    tablesinglecells pivottable pivotcachedefinition pivotcacherecords sheetmetadata threadedcomment
    person slicer slicercache timeline timelinecache richvaluerel rdrichvalue rdrichvaluestructure
    rdrichvaluetypes rdarray richstyles classificationlabels featurepropertybag namedsheetview
    cellimage origin signature revisionheaders revisionlog usernames
""")
ACTIVE_RELATIONS = _split("""
    vbaproject wordvbadata control activexcontrolbinary attachedtemplate xlmacrosheet xlintlmacrosheet
    dialogsheet keymapcustomizations attachedtoolbars extensibility ctrlprop webextension
    webextensiontaskpanes
""")
EMBEDDED_RELATIONS = _split("oleobject package afchunk subdocument audio video media")

FIELDS = _split("""
    = addressblock advance author autonum autonumlgl autonumout bibliography bidioutline citation
    comments compare createdate date docproperty docvariable edittime eq filename filesize
    formcheckbox formdropdown formtext greetingline hyperlink if index info keywords lastsavedby
    listnum mergefield mergerec mergeseq next noteref numchars numpages numwords page pageref
    printdate quote ref revnum savedate section sectionpages seq set shape styleref subject symbol ta
    tc template time title toa toc useraddress userinitials username xe
""")
