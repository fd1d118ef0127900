"""CNPJ, CPF and money as Brazilians write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.domain.money import MAX_BRL, InvalidMoney, parse_brl
from retention.domain.tax_id import InvalidTaxId, mask_tax_id

CPF_WEIGHTS = ([10, 9, 8, 7, 6, 5, 4, 3, 2], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
CNPJ_WEIGHTS = (
    [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
    [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
)
CNPJ_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_digits(body, weights):
    """Append the check digits as the Receita Federal writes the rule down."""
    for row in weights:
        values = [CNPJ_LETTERS.index(char) + 7 * char.isalpha() for char in body]
        rest = sum(value * weight for value, weight in zip(values, row, strict=True)) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return body


CPFS = st.text("0123456789", min_size=9, max_size=9).map(lambda b: with_digits(b, CPF_WEIGHTS))
CNPJS = st.text(CNPJ_LETTERS, min_size=12, max_size=12).map(lambda b: with_digits(b, CNPJ_WEIGHTS))


class TestTaxId:
    @given(CPFS.filter(lambda cpf: len(set(cpf)) > 1))
    def test_of_a_cpf_only_the_last_four_digits_stay(self, cpf):
        assert mask_tax_id(cpf) == f"***.***.*{cpf[7:9]}-{cpf[9:]}"

    @given(CNPJS.filter(lambda cnpj: len(set(cnpj)) > 1), st.booleans())
    def test_of_a_cnpj_with_letters_or_without_only_both_ends_stay(self, cnpj, is_plain):
        written = f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"

        masked = mask_tax_id(cnpj.lower() if is_plain else written)

        assert masked == f"{cnpj[:2]}.***.***/****-{cnpj[12:]}"
        assert mask_tax_id(masked) == masked

    @given(st.one_of(CPFS, CNPJS), st.integers(1, 99))
    def test_no_other_check_digits_will_do(self, right, more):
        wrong = f"{right[:-2]}{(int(right[-2:]) + more) % 100:02d}"

        with pytest.raises(InvalidTaxId) as refused:
            mask_tax_id(wrong)

        assert refused.value.checksum

    @pytest.mark.parametrize(
        ("typed", "masked"),
        [
            ("12.345.678/0001-95", "12.***.***/****-95"),
            ("12345678000195", "12.***.***/****-95"),
            ("12.ABC.345/01DE-35", "12.***.***/****-35"),
            ("12abc34501de35", "12.***.***/****-35"),
            ("529.982.247-25", "***.***.*47-25"),
            (" 529 982 247 25 ", "***.***.*47-25"),
        ],
    )
    def test_a_right_number_comes_back_masked(self, typed, masked):
        assert mask_tax_id(typed) == masked

    @pytest.mark.parametrize("typed", ["12.345.678/0001-99", "52998224724", "11111111111"])
    def test_wrong_check_digits_are_told_apart(self, typed):
        with pytest.raises(InvalidTaxId) as refused:
            mask_tax_id(typed)

        assert refused.value.checksum

    @pytest.mark.parametrize("typed", ["123", "abc", "12.345.678/0001-9A", "٥٢٩٩٨٢٢٤٧٢٥", ""])
    def test_another_shape_is_no_number(self, typed):
        with pytest.raises(InvalidTaxId) as refused:
            mask_tax_id(typed)

        assert not refused.value.checksum

    @given(st.text(max_size=30))
    def test_any_text_is_masked_or_refused(self, typed):
        try:
            masked = mask_tax_id(typed)
        except InvalidTaxId:
            return

        assert masked.count("*") >= 7


class TestMoney:
    @pytest.mark.parametrize(
        ("typed", "amount"),
        [
            ("349,90", "349.90"),
            ("R$ 1.349,90", "1349.90"),
            ("R$\xa01.349,90", "1349.90"),
            ("1.500", "1500.00"),
            ("349.9", "349.90"),
            ("349.90", "349.90"),
            ("349,9", "349.90"),
            ("1234567,89", "1234567.89"),
            ("0", "0.00"),
        ],
    )
    def test_amounts_are_read_as_people_write_them(self, typed, amount):
        assert parse_brl(typed) == Decimal(amount)

    @pytest.mark.parametrize(
        "typed", ["-3", "1,234.56", "12.34.56", "trezentos", "", "R$", "1e9", "99999999,00", "٣"]
    )
    def test_anything_else_is_refused(self, typed):
        with pytest.raises(InvalidMoney):
            parse_brl(typed)

    @given(st.text(max_size=30) | st.from_regex(r"(R\$)? ?[0-9.,]{1,12}(/m.s)?", fullmatch=True))
    def test_any_text_is_an_amount_in_cents_or_refused(self, typed):
        try:
            amount = parse_brl(typed)
        except InvalidMoney:
            return

        assert 0 <= amount <= MAX_BRL
        assert amount.as_tuple().exponent == -2

    @given(
        st.decimals(min_value=0, max_value=9_999_999, places=2),
        st.sampled_from(
            ["{}", "R$ {}", "r${}", " R$\xa0{} ", "{}/mês", "{} por mês", "{} mensais"]
        ),
        st.booleans(),
    )
    def test_what_stands_around_an_amount_changes_nothing(self, amount, around, is_grouped):
        written = f"{amount:,.2f}" if is_grouped else f"{amount:.2f}"

        assert parse_brl(around.format(written.translate(str.maketrans(",.", ".,")))) == amount

    @given(st.decimals(min_value=0, max_value=9_999_999, places=2))
    def test_what_we_write_we_read(self, amount):
        written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

        assert parse_brl(written) == amount
