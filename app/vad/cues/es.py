"""Spanish: words that tell whether a text is complete. Data."""

from __future__ import annotations

from app.vad.cues.patterns import ending_in, patterns
from app.vad.cues.words import Asked, Words, phrases, words

_WH = words("""
    qué que quién quien cuál cual cuáles dónde donde cuándo cuando cómo como cuánto cuanto cuánta cuántos cuántas
    por
""")
_POLAR = words("""
    puede puedes puedo podemos podría podrías hay tiene tienes tienen es está están son hace quiere quieres sabe
    sabes aceptan sirven va vas has ha te le se eres estás hablas habla
""")
_ORDERS = phrases("""
    quiero, quisiera, quería, me gustaría, me pone, me da, me trae, nos trae, póngame, deme, dame, tráigame,
    queremos, quisiéramos, para mí, voy a tomar, tomaré, me puede traer, me puede dar, puede traerme, ponme,
    necesito, me gustaría pedir, quiero pedir, puedo pedir, hay, tienen
""")
SPANISH = Words(
    grammar=patterns(wh=_WH, polar=_POLAR, orders=_ORDERS),
    excused=ending_in(words("este esta ese esa es está son están estás hay"), _WH),
    yes_no=phrases("""
        sí, no, sí por favor, no gracias, claro, claro que sí, por supuesto, exacto, correcto, eso es, así es,
        todavía no, tal vez, quizás, creo que sí, creo que no, de acuerdo, nunca, también, tampoco
    """),
    agreeing=phrases("vale, bueno, bien, muy bien, perfecto, está bien, ok, okay, genial, entiendo, ya, estupendo"),
    thanks=phrases("gracias, muchas gracias, mil gracias, muchísimas gracias, de nada, gracias a usted"),
    goodbyes=phrases("""
        adiós, hasta luego, hasta mañana, chao, hasta pronto, nos vemos, buenas noches, que tenga un buen día
    """),
    greetings=phrases("hola, buenos días, buenas tardes, perdón, disculpe, perdone, buenas, oiga"),
    phrases=phrases("""
        eso es todo, nada más, nada, para, basta, ayuda, un momento, un momento por favor, la cuenta por favor,
        no sé, yo también, otra vez, cómo estás, qué tal, qué hora es, para llevar, y tú, y usted, lo mismo,
        no entiendo, ni idea, cuánto cuesta, cuánto es
    """),
    closers=phrases("por favor, gracias, muchas gracias, eso es todo, nada más, para llevar, verdad, no es así"),
    markers=words("eh em este bueno pues sí no hola y pero entonces perdón disculpe vale oye mira ah oh"),
    fillers=phrases("eh, em, este, pues, o sea, bueno pues, mmm, cómo se dice, es decir, digamos, a ver"),
    conjunctions=words("y e o u pero porque que si aunque cuando mientras ni sino pues entonces como"),
    headless=words("""
        el la los las un una unos unas mi mis tu tus su sus nuestro nuestra de del a al en con sin por para sobre
        entre hasta desde hacia según yo es son era está están estoy soy ha he han muy más menos tan este esta ese
        esa cada otro otra algún alguna ningún ninguna me te se le les nos lo puedo puede puedes podría podemos voy
        vamos va tengo tiene hay
    """),
    objectless=words("""
        quiero quisiera quería necesito busco prefiero deme dame póngame tráigame pone trae gustaría compro tomo
        pido pedir llamo
    """),
    digits=words("cero uno dos tres cuatro cinco seis siete ocho nueve"),
    numbers=words("""
        diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien
        ciento mil
    """),
    hundreds=words("cien ciento mil"),
    telephone=words("número teléfono móvil"),
    numbered=words("mesa habitación página las número son"),
    sizes=words("pequeño pequeña mediano mediana grande"),
    asked={
        Asked.TELEPHONE: phrases("teléfono, número de móvil, su número, tu número"),
        Asked.SPELLING: phrases("deletrear, cómo se escribe"),
        Asked.ADDRESS: phrases("dirección, qué calle"),
        Asked.NUMBER: phrases("cuántos, cuántas, cuánto, qué número, para cuántos, cuántos años"),
        Asked.TIME: phrases("cuándo, a qué hora, qué día"),
        Asked.SIZE: phrases("qué tamaño"),
        Asked.NAME: phrases("su nombre, tu nombre, cómo se llama, cómo te llamas, a nombre de quién"),
        Asked.ORDER: phrases("""
            qué desea, qué le pongo, algo más, qué quiere, qué van a tomar, qué va a tomar, de beber, de comer
        """),
        Asked.REASON: phrases("por qué"),
    },
    polar=_POLAR,
    wh=_WH,
)
