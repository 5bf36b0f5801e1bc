import pytest

from cartrace.engine import cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "here"))
    return tmp_path / "here"


def test_a_thing_is_made_once(folder):
    made = []

    def make():
        made.append(1)
        return b"content"

    assert [cache.kept("thing", make) for _ in range(3)] == [b"content"] * 3
    assert len(made) == 1


@pytest.mark.parametrize("damage", [b"", b"half", b"x" * 40])
def test_a_damaged_file_is_made_again(folder, damage):
    cache.kept("thing", lambda: b"content")
    (folder / "thing").write_bytes(damage)
    assert cache.kept("thing", lambda: b"anew") == b"anew"
    assert cache.kept("thing", lambda: b"never") == b"anew"


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "below"))
    assert cache.kept("thing", lambda: b"content") == b"content"


def test_no_temporary_file_is_left(folder):
    cache.kept("thing", lambda: b"content")
    assert [path.name for path in folder.iterdir()] == ["thing"]


def test_a_key_depends_on_each_part_and_on_where_it_ends():
    assert len({cache.key("a", "bc"), cache.key("ab", "c"), cache.key("abc"), cache.key("a", "bd")}) == 4


@pytest.mark.parametrize(
    ("platform", "variable", "ends"),
    [
        ("linux", "XDG_CACHE_HOME", "base/cartrace"),
        ("win32", "LOCALAPPDATA", "base/cartrace"),
        ("darwin", "", "Library/Caches/cartrace"),
    ],
)
def test_the_folder_is_the_usual_one_of_the_platform(platform, variable, ends, monkeypatch):
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setattr(cache.sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, "base")
    assert cache.folder().as_posix().endswith(ends)


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    def homeless(self):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.setattr(cache.Path, "expanduser", homeless)
    assert cache.kept("thing", lambda: b"content") == b"content"
