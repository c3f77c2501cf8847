"""Pages are sent without indentation; a text that somebody wrote keeps its own."""

from django.template import Engine

from core.templates import FlatLoader


def rendered(folder, name, source, **context):
    (folder / name).write_text(source)
    engine = Engine(dirs=[str(folder)], loaders=["core.templates.FlatLoader"])
    assert isinstance(engine.template_loaders[0], FlatLoader)
    return engine.render_to_string(name, context)


def test_a_page_is_sent_without_its_templates_indentation(tmp_path):
    assert rendered(tmp_path, "page.html", "<p>\n  a\n\t<b>c  d</b>\n</p>\n") == "<p>\na\n<b>c  d</b>\n</p>\n"


def test_what_is_put_into_a_page_keeps_its_own(tmp_path):
    assert rendered(tmp_path, "page.html", "  <pre>{{ text }}</pre>", text="a\n    b") == "<pre>a\n    b</pre>"


def test_what_a_page_gives_to_copy_keeps_its_own(tmp_path):
    source = "<div>\n  <textarea rows=2>\na \\\n    b</textarea>\n  <p>\n  </p>\n</div>"
    assert (
        rendered(tmp_path, "page.html", source) == "<div>\n<textarea rows=2>\na \\\n    b</textarea>\n<p>\n</p>\n</div>"
    )


def test_a_mail_in_plain_text_stays_as_it_is(tmp_path):
    assert rendered(tmp_path, "mail.txt", "a\n    b") == "a\n    b"
