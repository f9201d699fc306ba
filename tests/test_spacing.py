from app.spacing import units, unspaced


def test_words_stay_and_scripts_without_spaces_are_taken_apart():
    assert units(["two", "çay", "好的ok吗", ""]) == ["two", "çay", "好", "的", "ok", "吗"]
    assert [unspaced(each) for each in "aคş好はक"] == [False, True, False, True, True, False]
