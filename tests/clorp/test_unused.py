"""The search for code that nothing uses finds what is left over, and lets alone what is called by a name in a text."""

from __future__ import annotations

from clorp.dev.unused import find_unused, sources_of

SOURCE = '''
class Drop:
    def claim(self):
        """Not by `left_over`, which is only prose."""

    def left_over(self):
        return self.claim()

    @property
    def shown(self):
        return 1

def handler(): ...

HANDLER = "core.http.handler"
print(Drop().shown)

@registered
def view(): ...
'''


def unused_in(tmp_path, source, text=""):
    (tmp_path / "code.py").write_text(source)
    (tmp_path / "page.html").write_text(text)
    lines = find_unused([tmp_path / "code.py"], [tmp_path / "page.html"], called=["Meta"], registered=["@registered"])
    return [line.rpartition("nothing uses ")[2] for line in lines]


def test_what_is_left_over_is_found_and_nothing_else(tmp_path):
    assert unused_in(tmp_path, SOURCE) == ["the method left_over"]


def test_a_template_is_a_user_too(tmp_path):
    assert unused_in(tmp_path, SOURCE, "{{ drop.left_over }}") == []


def test_the_whole_house_is_searched_without_its_migrations():
    paths = {str(path) for path in sources_of("core", "accounts", "wallet", "drops", "clorp", "manage.py")}
    assert {"clorp/dev/unused.py", "wallet/books/ledger.py", "drops/models/drop.py", "manage.py"} <= paths
    assert not [path for path in paths if "migrations" in path]
