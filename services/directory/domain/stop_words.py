"""Words that tell no service from another, as those that join others; in plain spelling, in all languages."""

from __future__ import annotations

_ENGLISH = "a an and at for from in my near of on or the to with i is are where not does want wants"
_ALBANIAN = "dhe e i te ne per me nga nje ose tek prane ku ka nuk"
_BOSNIAN_MONTENEGRIN_SERBIAN = "i u na za od do sa s iz ili kod o se je gde gdje da ga joj nema zeli hoce"
_BULGARIAN_MACEDONIAN = "v vo vav vuv so sas sus ot za i ili pri kade kude kato da go gi se nyama njama saka iska"
_ROMANIAN = "de la in si cu din pentru pe un o sau langa unde cel al a nu are vrea"
_ROMANI = "thaj vas ko ki ande andar"
# Every service here is for children: whom it is for tells none from another. With the commonest errors.
_CHILDREN = (
    "child children femije femija femijes femijeve femijet dete dijete djete deteta djeteta djetetu deca djeca djece"
    " dece decu djecu deci djeci deteto decata detsa detsata copil copilul copilului copii copiii copiilor"
)
# Girls, boys and minors no less: where a service is for one of them alone, it says so as a fact of its own.
_GIRLS_AND_BOYS = (
    "girl girls boy boys teen teens teenager teenagers adolescent adolescents"
    " vajza vajze vajzes vajzen vajzave vajzat vajzash goca cupe cupa djale djali djalit djalin djem djemte djemve"
    " djemsh cun cuni cunat adoleshent adoleshente adoleshenti adoleshentja adoleshentet adoleshenteve"
    " djevojka djevojke djevojku djevojci djevojkom djevojaka djevojkama djevojcica djevojcice djevojcicu djevojcici"
    " djevojcicom djevojcicama djecak djecaka djecaku djecakom djecaci djecake djecacima djecko momak momka momku momci"
    " devojka devojke devojku devojci devojkom devojaka devojkama devojcica devojcice devojcicu devojcici devojcicom"
    " devojcicama decak decaka decaku decakom decaci decake decacima decko dechak dechaka dechaci momcad"
    " tinejdzer tinejdzera tinejdzeri tinejdzerka tinejdzerke tinejdzerku adolescentkinja adolescentkinje"
    " momice momiche momiceto momicheto momiceta momicheta momicetata momichetata momce momche momceto momcheto momceta"
    " momcheta momcetata momchetata devojce devojche devojceto devojcheto devojcinja devojchinja devojki devojkata"
    " devoyka devoykata momcinja momchinja tijnejdzar tiyneydzhar tineydzhar tinejdzar"
    " fata fete fetei fetele fetelor fetita fetite fetitei fetitele baiat baiatul baiatului baieti baietii baietilor"
    " baietel adolescenta adolescente adolescenti adolescentul adolescentei adolescentii"
    " chaj chave chavo chavoro"
)
_MINORS = (
    "minor minors underage minora minore minori minorul minorului minorei minorii minorilor mitur miturit miturin"
    " miturve maloletnik maloletnika maloletniku maloletnici maloletnica maloletnice maloletnicu maloletni maloletna"
    " maloletno maloljetnik maloljetnika maloljetniku maloljetnici maloljetnica maloljetnice maloljetnicu maloljetni"
    " maloljetna maloleten nepalnoleten nepalnoletna nepalnoletno nepalnoletni"
)
# A child's age is no wish, and the word for years begins the name of no town: Anina, Godech.
_YEARS = (
    "year years yrs ani anisori vjec vjece vjecar vjecare vjecari vjecarja vjecarit vjecares vjecaren vjet vjetesh"
    " god godina godine godini godinu godinama godinata godinki godisnji godisnja godisnje godisnjeg godisnjem"
    " godisnjoj godisnju godisnjak godisnjaka godisnjakinja godisnjakinje godisnjakinju godisen godisna godisno"
    " godisni godishen godishna godishno godishni godisnoto godishnoto godisnata godishnata bers bersh bersa bersha"
)

YEARS = frozenset(_YEARS.split())
JOINING = frozenset(
    word
    for language in (_ENGLISH, _ALBANIAN, _BOSNIAN_MONTENEGRIN_SERBIAN, _BULGARIAN_MACEDONIAN, _ROMANIAN, _ROMANI)
    for word in language.split()
)
STOP_WORDS = JOINING | YEARS | frozenset((*_CHILDREN.split(), *_GIRLS_AND_BOYS.split(), *_MINORS.split()))
