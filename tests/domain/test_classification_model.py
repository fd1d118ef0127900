"""The second voter: what it adds to the lexicon, what it shows, and how it is learnt."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from config.classifier import WEIGHTS_PATH, BadWeights, load_classifier, load_weights
from config.lexicon import DEFAULT_PATH as LEXICON_PATH
from config.lexicon import load_lexicon
from dev.train import as_lines, observe, read_rows, train
from retention.domain.cancellation import Intent, Opening
from retention.domain.classification import Classifier, SignalRole
from retention.domain.classification_evidence import Observer
from retention.domain.classification_model import Head, LinearModel, Weights, pieces
from retention.domain.classification_verdict import judge

LEXICON = load_lexicon()
LEXICON_ALONE = Classifier(LEXICON)
CLASSIFIER = load_classifier()
DATA = Path(__file__).parent.parent / "data"
ROWS = read_rows()
SOME = ROWS[::12]

LABELS = {
    Head.INTENT: ("cancel_request", "complaint_risk", "not_cancellation"),
    Head.OPENING: ("blocked", "n/a", "open", "unclear"),
    Head.REASON: ("not_stated", "price"),
}
NOTHING = (0,) * 9


def model(**features: tuple[int, ...]) -> LinearModel:
    """Build a model that leans to daily work and knows these words."""
    words = {f" {word} ": weights for word, weights in features.items()}
    return LinearModel(Weights(LABELS, (0, 0, 100, *NOTHING[3:]), words))


def column(head: Head, label: str, weight: int) -> tuple[int, ...]:
    labels = [(each, one) for each, ones in LABELS.items() for one in ones]
    return tuple(weight if at == (head, label) else 0 for at in labels)


class TestWhatTheModelAdds:
    def test_all_that_is_flagged_shows_literal_words(self):
        both = [(CLASSIFIER.classify(row["text"]), row["text"]) for row in ROWS]

        flagged = [one for one, _ in both if one.intent is not Intent.NOT_CANCELLATION]
        assert len(flagged) > len(both) / 4
        assert all(one.signals for one in flagged)
        assert all(text[s.start : s.end] == s.text != "" for one, text in both for s in one.signals)

    def test_it_is_sure_only_where_the_lexicon_means_the_same(self):
        both = [(CLASSIFIER.classify(row["text"]), row["text"]) for row in ROWS]

        sure = [(found, text) for found, text in both if found.certain]

        assert len(sure) > len(both) / 2
        assert all(LEXICON_ALONE.classify(text).intent is found.intent for found, text in sure)

    def test_it_has_no_say_where_leaving_is_plainly_denied(self):
        text = "não quero cancelar nada"

        both, alone = CLASSIFIER.classify(text), LEXICON_ALONE.classify(text)

        assert both == replace(alone, classifier=both.classifier)

    def test_a_complaint_without_any_cue_is_still_one_and_shows_why(self):
        quiet = [row for row in ROWS if not LEXICON_ALONE.classify(row["text"]).signals]
        complaints = [row for row in quiet if row["intent"] == "complaint_risk"]

        found = [CLASSIFIER.classify(row["text"]) for row in complaints]

        flagged = [one for one in found if one.intent is Intent.COMPLAINT_RISK]
        assert len(flagged) > len(complaints) / 2
        assert any({s.rule for s in one.signals} == {"model"} for one in flagged)
        assert all(s.role in SignalRole for one in flagged for s in one.signals)


class TestHowItWeighs:
    def evidence(self, text: str):
        return Observer(LEXICON).observe(text)

    def test_a_word_it_knows_moves_the_verdict(self):
        evidence = self.evidence("zanga azul")
        leaning = model(zanga=column(Head.INTENT, "complaint_risk", 900))

        verdict = leaning.judge(evidence, judge(evidence))

        assert verdict.intent is Intent.COMPLAINT_RISK
        assert verdict.opening in {Opening.OPEN, Opening.BLOCKED, Opening.UNCLEAR}
        assert not verdict.certain  # the lexicon sees nothing in it

    @pytest.mark.parametrize(
        ("leads_by", "intent"),
        [(10, Intent.COMPLAINT_RISK), (40, Intent.NOT_CANCELLATION)],
    )
    def test_daily_work_must_lead_by_enough_to_risk_overlooking_a_customer(self, leads_by, intent):
        evidence = self.evidence("azul")
        leaning = LinearModel(Weights(LABELS, (-900, 0, leads_by, *NOTHING[3:]), {}))

        assert leaning.judge(evidence, judge(evidence)).intent is intent

    def test_the_telling_words_are_those_that_moved_it(self):
        evidence = self.evidence("muito azul, zanga, azul")
        leaning = model(zanga=column(Head.INTENT, "complaint_risk", 900))

        told = leaning.telling(evidence, Head.INTENT, "complaint_risk", "not_cancellation")

        assert [evidence.text.words[at] for at in told] == ["zanga"]

    def test_without_a_word_it_knows_it_keeps_to_its_leaning(self):
        evidence = self.evidence("azul")

        verdict = model().judge(evidence, judge(evidence))

        assert verdict.intent is Intent.NOT_CANCELLATION
        assert verdict.opening is Opening.NOT_APPLICABLE

    def test_only_the_openings_that_a_kind_allows_are_chosen(self):
        evidence = self.evidence("zanga caro azul")
        priced = model(
            zanga=column(Head.INTENT, "complaint_risk", 900),
            caro=column(Head.REASON, "price", 900),
            azul=column(Head.OPENING, "unclear", 900),
        )

        verdict = priced.judge(evidence, judge(evidence))

        assert (verdict.reason, verdict.kind) == ("price", "non_technical")
        assert verdict.opening is not Opening.UNCLEAR

    def test_the_pieces_of_a_word_tell_where_it_begins_and_ends(self):
        assert pieces("cai") == {" ca", "cai", "ai ", " cai", "cai ", " cai "}


def _lines() -> list[str]:
    return WEIGHTS_PATH.read_text(encoding="utf-8").splitlines()


class TestTheWeightsFile:
    @pytest.mark.parametrize(
        "file",
        [LEXICON_PATH, DATA / "utterances.jsonl", DATA / "utterances_fresh.jsonl"],
        ids=lambda file: file.name,
    )
    def test_it_was_learnt_from_the_lexicon_and_the_utterances_as_they_are(self, file):
        trained_on = json.loads(_lines()[0])["trained_on"]

        assert trained_on[file.name] == sha256(file.read_bytes()).hexdigest(), "run `make train`"

    def test_it_is_small_and_sorted_for_review(self):
        names = [json.loads(line)[0] for line in _lines()[1:]]

        assert WEIGHTS_PATH.stat().st_size < 1_000_000
        assert names == sorted(names)

    @pytest.mark.parametrize(
        ("good", "bad"),
        [
            ('"biases":[', '"biases":[1,'),
            ('"intent"', '"intend"'),
            ("{", "["),
            ('\n[" 0 ",[', '\n[" 0 ",[1,'),
            ('\n[" 0 ",[', '\n[" 0 ",[7000'),
            ('\n[" 0 ",[', '\n[" 0 '),
        ],
    )
    def test_a_broken_file_is_told_with_its_name_and_the_mend(self, tmp_path, good, bad):
        file = tmp_path / "weights.json"
        content = WEIGHTS_PATH.read_text(encoding="utf-8")
        file.write_text(content.replace(good, bad, 1), encoding="utf-8")

        with pytest.raises(BadWeights, match="make train") as error:
            load_weights(file)

        assert str(file) in str(error.value)

    def test_a_change_of_either_file_gives_the_classifier_another_name(self, tmp_path):
        changed = tmp_path / "weights.json"
        changed.write_bytes(WEIGHTS_PATH.read_bytes().replace(b":", b": ", 1))

        names = {
            classifier.classify("oi").classifier
            for classifier in (CLASSIFIER, load_classifier(), load_classifier(weights=changed))
        }

        assert len(names) == 2

    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(BadWeights, match="none"):
            load_weights(tmp_path / "none.json")


class TestLearning:
    def test_the_same_utterances_give_the_same_weights(self):
        found = observe(LEXICON, SOME)

        once, again = (as_lines(train(SOME, found), {}) for _ in range(2))

        assert once == again

    def test_what_is_learnt_can_be_loaded_and_used(self, tmp_path):
        file = tmp_path / "weights.json"

        file.write_text(as_lines(train(SOME, observe(LEXICON, SOME)), {}), encoding="utf-8")

        learnt = Classifier(LEXICON, load_weights(file))
        right = sum(learnt.classify(row["text"]).intent == row["intent"] for row in SOME)
        assert right / len(SOME) > 0.9
