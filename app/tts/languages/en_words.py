"""English words for units, money, abbreviations and symbols. Pure."""

from __future__ import annotations

from app.tts.languages.base import Counted

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

URL_SIGNS = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", "~": "tilde"}

_DOLLAR = Counted("dollar", "dollars", "cent", "cents")
_EURO = Counted("euro", "euros", "cent", "cents")
_POUND = Counted("pound", "pounds", "penny", "pence")
_LIRA = Counted("lira", "lira", "kurush", "kurush")
_YEN = Counted("yen", "yen")
_RUPEE = Counted("rupee", "rupees", "paisa", "paise")
_FRANC = Counted("franc", "francs", "centime", "centimes")

MONEY = {
    "$": _DOLLAR, "US$": _DOLLAR, "USD": _DOLLAR,
    "€": _EURO, "EUR": _EURO,
    "£": _POUND, "GBP": _POUND,
    "₺": _LIRA, "TL": _LIRA, "TRY": _LIRA,
    "¥": _YEN, "JPY": _YEN,
    "₹": _RUPEE, "INR": _RUPEE,
    "CHF": _FRANC,
    "CAD": Counted("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": Counted("Australian dollar", "Australian dollars", "cent", "cents"),
    "₩": Counted("won", "won"),
    "₽": Counted("ruble", "rubles"),
    "¢": Counted("cent", "cents"),
}  # fmt: skip

SCALES = {
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    "k": "thousand", "K": "thousand", "M": "million", "m": "million", "mn": "million",
    "B": "billion", "bn": "billion", "T": "trillion",
}  # fmt: skip

UNITS = {
    "%": Counted("percent", "percent"),
    "°C": Counted("degree Celsius", "degrees Celsius"),
    "°F": Counted("degree Fahrenheit", "degrees Fahrenheit"),
    "°": Counted("degree", "degrees"),
    "km/h": Counted("kilometer per hour", "kilometers per hour"),
    "m/s": Counted("meter per second", "meters per second"),
    "mph": Counted("mile per hour", "miles per hour"),
    "rpm": Counted("revolution per minute", "revolutions per minute"),
    "m2": Counted("square meter", "square meters"),
    "km2": Counted("square kilometer", "square kilometers"),
    "cm2": Counted("square centimeter", "square centimeters"),
    "m3": Counted("cubic meter", "cubic meters"),
    "cm3": Counted("cubic centimeter", "cubic centimeters"),
    "kWh": Counted("kilowatt hour", "kilowatt hours"),
    "mAh": Counted("milliampere hour", "milliampere hours"),
    "hrs": Counted("hour", "hours"),
    "lbs": Counted("pound", "pounds"),
    "ft": Counted("foot", "feet"),
    "Hz": Counted("hertz", "hertz"), "kHz": Counted("kilohertz", "kilohertz"),
    "MHz": Counted("megahertz", "megahertz"), "GHz": Counted("gigahertz", "gigahertz"),
} | {
    short: Counted(long, f"{long}s")
    for short, long in {
        "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "μm": "micrometer",
        "kg": "kilogram", "g": "gram", "mg": "milligram", "μg": "microgram",
        "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter",
        "h": "hour", "hr": "hour", "min": "minute", "mins": "minute", "s": "second", "sec": "second",
        "ms": "millisecond", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
        "W": "watt", "kW": "kilowatt", "MW": "megawatt", "V": "volt", "mA": "milliamp",
        "kJ": "kilojoule", "cal": "calorie", "kcal": "kilocalorie",
        "lb": "pound", "oz": "ounce", "mi": "mile", "yd": "yard", "dB": "decibel", "px": "pixel",
    }.items()
}  # fmt: skip

ABBREVIATIONS = {
    "Mr.": "Mister", "Mr": "Mister", "Mrs.": "Missus", "Mrs": "Missus", "Ms.": "Miz", "Ms": "Miz",
    "Dr.": "Doctor", "Dr": "Doctor", "Prof.": "Professor", "Rev.": "Reverend", "Gen.": "General",
    "Capt.": "Captain", "Lt.": "Lieutenant", "Sgt.": "Sergeant", "Jr.": "Junior", "Sr.": "Senior",
    "e.g.": "for example", "e.g": "for example", "i.e.": "that is", "i.e": "that is", "etc.": "et cetera",
    "etc": "et cetera", "vs.": "versus", "vs": "versus", "cf.": "compare", "approx.": "approximately",
    "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "dept.": "department",
    "Ave.": "Avenue", "Blvd.": "Boulevard", "Rd.": "Road", "Vol.": "volume", "vol.": "volume", "Fig.": "figure",
    "a.m.": "AM", "a.m": "AM", "A.M.": "AM", "p.m.": "PM", "p.m": "PM", "P.M.": "PM",
    "w/": "with", "w/o": "without", "and/or": "and or", "24/7": "twenty four seven", "P.S.": "PS", "Ph.D.": "PhD",
    "Jan.": "January", "Feb.": "February", "Aug.": "August", "Sept.": "September", "Sep.": "September",
    "Oct.": "October", "Nov.": "November", "Dec.": "December", "ext.": "extension", "Mon.": "Monday",
    "Tue.": "Tuesday", "Tues.": "Tuesday", "Wed.": "Wednesday", "Thu.": "Thursday", "Thurs.": "Thursday",
    "Fri.": "Friday",
}  # fmt: skip

SYMBOLS = (
    (r"&", "and"), (r"(?<=\w)@|@(?=\w)", "at"), (r"(?<!\w)#(?=[^\W\d_])", "hashtag"),
    (r"(?<!\w)#(?=\w)", "number"), (r"(?<=\b[A-G])#", "sharp"), (r"\+", "plus"),
    (r"=", "equals"), (r"×", "times"), (r"÷", "divided by"),
    (r"≈|(?<!\w)~(?=\w)", "about"),
    (r"±", "plus or minus"), (r"<", "less than"), (r">", "greater than"), (r"≤", "at most"), (r"≥", "at least"),
    (r"%", "percent"), (r"°", "degrees"), (r"(?<=\w)\s?/\s?(?=\w)", "or"), (r"−", "minus"), (r"√", "square root of"),
    (r"π", "pi"), (r"(?<=\w)\s\*\s(?=\w)", "times"), (r"→", "to"),
)  # fmt: skip
