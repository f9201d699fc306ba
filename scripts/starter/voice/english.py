"""American English: espeak's phonemes in the phones of the CMU set, which HTS's voice speaks."""

from __future__ import annotations

from scripts.starter.voice.reading import Inventory

_PAIRS = {
    "aɪ": "ay", "aʊ": "aw", "eɪ": "ey", "oʊ": "ow", "ɔɪ": "oy", "tʃ": "ch", "dʒ": "jh", "oː": "ao", "ææ": "ae",
    "n̩": "ax n", "l̩": "ax l", "m̩": "ax m",
}  # fmt: skip
_LETTERS = {
    "æ": "ae", "ɛ": "eh", "ɪ": "ih", "i": "iy", "ʊ": "uh", "u": "uw", "ʌ": "ah", "ə": "ax", "ɐ": "ax", "ɚ": "er",
    "ᵻ": "ih", "ɔ": "ao", "ɑ": "aa", "ɒ": "aa", "a": "aa", "o": "ow", "e": "ey", "ɜ": "er", "p": "p", "b": "b",
    "t": "t", "d": "d", "k": "k", "ɡ": "g", "f": "f", "v": "v", "θ": "th", "ð": "dh", "s": "s", "z": "z", "ʃ": "sh",
    "ʒ": "zh", "h": "hh", "m": "m", "n": "n", "ŋ": "ng", "l": "l", "ɹ": "r", "r": "r", "w": "w", "j": "y", "ɾ": "t",
    "ʔ": "t", "x": "k", "ɬ": "l", "ç": "hh", "ɫ": "l",
}  # fmt: skip
_SINGLE = "p b t d k g f v th dh s z sh zh hh m n l r w y ch jh"
_CLUSTERS = (
    "p l|p r|p y|b l|b r|b y|t r|t w|t y|d r|d w|d y|k l|k r|k w|k y|g l|g r|g w|g y|f l|f r|f y|v y|th r|th w|"
    "sh r|s p|s t|s k|s m|s n|s l|s w|s f|hh y|hh w|m y|n y|s p r|s p l|s t r|s k r|s k w|s p y|s k y"
)
_FUNCTION = {
    "in": "ɪn ʌv fɔːɹ fɚ ɔn wɪð ðæt baɪ æt fɹʌm æz ɪf ɐɡɛnst ɐbaʊt bɪfoːɹ bɪkʌz ʌndɚ æftɚ oʊvɚ ɪntʊ wɪðaʊt θɹuː nuː "
    "bɪtwiːn ʌntɪl ʌp daʊn ðɐn",
    "to": "tə tʊ",
    "det": "ðə ðɪ ɐ ɐn noʊ sʌm ðɪs iːtʃ ðoʊz ɛvɹi ɔːl ɛni ðiːz",
    "md": "wɪl meɪ wʊd kæn kʊd ʃʊd mʌst",
    "cc": "ænd bʌt ɔːɹ plʌs",
    "wp": "huː wʌt wɛɹ haʊ wɛn wʌts",
    "pps": "hɪz ðɛɹ aʊɚ jʊɹ maɪ ɪts",
    "aux": "ɪz æm ɑːɹ wʌz wɜː hɐz hæz hæv hæd biː bi",
}
ENGLISH = Inventory(
    pairs=_PAIRS,
    letters=_LETTERS,
    lone=frozenset({"n̩", "l̩", "m̩", "oː"}),
    vowels=frozenset(("aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw")),
    weak="ax",
    onsets=f"|{'|'.join(_SINGLE.split())}|{_CLUSTERS}|",
    classes={spelling: name for name, spellings in _FUNCTION.items() for spelling in spellings.split()},
    article="ðə",
)
