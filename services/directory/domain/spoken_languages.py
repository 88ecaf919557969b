"""Languages as people speak them: one short code for each, whatever standard, region or script a tag comes in."""

from __future__ import annotations

from collections.abc import Iterable

# ISO 639-2 and 639-3, as the Unicode CLDR replaces them by ISO 639-1; what has no code of two letters keeps its own.
_SHORT = dict(
    pair.split(":")
    for pair in """
    aar:aa abk:ab afr:af aka:ak alb:sq aln:sq als:sq amh:am ara:ar arb:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay
    ayr:ay aze:az azj:az bak:ba bam:bm baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs
    cha:ch che:ce chi:zh chu:cu chv:cv cmn:zh cor:kw cos:co cre:cr cwd:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl
    dzo:dz ekk:et ell:el eng:en epo:eo esk:ik est:et eus:eu ewe:ee fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy
    fuc:ff ful:ff gaz:om geo:ka ger:de gla:gd gle:ga glg:gl glv:gv gre:el grn:gn gug:gn guj:gu hat:ht hau:ha hbs:sr
    heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy ibo:ig ice:is ido:io iii:ii ike:iu iku:iu ile:ie ina:ia ind:id
    ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khk:mn khm:km kik:ki kin:rw kir:ky
    kmr:ku knc:kr kng:kg kom:kv kon:kg kor:ko kpv:kv kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt ltz:lb
    lub:lu lug:lg lvs:lv mac:mk mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mol:ro mon:mn mri:mi msa:ms
    mya:my nau:na nav:nv nbl:nr nde:nd ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no npi:ne nya:ny oci:oc ojg:oj oji:oj
    ori:or orm:om ory:or oss:os pan:pa pbu:ps per:fa pes:fa pli:pi plt:mg pol:pl por:pt pus:ps que:qu quz:qu roh:rm
    ron:ro rum:ro run:rn rus:ru sag:sg san:sa scc:sr scr:hr sin:si slk:sk slo:sk slv:sl sme:se smo:sm sna:sn snd:sd
    som:so sot:st spa:es sqi:sq src:sc srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv swh:sw tah:ty tam:ta tat:tt tel:te
    tgk:tg tha:th tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz uzn:uz ven:ve
    vie:vi vol:vo wel:cy wln:wa wol:wo xho:xh ydd:yi yid:yi yor:yo zha:za zho:zh zsm:ms zul:zu
    """.split()  # noqa: SIM905 - reads as a table
)
# Codes of two letters that were given up, and the varieties of Romani, which one service asks for as one language.
_SHORT |= {"mo": "ro", "sh": "sr", "iw": "he", "in": "id", "ji": "yi", "jw": "jv"}
_SHORT |= dict.fromkeys(("rmn", "rmy", "rmc", "rmf", "rml", "rmo", "rmw"), "rom")


def spoken(tag: str) -> str:
    """Return the language of a tag: ``sr-Latn``, ``srp`` and ``sr_RS`` are sr, ``en-GB`` is en."""
    first = tag.strip().replace("_", "-").partition("-")[0].lower()
    return _SHORT.get(first, first)


def all_spoken(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the languages of the tags in their order, each once."""
    return tuple(dict.fromkeys(spoken(tag) for tag in tags))
