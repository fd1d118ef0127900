import pytest

from retention.storage.private_file import new_file_for


def files(folder):
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_what_is_written_takes_its_place_whole_and_private(tmp_path):
    with new_file_for(tmp_path / "report.csv") as new:
        new.write_text("RET-0001", "utf-8")
        before = (tmp_path / "report.csv").exists()

    assert not before
    assert files(tmp_path) == {"report.csv": "RET-0001"}
    assert (tmp_path / "report.csv").stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "report.csv").write_text("November", "utf-8")

    with pytest.raises(FileExistsError), new_file_for(tmp_path / "report.csv"):
        pass

    assert files(tmp_path) == {"report.csv": "November"}


def test_one_that_is_to_be_replaced_is(tmp_path):
    (tmp_path / "retencao.db").write_text("old", "utf-8")

    with new_file_for(tmp_path / "retencao.db", replaces=True) as new:
        new.write_text("new", "utf-8")

    assert files(tmp_path) == {"retencao.db": "new"}


@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
def test_what_broke_off_leaves_nothing_behind(tmp_path, ending):
    def break_off():
        with new_file_for(tmp_path / "copy.db") as new:
            new.with_name(f"{new.name}{ending}").write_text("half", "utf-8")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()

    assert files(tmp_path) == {}
