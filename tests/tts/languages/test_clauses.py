"""Text as a model writes it, cut into clauses and made speakable: what a caller hears."""

import pytest

from app.tts.sentences import Sentences
from app.tts.speakable import joined, speakable


@pytest.mark.parametrize(
    ("code", "written", "spoken"),
    [
        ("da", "den 3. maj", "den 3. maj"),
        ("de", "10 000", "zehntausend"),
        ("de", "8-10 Uhr", "acht bis zehn Uhr"),
        ("de", "5-10 Minuten.", "fünf bis zehn Minuten."),
        ("de", "Das dauert ca. 5 Minuten.", "Das dauert circa fünf Minuten."),
        ("de", "Guten Tag, Hr. Müller.", "Guten Tag, Herr Müller."),
        ("de", "Wir haben z. B. heute Suppe.", "Wir haben zum Beispiel heute Suppe."),
        ("de", "Der Preis inkl. MwSt. beträgt fünf Euro.", "Der Preis inklusive MwSt. beträgt fünf Euro."),
        ("de", "Hauptstr. 5", "Hauptstraße fünf"),
        ("de", "am 3. Mai um 15 Uhr", "am dritten Mai um fünfzehn Uhr"),
        ("de", "der 3. Mai", "der dritte Mai"),
        ("de", "im 2. Stock", "im zweiten Stock"),
        ("de", "die 3. gute Idee", "die 3. gute Idee"),
        ("en", "The answer is 10 - 5 = 5.", "The answer is ten minus five equals five."),
        ("en", "We are open 9 – 5 today.", "We are open nine minus five today."),
        ("en", "Pizzas are 12 - 15 dollars.", "Pizzas are twelve to fifteen dollars."),
        ("en", "Call 1-800-555-1234 now.", "Call one, eight zero zero, five five five, one two three four now."),
        ("en", "Music of the 80s was great.", "Music of the eighties was great."),
        ("en", "He is in his 40s.", "He is in his forties."),
        ("en", "It was in the mid-90s, 30s later.", "It was in the mid-nineties, | thirty seconds later."),
        ("en", "$10 – $15", "ten dollars to fifteen dollars"),
        ("en", "$10 - $15", "ten dollars to fifteen dollars"),
        ("en", "9 AM – 5 PM", "nine AM to five PM"),
        ("en", "9 a.m. – 5 p.m.", "nine AM to five PM."),
        ("en", "3 pm-4pm", "three PM to four PM"),
        ("en", "It is 10 min. away.", "It is ten minutes. away."),
        ("en", "30 sec. and stir", "thirty seconds. and stir"),
        ("en", "We open Mon. to Fri. at 9.", "We open Monday to Friday at nine."),
        (
            "en",
            "Call ext. 5 now. It takes 10 min. Then we go.",
            "Call extension five now. | It takes ten minutes. | Then we go.",
        ),
        ("en", "2 x $5.00", "two times five dollars"),
        ("en", "3 x $5 = $15", "three times five dollars equals fifteen dollars"),
        ("es", "10 000 euros", "diez mil euros"),
        (
            "es",
            "Llame al 912 345 678.",
            "Llame al novecientos doce trescientos cuarenta y cinco seiscientos setenta y ocho.",
        ),
        ("es", "3 - 10 minutos", "tres a diez minutos"),
        ("es", "Hola, Sr. García", "Hola, señor García"),
        ("es", "Ud. puede pagar aprox. 5 euros.", "usted puede pagar aproximadamente cinco euros."),
        ("fr", "25 000 €", "vingt cinq mille €"),
        ("fr", "1\u202f250,50 \u20ac", "1250,50 €"),
        ("fr", "20-30", "vingt à trente"),
        ("fr", "1er étage", "1er étage"),
        ("fr", "2e", "2e"),
        ("ru", "15 000 рублей", "пятнадцать тысяч рублей"),
        ("ru", "ул. Ленина, д. 5", "улица Ленина, д. пять"),
        ("sv", "3-10 min", "tre, tio min"),
        ("tr", "Çalışma saatlerimiz 09.00 - 18.00 arasıdır.", "Çalışma saatlerimiz dokuz ila on sekiz arasıdır."),
        ("tr", "Yaklaşık 20 – 30 dakika sürer.", "Yaklaşık yirmi ila otuz dakika sürer."),
        ("tr", "0 (532) 123 45 67", "sıfır, beş üç iki, bir iki üç, dört beş, altı yedi"),
        ("tr", "444 0 123", "dört dört dört, sıfır, bir iki üç"),
        ("tr", "0850 222 0 444", "sıfır sekiz beş sıfır, iki iki iki, sıfır, dört dört dört"),
        ("tr", "50 TL - 100 TL", "elli lira ila yüz lira"),
        ("tr", "50 TL-100 TL", "elli lira ila yüz lira"),
        ("tr", "6 gr. şeker, 200 gr. un", "altı gram. şeker, | iki yüz gram. un"),
        ("tr", "Apt. No: 5", "Apartmanı numara beş"),
        ("tr", "Max. 5 kişi, min. 2 kişi", "Max. beş kişi, | min. iki kişi"),
        ("tr", "Müh. Ali", "Mühendis Ali"),
        ("tr", "2 x 50 TL = 100 TL", "iki çarpı elli lira eşittir yüz lira"),
        ("tr", "3 x ₺5", "üç çarpı beş lira"),
    ],
)
def test_what_is_said_and_where_it_stops(code, written, spoken):
    splitter = Sentences(12, 240, code)
    clauses = [*splitter.feed(written), *splitter.flush()]
    assert " | ".join(joined(speakable(clause, code)) for clause in clauses) == spoken
