"""Turkish words that tell whether a text is complete. Data."""

from __future__ import annotations

from app.vad.cues.words import Asked, phrases, words

STEMS = words("""
    kaybol öner tamamla al ver gel git gid geç kal bul bil ol öl dur vur gör gir çık in bin iç ye yi de di iste
    bekle söyle anlat anla aç kapat kapa başla bitir bit çalış konuş oku yaz sor ara bırak getir götür ekle çıkar
    sil değiş değiştir iptal et ed sev beğen özle unut hatırla düşün san kork hoşlan ilgilen öğren öğret çal dinle
    izle seyret seyred bak baksana tanı tanış buluş görüş otur kalk yat uyu uyan koş yürü yüz uç dön var ulaş uğra
    taşı taşın sat öde hazırla hazırlan pişir kes dök koy at tut çek sür kullan dene dile yap kur boz düzelt kaydet
    kaydol onayla ayır ayırt seç say topla çarp böl ölç tart gönder yolla ilet ulaştır göster açıkla tekrarla kaçır
    yetiş yaşa doğ büyü evlen ağla gül gülümse üzül sevin şaşır kız sıkıl yorul acık susa iyileş temizle yıka süpür
    boya çiz dik ör oyna kazan kaybet kaybed yen yenil vazgeç anlaş tartış sakla dokun yaklaş ayrıl uzaklaş dolaş
    gez çağır buyur ısmarla kalın soğu ısıt ısın don eri kır düş dol doldur boşalt paketle sun uzat kapan açıl yapıl
    söylen duy hisset hissed inan güven alış dinlen paylaş duyul yet yeter bulun görün sayıl denil kızar katıl
    gönderil edil veril alın oluş geliş çalıştır istet yapıştır hazırlat ödet getirt okut bildir durdur döndür öldür
    güldür yedir içir bitiş çevir kaldır indir
""")
"""Of the verbs that callers use."""
NOT_VERBS = words("""
    yedi altı adım adın adı şimdi kendi hadi haydi altın kadın yarın yakın altında saatin bileti saati sakin hamdi
    salı gelin dilin ilin yolun yazın kışın odun durum ölüm bakım yatırım seçim verim alım satım geçim çekim kurum
    yorum akşam yazı kapı yapı sayı çalı dizi gezi yemek ekmek ama ora yazar çıkar yarar sular keser satır yatır
    dersin görüş geçen gelen yiyecek içecek ilk iki ata ada oda yara kara dede bende sende ayrı kıyma dolma sarma
    çakmak parmak ırmak kaymak dondurma gözleme içme yeme bulgur sürü kuru duru gir inan güven gün açık alın izin
    sorun geçmiş dolar
""")
"""Words that look like verbs."""
IMPERATIVES = words("""
    onayla tamamla kur öner topla temizle paketle hesapla düşün dön kalk otur aç çal anlat söyle sor göster ver yap
    oku getir ekle çıkar kapat başla bekle dur bak konuş düzelt açıkla tekrarla unut git gel yaz say sil değiştir
    gönder bul ara çağır hazırla seç dinle öde de bırak öğret hatırlat çevir baksana söylesene anlatsana gelsene
    dene kes koy at
""")
IS = words("""
    var yok değil lazım gerek gerekli gerekiyor mümkün yeter yeterli tamam oldu olur olmaz olsun kalsın nedir
    nelerdir kimdir neresi nerede nerde nereye kim kimin kimde kime kaça neler hangisi hangileri vardı yoktu değildi
    varmış yokmuş değilim değilsin değiliz değilsiniz değiller vardır yoktur değildir kimsin misin mısın yazık güya
    neydi kimdi neymiş memnunum lazımdı gerekirdi kaçtı nerdesin neredesin neredesiniz nasılsın nasılsınız nasılım
    nereli nerelisin nerelisiniz kaçıncı kimler
""")
"""Words that end a sentence as a verb does."""
ASKING = words("""
    mı mi mu mü mıyım miyim muyum müyüm mısın misin musun müsün mıyız miyiz muyuz müyüz mısınız misiniz musunuz
    müsünüz mıdır midir mudur müdür mıydı miydi muydu müydü mıymış miymiş mısınızdır
""")
WH = words("""
    ne neyi neye neden niye niçin nasıl nerede nerde nereye nereden neresi kim kimi kime kimin kimde kaç kaça kaçta
    hangi hangisi neler nedir kimler kaçıncı nereli nerelisin nerelisiniz neyle kiminle
    hangisini kaçını
""")
ADJECTIVES = words("""
    mutlu yorgun üzgün hasta heyecanlı sinirli hazır uykulu endişeli şaşkın gururlu yalnız kızgın sakin neşeli iyi
    kötü şanslı sabırsız mutsuz aç tok susuz memnun meşgul müsait emin rahat rahatsız geç erken zengin fakir evli
    bekar büyük küçük eski yeni pahalı ucuz güzel çirkin temiz kirli ağır hafif hızlı yavaş uzun kısa kolay zor
    ilginç sıkıcı önemli tehlikeli güvenli sessiz sıcak soğuk dolu boş acı tatlı tuzlu taze bayat lezzetli nefis
    harika doğru yanlış açık kapalı yakın uzak geniş dar güneşli yağmurlu bulutlu rüzgarlı karlı sisli ılık serin
    yağlı acılı acısız glutensiz vegan vejetaryen doyurucu hazırlıklı kalabalık güçlü zayıf yaşlı genç akıllı tembel
    çalışkan
""")
JOBS = words("""
    öğretmen doktor hemşire garson şoför öğrenci mühendis aşçı avukat yazar dişçi pilot polis müdür sekreter
    gazeteci mimar eczacı ressam çiftçi şarkıcı marangoz türk alman rus ingiliz amerikalı yaşında yaşındayım
""")
DETERMINERS = words("""
    bir bu şu o her hangi kaç bazı birkaç birçok biraz en daha pek çok az bütün tüm hiç başka diğer öbür aynı böyle
    şöyle öyle hiçbir herhangi ilk son kendi
""")
PRONOUNS = words("""
    ben sen biz siz onlar bana sana bize size ona onlara beni seni bizi sizi onu onları bunu şunu bunları şunları
    benim senin bizim sizin onun onların bunun şunun kimse herkes bende sende bizde sizde benden senden bizden
    sizden ondan benimle seninle bizimle sizinle onunla kendimi kendime kendi
""")
POSTPOSITIONS = words("""
    için ile gibi göre kadar doğru dolayı hakkında olarak yerine yanına içine üzerine arasından karşı beri itibaren
    rağmen dair ait önce sonra diye üzere boyunca sırasında zaman iken tarafından açısından fakat
""")
NOUN_PARTS = words("""
    teşekkür rica sipariş iptal tekrar kusura özür merak tavsiye kabul tercih kontrol yardım ziyaret rezervasyon
    park devam dikkat şikayet söz nefret telefon ihtiyaç hoşça afiyet kolay elinize memnun
""")
"""Of verbs and set phrases in two words: "rica [ederim]"."""
MEASURES = words("""
    bardak fincan şişe kase dilim porsiyon tabak tane adet kişilik kutu paket çift kadeh kaşık avuç yarım büyük
    küçük orta boy bol az duble sade şekerli şekersiz sütlü acılı acısız ızgara iyi pişmiş soğuk sıcak numaralı
    katlı peynirli
""")
"""After a number they wait for the noun."""
NOT_CASES = words("""
    tane niye hediye soya papaya dünya cuma sinema makine saniye mayonez yenge firma iyi ayı dayı kıyı köyü mini
    günü yeni hani linguini tortellini bikini panini zucchini konya kaya derya sonya ya diye türkiye rusya almanya
    italya polonya kenya malezya bilya şöyle böyle öyle çayı suyu kıyma hadise neden zaten birden önceden yeniden
    sahiden aniden madem hemen beden maden nereden kadim fidan meydan doktorun dudu kuyu koyu duyu büyü tüyü soyu
    boyu onun sofya antakya maya oya rüya hülya süreyya ayna koyun oyun boyun beyin yayın ünü leyla fulya ziya bünye
    hüseyin derin emine adına cümle bütçe hamile aile şule jale yasemin nermin mümin emin
    menü adana tantuni tarhana yayla revani dana kurabiye
""")
"""Nominatives that look like another case."""
COMPOUNDS = words("""
    çayı suyu çorbası kahvesi kebabı tatlısı pilavı salatası pastası böreği tabağı dolması tavası turşusu odası
    filmi dersi oyunu bileti günü akşamı sabahı yemeği adı ayranı köftesi sosu ekmeği
""")

YES_NO = phrases("""
    evet, hayır, yok, var, evet lütfen, evet var, hayır yok, evet doğru, doğru, bu doğru, yanlış, hayır öyle değil,
    elbette, tabii, tabii ki, tabi, tabi ki, kesinlikle, aynen, aynen öyle, öyle, evet öyle, olmaz, olabilir, belki,
    sanırım, sanmıyorum, hı hı, hıhı, yoo, henüz değil, değil, asla, neden olmasın, evet hepsi bu,
    hayır hepsi bu kadar, fark etmez, kalsın, olsun, evet istiyorum, hayır istemiyorum, istemiyorum, istemem,
    isterim, evet olur, yok olmaz, henüz yok, şimdilik yok
""")
AGREEING = phrases("""
    tamam, peki, güzel, iyi, çok güzel, harika, mükemmel, süper, tamamdır, oldu, anladım, anlıyorum, pekala,
    çok iyi, olur mu, gerçekten mi, öyle mi, kulağa hoş geliyor, hadi, ha, aa, vay, uygun, uyar,
    yok ya, evet ya, hayır ya, güzel bence, çok güzel bence, iyi bence, çok iyi bence
""")
THANKS = phrases("""
    teşekkürler, teşekkür ederim, çok teşekkürler, çok teşekkür ederim, teşekkür ederiz, sağ olun, sağ ol, sağolun,
    sağol, eyvallah, hayır teşekkürler, yok teşekkürler, rica ederim, çok sağ olun, ellerinize sağlık,
    elinize sağlık, mersi, evet teşekkürler, estağfurullah, yok sağ olun, bir şey değil
""")
GOODBYES = phrases("""
    hoşça kal, hoşça kalın, hoşçakalın, güle güle, görüşürüz, iyi geceler, kendinize iyi bakın, kendine iyi bak,
    allahaısmarladık, görüşmek üzere, sonra görüşürüz, yarın görüşürüz, kolay gelsin, hayırlı işler, bay bay,
    iyi günler dilerim, hoşça kalınız, iyi akşamlar dilerim
""")
GREETINGS = phrases("""
    merhaba, merhabalar, selam, selamlar, günaydın, iyi akşamlar, iyi günler, selamünaleyküm, alo, pardon,
    affedersiniz, özür dilerim, hoş bulduk, hoş geldiniz, kusura bakmayın, bakar mısınız, afedersiniz, lütfen,
    kolay gelsin, tünaydın
""")
PHRASES = phrases("""
    hepsi bu, hepsi bu kadar, hesap lütfen, dur, durun, bekle, bekleyin, yardım, imdat, bir dakika, bir saniye,
    boş ver, boş verin, sorun değil, nasılsın, nasılsınız, hangisi, ne kadar, bu kadar, bilmiyorum, anlamadım,
    anlamıyorum, ben de, ya sen, ya siz, bir dakika lütfen, önemli değil, haydi, hazırız, hazırım, bir kez daha,
    devam et, yeter, yeter artık, memnun oldum, tanıştığımıza memnun oldum, iyiyim, fena değil, iyilik, efendim,
    kaç para, kaç lira, ne haber, naber, üstü kalsın, afiyet olsun, geçmiş olsun, çok yaşa, hiçbir şey,
    hiçbir şey istemiyorum, başka yok, aynısı, aynısından, ikisi de, hiçbiri, emin değilim, hatırlamıyorum, unuttum,
    bir fikrim yok, fikrim yok, saat kaç, adın ne, adınız ne, adın nedir, sen kimsin, kimsiniz, ne demek,
    ne dediniz, ne dedin, o kadar, hepsi o kadar
""")
CLOSERS = phrases("""
    lütfen, teşekkürler, teşekkür ederim, çok teşekkürler, sağ olun, hepsi bu, bu kadar, hepsi bu kadar, rica etsem,
    zahmet olmazsa, bir zahmet, mümkünse, tamam mı, olur mu, değil mi, sağ ol, teşekkür ederiz, bir de hesap,
    ingilizce nasıl denir, ingilizcede nasıl denir, türkçe nasıl denir, türkçede nasıl denir, ingilizcede ne denir
""")
MARKERS = words("""
    ee eee ıı ııı şey yani ya merhaba selam pardon tamam evet hayır peki lütfen ama ve aslında hımm hmm yok
    affedersiniz günaydın e eh aa ha hani işte bence acaba şimdi önce sonra
""")
FILLERS = phrases("""
    ee, eee, eeee, ıı, ııı, ıııı, şey, yani, hani, işte, hmm, hımm, mm, aa, ya, ya da şey, nasıl desem, ne denir,
    ne diyorlar ona, nasıl denir, bir düşüneyim, dur düşüneyim, acaba, mesela, örneğin, e, eh, bakayım, um, uh, ı
""")
CONJUNCTIONS = phrases("""
    ve, ama, fakat, veya, ya da, yahut, çünkü, bir de, ayrıca, hem, ne de, ki, eğer, ancak, yoksa, hatta, madem,
    oysa, halbuki, sonra da, ondan sonra, ve de, hem de, ile, yanında da, sadece, yalnızca, dahi, üstelik, galiba,
    aslında, bence, belki de, herhalde, keşke, sanki, meğer, şayet, zaten, artık, hala, henüz, bazen, genellikle
""")
POSTPOSED = words("""
    acaba artık galiba herhalde bence zaten sadece yalnızca henüz hala işte ya
    ben sen biz siz bana bize size sizde buraya
""")
"""Not "ki" and "yani": what comes after them is what was meant."""
POINTING = words("bu şu o bunu onu")
HEADLESS = (
    words("de da hesabı siparişi ışığı")
    | DETERMINERS
    | PRONOUNS
    | POSTPOSITIONS
    | (NOUN_PARTS - words("iptal tekrar devam"))
)
DIGITS = words("sıfır bir iki üç dört beş altı yedi sekiz dokuz")
TENS = words("on yirmi otuz kırk elli altmış yetmiş seksen doksan")
HUNDREDS = words("yüz bin milyon")
NUMBERS = TENS | HUNDREDS | words("buçuk çeyrek yarım")
TELEPHONE = words("numaram telefon telefonum telefonumuz kodum şifrem")
UNITS = words("""
    lira kuruş dolar avro euro kişi gram kilo litre dakika numara derece yıl ay hafta gün saat yaş metre kez
""")
NUMBERED = words("saat sayfa masa oda kat yüzde ders soru toplam da numara numarası")
SIZES = words("küçük orta büyük boy ufak normal tek duble az çok")
ASKED = {
    Asked.TELEPHONE: phrases("""
        telefon numaranız, telefon numaran, numaranız, cep telefonu, telefonunuz, kart numaranız
    """),
    Asked.SPELLING: phrases("heceler misiniz, harf harf, nasıl yazılıyor, kodlar mısınız, heceleyin"),
    Asked.ADDRESS: phrases("""
        adresiniz, adresin, adresi, hangi sokak, hangi cadde, nereye getirelim, nereye gönderelim, adresinizi,
        adres, açık adresiniz
    """),
    Asked.NUMBER: phrases("kaç, kaç tane, kaç kişi, kaç kişilik, ne kadar, kaçıncı, hangi masa, kaç adet"),
    Asked.TIME: phrases("ne zaman, saat kaçta, saat kaç, kaçta, hangi gün"),
    Asked.SIZE: phrases("hangi boy, ne boy, küçük mü, büyük mü, boyu"),
    Asked.NAME: phrases("adınız, adın, isminiz, ismin, kimin adına, kim adına, kiminle görüşüyorum, adınızı"),
    Asked.ORDER: phrases("""
        ne alırsınız, ne istersiniz, başka bir şey, ne arzu edersiniz, siparişiniz, ne içersiniz, ne yersiniz,
        başka bir arzunuz, ne alırdınız, ne istersin, nasıl yardımcı olabilirim, ne içmek, ne yemek, başka
    """),
    Asked.REASON: phrases("neden, niye, niçin"),
}
