"""What wheels say about themselves."""

import hashlib

import pytest

from app.bundle.wheel import canonical, licence_files, read
from app.errors import SetupError


@pytest.mark.parametrize(
    ("fields", "licence", "spdx"),
    [
        ("License-Expression: MIT AND PSF-2.0\nLicense: old words", "MIT AND PSF-2.0", True),
        ("License: Apache 2.0", "Apache 2.0", False),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD License", False),
        (
            "License: Permission is hereby granted\n  to anyone\nClassifier: License :: OSI Approved :: MIT License\n"
            "Classifier: License :: OSI Approved :: Apache Software License",
            "MIT License or Apache Software License",
            False,
        ),
        (f"License: {'long ' * 30}", "see its licence files", False),
        ("", "see its licence files", False),
    ],
)
def test_licences_in_a_word(wheel, fields, licence, spdx):
    found = read(wheel("a-1-py3-none-any.whl", fields))
    assert (found.licence, found.spdx) == (licence, spdx)


def test_a_wheel_is_read(wheel):
    path = wheel(
        "Some_Thing.Else-1.5+cpu-py3-none-manylinux_2_28_x86_64.whl",
        "Requires-Dist: B_b>=2\nRequires-Dist: tests; extra == 'dev'\nRequires-Dist: c[x]; python_version > '3'",
        {"a.py": "x" * 1000},
    )
    found = read(path)
    assert (found.name, found.version) == ("some-thing-else", "1.5+cpu")
    assert found.needs == ("b-b", "c")
    assert found.glibc == (2, 28)
    assert found.unpacked > 1000
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_was_compiled_here_needs_the_newest_glibc_that_it_names(wheel):
    libraries = {"a/x.so": b"\0GLIBC_2.34\0GLIBC_2.5\0", "a/y.so.1.2": b"\0GLIBC_2.36\0", "a/z.txt": b"\0GLIBC_2.99\0"}
    assert read(wheel("a-1-py3-none-linux_x86_64.whl", "", libraries)).glibc == (2, 36)


def test_licence_files_are_found_wherever_they_lie(wheel):
    kept = {"a-1.dist-info/licenses/vendor/some.txt", "a-1.dist-info/LICENCE", "a/COPYING", "a/ThirdPartyNotices.txt"}
    others = {"a/licence.py", "a/core.py", "a-1.dist-info/WHEEL", "a/include/license.h"}
    path = wheel("a-1-py3-none-any.whl", "License: MIT", dict.fromkeys(kept | others, "text"))
    assert licence_files(path) == dict.fromkeys(kept, b"text")


def test_without_licence_files_the_description_stands_for_them(wheel):
    (name, content), *others = licence_files(wheel("a-1-py3-none-any.whl", "License: MIT")).items()
    assert name == "a-1.dist-info/METADATA"
    assert b"License: MIT" in content
    assert not others


def test_what_is_no_wheel_is_named(tmp_path):
    path = tmp_path / "a-1-py3-none-any.whl"
    path.write_bytes(b"half")
    with pytest.raises(SetupError, match=r"a-1-py3-none-any\.whl"):
        read(path)


def test_names_as_indexes_compare_them():
    assert canonical("Typing_.Extensions") == "typing-extensions"
