"""Files that commands write: never one that they read, never two things in one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from icd11kit.cli.commands import icd11kit
from icd11kit.cli.output import check_outs
from icd11kit.errors import SourceError
from icd11kit.store.write import write_bytes, write_lines

VOLUMES = "code,n\nI10,5\nE11.9,3\n"
CODED = "id,code\n1,5A11\n2,BA00.Z\n"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("v.csv", VOLUMES, "impact v.csv --count-column n --out v.csv"),
        ("v.csv", VOLUMES, "impact v.csv --count-column n --xlsx ./v.csv"),
        ("v.csv", VOLUMES, "impact v.csv --count-column n --work-list v.csv"),
        ("v.csv", VOLUMES, "coverage --volumes v.csv --count-column n --out v.csv"),
        ("v.csv", VOLUMES, "coverage --codes v.csv --out v.csv"),
        ("v.csv", VOLUMES, "codelist translate v.csv --out v.csv"),
        ("v.csv", CODED, "agreement v.csv v.csv --out v.csv"),
    ],
)
def test_what_is_read_is_never_written_over(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text, "utf-8")
    done = CliRunner().invoke(icd11kit, [*words.split(), "--home", str(home)])
    assert isinstance(done.exception, SourceError), done.output
    assert "would be written over" in str(done.exception)
    assert Path(name).read_text("utf-8") == text


def test_two_things_do_not_go_to_one_file(tmp_path: Path) -> None:
    check_outs(["a.csv", ""], ["b.csv", "", "c.csv"])
    with pytest.raises(SourceError, match="two things would be written to it"):
        check_outs([], [str(tmp_path / "b.csv"), str(tmp_path / "." / "b.csv")])


def test_a_link_to_what_is_read_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x", "utf-8")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(SourceError, match="written over"):
        check_outs([str(tmp_path / "a.csv")], [str(tmp_path / "b.csv")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are those of POSIX")
def test_a_pipe_or_a_device_is_not_put_away(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for write in (lambda: write_lines(str(pipe), ["x"]), lambda: write_bytes(str(pipe), b"x")):
        with pytest.raises(SourceError, match="a device or a pipe"):
            write()
    assert pipe.is_fifo()


def test_a_report_says_nothing_of_installations(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        write_lines(str(tmp_path / "none" / "a.html"), ["x"])
    assert str(caught.value).endswith("it could not be written (No such file or directory)")
