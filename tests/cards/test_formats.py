"""Moments and money as Brazilians write them, in São Paulo."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from cards.formats import (
    at_moment,
    brl,
    business_duration,
    date_value,
    duration,
    listed,
    moment,
    short_moment,
    time_value,
    typed_moment,
    typed_month,
    value_of,
)

NOW = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
LAST_YEAR = datetime(2025, 11, 25, 13, 0, tzinfo=UTC)


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "written"),
        [
            ("1234.56", "R$ 1.234,56"),
            ("0", "R$ 0,00"),
            ("349.9", "R$ 349,90"),
            ("9999999.99", "R$ 9.999.999,99"),
        ],
    )
    def test_points_group_and_a_comma_parts_the_cents(self, amount, written):
        assert brl(Decimal(amount)) == written

    @pytest.mark.parametrize(
        ("cases", "amount", "written"),
        [(0, "0", "R$ 0"), (4, "0", "valor não dito"), (4, "2378.40", "R$ 2.378")],
    )
    def test_customers_whose_value_nobody_told_are_not_worth_nothing(self, cases, amount, written):
        assert value_of(cases, Decimal(amount)) == written


class TestSpans:
    @pytest.mark.parametrize("written", [duration, business_duration])
    def test_no_time_at_all_is_still_some(self, written):
        assert written(timedelta(seconds=20)) == "menos de 1 min"
        assert written(timedelta(minutes=65)) == "1 h 05 min"


class TestMoments:
    def test_the_same_day_is_a_mere_hour_in_sao_paulo(self):
        assert moment(NOW, NOW) == "14:02"

    def test_the_day_turns_in_sao_paulo_and_not_in_utc(self):
        late = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)

        assert moment(late, NOW) == "23:30"

    def test_another_day_is_written_out(self):
        assert moment(TOMORROW, NOW) == "qua, 25/11, às 10:00"
        assert moment(LAST_YEAR, NOW) == "ter, 25/11/2025, às 10:00"
        assert short_moment(TOMORROW, NOW) == "25/11, 10:00"

    def test_without_a_present_moment_the_day_is_always_written(self):
        assert moment(NOW) == "ter, 24/11, às 14:02"

    def test_when_something_happened_reads_as_a_sentence(self):
        one = datetime(2026, 11, 24, 4, 5, tzinfo=UTC)

        assert at_moment(NOW, NOW) == "às 14:02"
        assert at_moment(one, NOW) == "à 01:05"
        assert at_moment(TOMORROW, NOW) == "em qua, 25/11, às 10:00"

    def test_what_fields_are_preset_to_reads_back_as_the_same_moment(self):
        assert typed_moment(date_value(NOW), time_value(NOW)) == NOW

    @pytest.mark.parametrize(
        ("date", "time"),
        [("", ""), ("24/11/2026", "14:02"), ("2026-02-30", "10:00"), ("9999-12-31", "23:59")],
    )
    def test_what_is_no_moment_is_refused(self, date, time):
        with pytest.raises(ValueError, match=r".*"):
            typed_moment(date, time)


class TestListed:
    @pytest.mark.parametrize(
        ("words", "written"),
        [([], ""), (["A"], "A"), (["A", "B"], "A e B"), (["A", "B", "C"], "A, B e C")],
    )
    def test_the_last_two_are_joined_by_a_word(self, words, written):
        assert listed(words) == written


class TestMonth:
    @pytest.mark.parametrize(
        ("words", "month"),
        [
            ("", (2026, 1)),
            ("mês passado", (2025, 12)),
            ("Mes Anterior", (2025, 12)),
            ("do mês passado", (2025, 12)),
            ("último mês", (2025, 12)),
            ("este mês", (2026, 1)),
            ("mês atual", (2026, 1)),
            ("nov/25", (2025, 11)),
            ("11/25", (2025, 11)),
            ("novembro de 25", (2025, 11)),
            ("novembro", (2025, 11)),
            ("2025-10", (2025, 10)),
        ],
    )
    def test_it_is_read_as_people_type_it(self, words, month):
        assert typed_month(words, date(2026, 1, 20)) == date(month[0], month[1], 1)

    @pytest.mark.parametrize("words", ["13/25", "ontem", "11/125", "1/1/26", "mês que vem"])
    def test_what_is_no_month_is_not_guessed(self, words):
        assert typed_month(words, date(2026, 1, 20)) is None
