"""What is seen from outside: counts of turns, sends and effects."""

from __future__ import annotations

from bot.metrics import Metrics
from retention.services.ports.effects import Backlog


class TestRender:
    def test_counts_what_happened_and_what_waits(self):
        metrics = Metrics()
        metrics.turn("message", 200, 0.02)
        metrics.turn("somethingNew", 200, 0.02)
        metrics.sent("update", 429)

        text = metrics.render(Backlog(pending=3, buried=1, oldest_seconds=7.5)).decode()

        assert 'retencao_turn_seconds_count{status="200",type="message"} 1.0' in text
        assert 'retencao_turn_seconds_count{status="200",type="other"} 1.0' in text
        assert 'retencao_sends_total{kind="update",status="429"} 1.0' in text
        assert "retencao_effects_pending 3.0" in text
        assert "retencao_effects_buried 1.0" in text
        assert "retencao_effects_oldest_seconds 7.5" in text

    def test_without_the_database_the_rest_is_there_all_the_same(self):
        metrics = Metrics()
        metrics.sent("send", 201)

        text = metrics.render(None).decode()

        assert 'retencao_sends_total{kind="send",status="201"} 1.0' in text
        assert "retencao_effects_pending NaN" in text
