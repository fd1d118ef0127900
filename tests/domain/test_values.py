"""CNPJ, CPF and money as Brazilians write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.domain.money import InvalidMoney, parse_brl
from retention.domain.tax_id import InvalidTaxId, mask_tax_id


class TestTaxId:
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

    @given(st.decimals(min_value=0, max_value=9_999_999, places=2))
    def test_what_we_write_we_read(self, amount):
        written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

        assert parse_brl(written) == amount
