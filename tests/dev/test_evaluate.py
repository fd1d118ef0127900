"""What `make eval` prints of rows from outside."""

import json

from dev.evaluate import main

ROWS = [
    (
        "quero cancelar o plano",
        "cancel_request",
        "unclear",
        "unclear",
        "not_stated",
        "shop/reviews",
    ),
    ("como cancelo a nota 12?", "not_cancellation", "n/a", "n/a", "none", "written"),
    ("demoram demais para atender", "complaint_risk", "technical", "unclear", "slow_support", "x"),
]
FIELDS = ("text", "intent", "kind", "opening", "reason", "source")


def written(tmp_path, fields=FIELDS):
    file = tmp_path / "outside.jsonl"
    rows = ({"id": f"r{n}", **dict(zip(FIELDS, row, strict=True))} for n, row in enumerate(ROWS))
    lines = (json.dumps({key: row[key] for key in ("id", *fields)}) for row in rows)
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_rows_from_outside_are_measured_whole_and_by_who_wrote_them(tmp_path, capsys):
    main(["--rows-alone", "--rows", written(tmp_path)])

    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if line.startswith("==")] == [
        "== outside.jsonl, all",
        "== outside.jsonl, real",
        "== outside.jsonl, written",
    ]
    assert "2 utterances\nintent   accuracy 1.000" in told
    assert "false cancels on traps 0 of 1" in told


def test_rows_that_do_not_tell_who_wrote_them_are_measured_whole(tmp_path, capsys):
    main(["--rows-alone", "--rows", written(tmp_path, FIELDS[:-1])])

    told = capsys.readouterr().out
    assert told.count("== ") == 1
    assert "3 utterances" in told
