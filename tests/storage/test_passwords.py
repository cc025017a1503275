"""Passwords and secrets: kept so that they cannot be turned back, and given so that nobody guesses them."""

from hotline.sign_in_rules import SignInRules, password_trouble
from storage.passwords import MEMORY_KIB, Passwords, digest, one_time_password, secret

QUICK = Passwords(passes=1, memory_kib=8, lanes=1)


def test_a_password_fits_its_own_hash_only() -> None:
    kept = QUICK.hashed("Kq7!mdwZ2x")
    assert kept.startswith("$argon2id$")
    assert "Kq7!mdwZ2x" not in kept
    assert QUICK.fits("Kq7!mdwZ2x", kept)
    assert not QUICK.fits("Kq7!mdwZ2y", kept)
    assert QUICK.hashed("Kq7!mdwZ2x") != kept


def test_who_has_no_password_is_reckoned_with_all_the_same_and_fits_nothing() -> None:
    assert not QUICK.fits("", "")
    assert not QUICK.fits("Kq7!mdwZ2x", "")
    assert not QUICK.fits("Kq7!mdwZ2x", "not a hash")


def test_half_a_pair_of_surrogates_is_only_a_wrong_password() -> None:
    assert not QUICK.fits("\ud800", QUICK.hashed("Kq7!mdwZ2x"))
    assert len(digest("\ud800")) == 64


def test_a_hash_of_lower_cost_is_seen_to_be_one() -> None:
    stronger = Passwords(passes=2, memory_kib=16, lanes=1)
    assert stronger.is_weak(QUICK.hashed("Kq7!mdwZ2x"))
    assert not stronger.is_weak(stronger.hashed("Kq7!mdwZ2x"))


def test_the_usual_cost_is_what_the_rfc_says() -> None:
    assert MEMORY_KIB == 64 * 1024
    assert "m=65536,t=3" in Passwords().hashed("Kq7!mdwZ2x")


def test_secrets_are_long_and_never_the_same() -> None:
    assert len({secret() for _ in range(100)}) == 100
    assert all(len(secret()) == 43 for _ in range(100))
    assert len({one_time_password() for _ in range(100)}) == 100


def test_a_one_time_password_can_be_read_out_and_would_pass_for_a_real_one() -> None:
    given = one_time_password()
    assert not set("01lioIO") & set(given)
    assert len(given) == 19
    assert password_trouble("kq7m-dwzx-3rtb-9fhn", "1001", SignInRules()) == ""
