"""Turkish words for units, money, abbreviations and symbols. Pure."""

from __future__ import annotations

from app.tts.languages.base import Counted

MONTHS = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran",
    "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip

URL_SIGNS = {".": "nokta", "@": "et", "/": "bölü", "-": "tire", "_": "alt tire", "+": "artı", "~": "tilde"}

IN_PARTS = {
    "2": "ikide", "3": "üçte", "4": "dörtte", "5": "beşte", "6": "altıda", "7": "yedide", "8": "sekizde",
    "9": "dokuzda", "10": "onda", "12": "on ikide", "16": "on altıda", "20": "yirmide", "100": "yüzde",
}  # fmt: skip
"""Denominators in the locative, as fractions are said: "dörtte üç"."""

_LIRA = Counted("lira", "lira", "kuruş", "kuruş")
_DOLLAR = Counted("dolar", "dolar", "sent", "sent")
_EURO = Counted("avro", "avro", "sent", "sent")
_POUND = Counted("sterlin", "sterlin", "peni", "peni")

MONEY = {
    "₺": _LIRA, "TL": _LIRA, "TRY": _LIRA,
    "$": _DOLLAR, "USD": _DOLLAR, "US$": _DOLLAR,
    "€": _EURO, "EUR": _EURO,
    "£": _POUND, "GBP": _POUND,
    "¥": Counted("yen", "yen"), "JPY": Counted("yen", "yen"),
    "CHF": Counted("İsviçre frangı", "İsviçre frangı"),
    "kr": Counted("kuruş", "kuruş"), "kr.": Counted("kuruş", "kuruş"),
}  # fmt: skip

SCALES = {
    "bin": "bin", "milyon": "milyon", "milyar": "milyar", "trilyon": "trilyon",
    "mn": "milyon", "mr": "milyar", "K": "bin", "M": "milyon", "B": "milyar",
}  # fmt: skip

UNITS = {
    short: Counted(long, long)
    for short, long in {
        "km": "kilometre", "m": "metre", "cm": "santimetre", "mm": "milimetre",
        "m2": "metrekare", "km2": "kilometrekare", "cm2": "santimetrekare", "m3": "metreküp", "cm3": "santimetreküp",
        "kg": "kilogram", "g": "gram", "gr": "gram", "mg": "miligram", "t": "ton",
        "l": "litre", "L": "litre", "lt": "litre", "ml": "mililitre", "mL": "mililitre", "cl": "santilitre",
        "°C": "santigrat derece", "°F": "fahrenhayt derece", "°": "derece",
        "dk": "dakika", "dk.": "dakika", "sn": "saniye", "sn.": "saniye", "sa": "saat", "sa.": "saat",
        "kB": "kilobayt", "KB": "kilobayt", "MB": "megabayt", "GB": "gigabayt", "TB": "terabayt",
        "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
        "W": "vat", "kW": "kilovat", "MW": "megavat", "kWh": "kilovatsaat", "V": "volt",
        "mAh": "miliampersaat", "cal": "kalori", "kcal": "kilokalori", "kkal": "kilokalori", "dB": "desibel",
    }.items()
} | {
    "km/h": Counted("kilometre", "kilometre", before="saatte"),
    "km/s": Counted("kilometre", "kilometre", before="saatte"),
    "km/sa": Counted("kilometre", "kilometre", before="saatte"),
    "m/s": Counted("metre", "metre", before="saniyede"),
}  # fmt: skip

ABBREVIATIONS = {
    "Dr.": "Doktor", "Dr": "Doktor", "Prof.": "Profesör", "Doç.": "Doçent", "Av.": "Avukat", "Sn.": "Sayın",
    "Öğr.": "Öğretim", "Yrd.": "Yardımcı", "Hz.": "Hazreti", "Müh.": "Mühendis",
    "vb.": "ve benzeri", "vs.": "vesaire", "vd.": "ve diğerleri", "örn.": "örneğin", "Örn.": "Örneğin",
    "bkz.": "bakınız", "Bkz.": "Bakınız", "yy.": "yüzyıl", "s.": "sayfa", "çev.": "çeviren",
    "Cad.": "Caddesi", "Cd.": "Caddesi", "Sok.": "Sokak", "Sk.": "Sokak", "Mah.": "Mahallesi", "Apt.": "Apartmanı",
    "Blv.": "Bulvarı", "Tel.": "Telefon", "Tel:": "Telefon,", "Fak.": "Fakültesi", "Üni.": "Üniversitesi",
    "M.Ö.": "milattan önce", "M.S.": "milattan sonra",
    "T.C.": "Türkiye Cumhuriyeti", "A.Ş.": "Anonim Şirketi", "Ltd.": "Limited", "Şti.": "Şirketi",
    "ve/veya": "ve veya", "7/24": "yedi gün yirmi dört saat",
    "Oca.": "Ocak", "Şub.": "Şubat", "Ağu.": "Ağustos", "Eyl.": "Eylül", "Kas.": "Kasım", "Ara.": "Aralık",
}  # fmt: skip

SYMBOLS = (
    (r"&", "ve"), (r"(?<=\w)@|@(?=\w)", "et"), (r"(?<!\w)#(?=\w)", "diyez"), (r"\+", "artı"), (r"=", "eşittir"),
    (r"×", "çarpı"), (r"÷", "bölü"), (r"≈|(?<!\w)~(?=\w)", "yaklaşık"), (r"±", "artı eksi"), (r"<", "küçüktür"),
    (r">", "büyüktür"), (r"≤", "en fazla"), (r"≥", "en az"), (r"%", "yüzde"), (r"°", "derece"),
    (r"(?<=\w)\s?/\s?(?=\w)", "veya"), (r"−", "eksi"), (r"√", "karekök"), (r"π", "pi"),
    (r"(?<=\w)\s\*\s(?=\w)", "çarpı"),
)  # fmt: skip

EACH = {
    "saat": "saatlik", "gün": "günlük", "gece": "gecelik", "hafta": "haftalık", "ay": "aylık", "yıl": "yıllık",
    "kişi": "kişi başı", "adet": "adedi", "kg": "kilosu",
}  # fmt: skip
"""Behind a price and a slash."""

COUNTED_NAMES = frozenset({
    "Dünya", "Cadde", "Caddesi", "Sokak", "Sokağı", "Kat", "Lig", "Ligi", "Yıl", "Bölüm", "Bölge", "Sınıf", "Ders",
    "Ünite", "Gün", "Hafta", "Ay", "Yüzyıl", "Perde", "Sezon", "Ordu", "Mehmet", "Mehmed", "Murat", "Murad", "Selim",
    "Mahmut", "Mahmud", "Bayezid", "Abdülhamid", "Abdülhamit",
})  # fmt: skip
"""Names before which a number with a dot is an ordinal, though they begin with a capital as sentences do."""
