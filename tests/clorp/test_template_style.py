"""How templates and sheets are laid out, as `./run lint` holds them to it."""

from clorp.dev import lint, template_style


def test_two_declarations_on_a_line_are_a_fault_and_are_parted(tmp_path):
    sheet = tmp_path / "some.css"
    sheet.write_text(".a { color: red; margin: 0; }\n")
    assert len(list(template_style.faults_of(sheet))) == 1
    sheet.write_text(template_style.laid_out(sheet.read_text()))
    assert sheet.read_text() == ".a {\n  color: red;\n  margin: 0;\n}\n"
    assert list(template_style.faults_of(sheet)) == []


def test_a_line_that_is_too_long_is_a_fault_by_its_number(tmp_path):
    page = tmp_path / "some.html"
    page.write_text("<p>\n" + "x" * template_style.CHARS_MAX + "\n" + "x" * (template_style.CHARS_MAX + 1) + "\n")
    assert [fault.removeprefix(f"{page}:") for fault in template_style.faults_of(page)] == [
        "3: longer than 120 characters"
    ]


def test_every_sheet_and_template_is_looked_at():
    assert {"layout.css", "game.css"} <= {path.name for path in template_style.sheets()}
    assert {"base.html", "notes.txt", "drop.html"} <= {path.name for path in template_style.templates()}
    assert [name for name, _, _ in lint.template_checks()] == [
        "djade",
        "djhtml",
        "djlint",
        "template-style",
        "unmarked-words",
    ]
