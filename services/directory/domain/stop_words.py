"""Words that join others and say nothing by themselves, in plain spelling, in all languages of the directory."""

from __future__ import annotations

_ENGLISH = "a an and at for from in my near of on or the to with i is are where"
_ALBANIAN = "dhe e i te ne per me nga nje ose tek prane ku"
_BOSNIAN_MONTENEGRIN_SERBIAN = "i u na za od do sa s iz ili kod o se je gde gdje"
_BULGARIAN_MACEDONIAN = "v vo vav vuv so sas sus ot za i ili pri kade kude kato"
_ROMANIAN = "de la in si cu din pentru pe un o sau langa unde cel al a"
_ROMANI = "thaj vas ko ki ande andar"
# Every service here is for children: whom it is for tells none from another. With the commonest errors.
_CHILDREN = (
    "child children femije femija femijes femijeve femijet dete dijete djete deteta djeteta djetetu deca djeca djece"
    " dece decu djecu deci djeci deteto decata detsa detsata copil copilul copilului copii copiii copiilor"
)

STOP_WORDS = frozenset(
    word
    for language in (
        _ENGLISH, _ALBANIAN, _BOSNIAN_MONTENEGRIN_SERBIAN, _BULGARIAN_MACEDONIAN, _ROMANIAN, _ROMANI, _CHILDREN,
    )
    for word in language.split()
)  # fmt: skip
