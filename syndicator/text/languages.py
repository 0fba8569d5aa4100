"""Language tags in their normal form, and a guess where nothing is declared."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?((?:-[A-Za-z0-9]{4,8})*)"
)
_SAYS_NOTHING = {"und", "mul", "zxx", "mis"}
# Codes of three letters that feeds write for languages which have one of two (RFC 5646, 4.1).
_CODES = (
    "eng=en fra=fr fre=fr nld=nl dut=nl deu=de ger=de spa=es por=pt ita=it ara=ar zho=zh chi=zh "
    "rus=ru jpn=ja swa=sw tur=tr pol=pl ukr=uk hau=ha bam=bm"
)
_SHORTER = dict(pair.split("=") for pair in _CODES.split())
_LEAST_LETTERS = 60  # below, a guess is too often wrong to be worth keeping
_LEAST_SURE = 0.95


def tag(text: str) -> str:
    """A language tag in its usual form ("fr-BE", "zh-Hant-TW"), "" for anything else.

    Source: RFC 5646 section 2.1.1; extensions and private use are dropped with what follows them.
    """
    if len(text) == 2 and text.isascii() and text.islower() and text.isalpha():
        return text
    text = re.split(r"-[A-Za-z0-9](?:-|$)", text.strip().replace("_", "-"), maxsplit=1)[0]
    match = _TAG.fullmatch(text)
    if not match or match[1].lower() in _SAYS_NOTHING:
        return ""
    script = match[2].title() if match[2] else ""
    language = _SHORTER.get(match[1].lower(), match[1].lower())
    region = match[3].upper() if match[3] else ""
    return "-".join(part for part in (language, script, region) if part) + match[4].lower()


def detect(text: str) -> str:
    """The language a plain text is most likely in, "" when it is too short or not clear.

    Few of the world's languages are known to it (no Bambara, no Fula), so a declared one always
    goes first.
    """
    if sum(map(str.isalpha, text[: 4 * _LEAST_LETTERS])) < _LEAST_LETTERS:
        return ""
    language, sure = _identifier().classify(text[:4000])
    return str(language) if sure >= _LEAST_SURE else ""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


# ------------------------------------------------------------------ as pages show them


_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"}
_NAMES = """
    am=አማርኛ ar=العربية bg=Български bm=Bamanankan bn=বাংলা bs=Bosanski ca=Català cs=Čeština
    da=Dansk de=Deutsch el=Ελληνικά en=English es=Español et=Eesti eu=Euskara fa=فارسی
    ff=Fulfulde fi=Suomi fr=Français ga=Gaeilge ha=Hausa he=עברית hi=हिन्दी hr=Hrvatski
    hu=Magyar hy=Հայերեն id=Indonesia it=Italiano ja=日本語 ka=ქართული km=ខ្មែរ ko=한국어
    ku=Kurdî lo=ລາວ lt=Lietuvių lv=Latviešu my=မြန်မာ ne=नेपाली nl=Nederlands no=Norsk
    pl=Polski ps=پښتو pt=Português rn=Ikirundi ro=Română ru=Русский rw=Kinyarwanda
    sk=Slovenčina sl=Slovenščina so=Soomaali sq=Shqip sr=Српски sv=Svenska sw=Kiswahili
    th=ไทย ti=ትግርኛ tr=Türkçe uk=Українська ur=اردو wo=Wolof yo=Yorùbá zh=中文 zu=isiZulu
"""
_OWN_NAMES = dict(pair.split("=") for pair in _NAMES.split())


def direction(tag: str) -> str:
    """ "rtl" or "ltr", as the script of a language runs; "auto" where none is said."""
    if not tag:
        return "auto"
    base, *rest = tag.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if base in _RIGHT_TO_LEFT else "ltr"


def own_name(tag: str) -> str:
    """What a language calls itself, "Français"; the tag where we do not know."""
    return _OWN_NAMES.get(tag.partition("-")[0].lower(), tag)
