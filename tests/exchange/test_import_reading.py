"""Reading article files: what is taken, what is refused, and how a refusal is told."""

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from comptoir.exchange.imports.articles import Known, read_articles
from comptoir.exchange.imports.drafts import Settings
from comptoir.exchange.imports.prices import parse_price_rule
from comptoir.exchange.imports.problems import FileRefused
from comptoir.exchange.imports.tables import open_table, sniff_delimiter

RATES = frozenset({0, 210, 550, 1000, 2000})
NOTHING = Known(frozenset(), frozenset())


def settings(rule: str | None = None) -> Settings:
    return Settings(parse_price_rule(rule), 2000, RATES, "FR", "")


def read(path: Path, *, rule: str | None = None, mapping=(), known: Known = NOTHING):
    return read_articles(path, mapping=list(mapping), settings=settings(rule), known=known)


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "articles.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_real_sample_of_2000_articles(shared_data: Path) -> None:
    reading = read(shared_data / "products" / "ean13_sample_2000.csv", rule="code:0,50-49,90")
    assert (reading.rows, len(reading.drafts), reading.problems) == (2000, 2000, [])
    first = reading.drafts[0]
    assert (first.line, first.barcodes, first.name) == (2, ("3258561022154",), "Barre marbrée au cacao")
    assert all(5000 <= draft.price_e4 <= 499000 and draft.price_e4 % 500 == 0 for draft in reading.drafts)
    again = read(shared_data / "products" / "ean13_sample_2000.csv", rule="code:0,50-49,90")
    assert again.drafts == reading.drafts


def test_prestashop_file_has_wrong_check_digits_and_no_tax(shared_data: Path) -> None:
    reading = read(shared_data / "import" / "products_import.csv")
    assert reading.drafts == []
    assert [(p.line, p.column, p.value, p.reason) for p in reading.problems] == [
        (line, "EAN13", "1234567890123", "le dernier chiffre de contrôle du code-barres est faux : 8 attendu.")
        for line in (2, 3, 4)
    ]


def test_price_without_tax_becomes_a_price_with_tax_by_the_engine(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "nom;prix HT;TVA\nThé;10,00;5,5\nVase;33,33;20 %\n"))
    assert [(d.name, d.price_e4, d.vat_e4) for d in reading.drafts] == [("Thé", 105500, 550), ("Vase", 400000, 2000)]


def test_shopify_variants_carry_the_name_of_their_product(shared_data: Path) -> None:
    reading = read(shared_data / "import" / "shopify-home-and-garden.csv")
    assert reading.problems == []
    assert [(d.name, d.price_e4, d.family) for d in reading.drafts[:3]] == [
        ("Clay Plant Pot Regular", 99900, "Outdoor"),
        ("Clay Plant Pot Large", 159900, "Outdoor"),
        ("Copper Light", 599900, "Indoor"),
    ]


def test_every_problem_is_told_with_line_column_and_value(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Désignation;EAN;Prix TTC;TVA\n"
        "Café;3258561022154;4,50;5,5\n"
        ";;abc;19,6\n"
        '"Thé\nvert";5410126076937;-1;5,5\n'
        "Sel;3258561022154;1,00;5,5\n"
        "Riz;;1,00;5,5;perdu\n",
    )
    reading = read(path)
    assert [draft.name for draft in reading.drafts] == ["Café"]
    assert [(p.line, p.column, p.reason) for p in reading.problems] == [
        (3, "Désignation", "le nom est vide."),
        (
            3,
            "TVA",
            "ce taux de TVA n’existe pas ici (taux connus : 0\u00a0%, 2,1\u00a0%, 5,5\u00a0%, 10\u00a0%, 20\u00a0%).",
        ),
        (3, "Prix TTC", "ce n’est pas un nombre."),
        (4, "EAN", "le dernier chiffre de contrôle du code-barres est faux : 6 attendu."),
        (4, "Prix TTC", "le prix est négatif."),
        (6, "EAN", "cette référence est déjà à la ligne 2."),
        (6, "EAN", "ce code-barres est déjà à la ligne 2."),
        (7, None, "la ligne a 5 cellules pour 4 colonnes."),
    ]
    assert reading.problems[2].text() == "ligne 3, colonne « Prix TTC » : ce n’est pas un nombre. (« abc »)"


def test_what_the_dossier_already_has_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "code,nom,ean,prix\nA1,Thé,3258561022154,1.00\nA2,Sel,5410126076936,1.00\n")
    reading = read(path, known=Known(frozenset({"A1"}), frozenset({"5410126076936"})))
    assert reading.drafts == []
    assert [(p.line, p.column, p.value) for p in reading.problems] == [(2, "code", "A1"), (3, "ean", "5410126076936")]


@pytest.mark.parametrize(
    ("text", "price_e4"),
    [("3,45", 34500), ("1 234,50 €", 12345000), ("1.234,50", 12345000), ("1,234.50", 12345000), ("0,0599", 599),
     ("12", 120000), ("1\u202f000,00", 10000000), ("€ 3,45", 34500), ("1'234.50", 12345000), ("12 345,60 EUR", 123456000)],
)  # fmt: skip
def test_prices_as_shopkeepers_write_them(tmp_path: Path, text: str, price_e4: int) -> None:
    reading = read(written(tmp_path, f"nom\tprix\nThé\t{text}\n"))
    assert [draft.price_e4 for draft in reading.drafts] == [price_e4]


@pytest.mark.parametrize(
    "text",
    [
        "1e5",
        "0x10",
        "NaN",
        "Infinity",
        "1,2,3",
        "3,45678",
        "99999999",
        "--1",
        "١٢",
        "3 45",
        "1 23,45",
        "1.23,45",
        "1,2.5",
        "1.234.50",
    ],
)
def test_what_is_no_price_is_refused(tmp_path: Path, text: str) -> None:
    reading = read(written(tmp_path, f"nom\tprix\nThé\t{text}\n"))
    assert reading.drafts == [] and len(reading.problems) == 1 and reading.problems[0].column == "prix"


def test_any_name_survives_but_control_characters(shared_data: Path, tmp_path: Path) -> None:
    import csv
    import json

    names = [n for n in json.loads((shared_data / "bad-input" / "blns.json").read_text("utf-8")) if n.strip()]
    path = tmp_path / "articles.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["code", "nom", "prix"])
        for number, name in enumerate(names):
            writer.writerow([f"N{number}", name, "1,00"])
    reading = read(path)
    assert reading.rows == len(names)
    assert len(reading.drafts) + len({p.line for p in reading.problems}) == len(names)
    assert {p.reason for p in reading.problems} == {
        "ce texte dépasse 200 caractères.",
        "ce texte contient un caractère caché qui change le sens de lecture.",
        "le nom est vide.",
    }
    assert all(draft.name.isprintable() or not draft.name.isascii() for draft in reading.drafts)


CSV_SPECTRUM = {
    "comma_in_quotes": [["John", "Doe", "120 any st.", "Anytown, WW", "08123"]],
    "empty": [["1", "", ""], ["2", "3", "4"]],
    "empty_crlf": [["1", "", ""], ["2", "3", "4"]],
    "escaped_quotes": [["1", 'ha "ha" ha'], ["3", "4"]],
    "json": [["1", '{"type": "Point", "coordinates": [102.0, 0.5]}']],
    "newlines": [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]],
    "newlines_crlf": [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]],
    "quotes_and_newlines": [["1", 'ha \n"ha" \nha'], ["3", "4"]],
    "simple": [["1", "2", "3"]],
    "simple_crlf": [["1", "2", "3"]],
    "utf8": [["1", "2", "3"], ["4", "5", "ʤ"]],
}


@pytest.mark.parametrize("name", sorted(CSV_SPECTRUM))
def test_awkward_csv_files_are_read_to_the_letter(shared_data: Path, name: str) -> None:
    table = open_table(shared_data / "bad-input" / "csv-spectrum" / f"{name}.csv")
    assert [row.cells for row in table.rows] == CSV_SPECTRUM[name]


def test_rows_keep_the_line_where_they_start(shared_data: Path) -> None:
    table = open_table(shared_data / "bad-input" / "csv-spectrum" / "newlines.csv")
    assert [row.line for row in table.rows] == [2, 3, 5]


def test_an_unknown_table_asks_for_its_columns(shared_data: Path) -> None:
    path = shared_data / "bad-input" / "csv-spectrum" / "comma_in_quotes.csv"
    with pytest.raises(FileRefused, match="first, last, address, city, zip"):
        read(path)
    reading = read(path, mapping=["last=nom", "zip=code"], rule="libre")
    assert [(d.name, d.code, d.price_e4) for d in reading.drafts] == [("Doe", "08123", None)]


@pytest.mark.parametrize("option", ["nom", "last=", "last=couleur", "=nom"])
def test_a_mapping_that_says_nothing_is_refused(shared_data: Path, option: str) -> None:
    with pytest.raises(FileRefused):
        read(shared_data / "bad-input" / "csv-spectrum" / "comma_in_quotes.csv", mapping=[option])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_met_in_shops(tmp_path: Path, encoding: str) -> None:
    reading = read(written(tmp_path, "Libellé;Prix\nCrème brûlée à 3 €;3,00\n", encoding=encoding))
    assert [draft.name for draft in reading.drafts] == ["Crème brûlée à 3 €"]


@pytest.mark.parametrize(("delimiter"), [";", ",", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "".join(delimiter.join(row) + "\n" for row in (["nom", "prix"], ["Thé", "1"], ["Sel", "2"]))
    assert sniff_delimiter(text) == delimiter


def test_a_quote_never_closed_is_told(tmp_path: Path) -> None:
    reading = read(written(tmp_path, 'nom;prix\nThé;1,00\n"Sel;2,00\nRiz;3,00\n'))
    assert [draft.name for draft in reading.drafts] == ["Thé", "Riz"]  # the line below is not lost with it
    assert [(p.line, p.reason) for p in reading.problems] == [(3, "un guillemet ouvert n’est jamais refermé.")]


def test_a_quote_never_closed_takes_no_line_up_to_the_next_quote(tmp_path: Path) -> None:
    reading = read(written(tmp_path, 'nom;prix\n"Sel;2,00\nRiz;3,00\nBlé;4,00\n"Thé";1,00\n"A\nB";1,00\n'))
    assert [(draft.line, draft.name) for draft in reading.drafts] == [(3, "Riz"), (4, "Blé"), (5, "Thé"), (6, "A B")]
    assert [(p.line, p.reason) for p in reading.problems] == [
        (2, "les guillemets de cette ligne ne sont pas équilibrés.")
    ]


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "articles.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Catalogue")
        sheet.merge_range(0, 0, 0, 3, "CATALOGUE 2026")
        for number, row in enumerate(
            [["Article", "Vente"], ["Code", "Libellé", "Prix", "TVA"], ["A1", "Thé", 3.45, 5.5]]
        ):
            sheet.write_row(number + 1, 0, row)
    reading = read(path)
    assert reading.described == "classeur, feuille « Catalogue », titres en ligne 3"
    assert [(draft.line, draft.code, draft.name, draft.price_e4) for draft in reading.drafts] == [
        (4, "A1", "Thé", 34_500)
    ]


def test_a_row_of_articles_is_never_taken_for_headings(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="Aucune colonne ne ressemble au nom"):
        read(written(tmp_path, "x;y;z\n1;2;3\nCode;Nom;Prix\nA1;Thé;1\n"))  # as many cells above: they may be articles


def test_the_sheets_that_are_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "articles.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Lisez-moi").write(0, 0, "Notes")
        book.add_worksheet("Articles").write_row(0, 0, ["Libellé", "Prix"])
    with pytest.raises(FileRefused, match="Seule la première feuille est lue ; les autres sont : Articles."):
        read(path)


def test_a_heading_given_twice_is_a_question(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="La colonne « prix » y est deux fois"):
        read(written(tmp_path, "nom;prix;Prix\nThé;1;2\n"))


@pytest.mark.parametrize("code", ["3,25856E+12", "3.25856E+12", "3E+12"])
def test_a_barcode_that_a_spreadsheet_rounded_is_told(tmp_path: Path, code: str) -> None:
    reading = read(written(tmp_path, f"nom;prix;ean\nThé;1;{code}\n"))
    assert [(p.line, p.column, p.value) for p in reading.problems] == [(2, "ean", code)]
    assert reading.problems[0].reason.startswith("un tableur a arrondi ce code-barres")


def test_what_workbooks_do_to_numbers(tmp_path: Path) -> None:
    path = tmp_path / "articles.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Code", "Libellé", "Prix"])
        for row, name in enumerate(["Formule", "Faute", "Jamais calculée", "Date", "Flottant", "Ligne 8"], start=1):
            sheet.write_row(row + (row == 6), 0, [f"A{row}", name])
        sheet.write_formula(1, 2, "=1+1.5", None, 2.5)
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 2, "=C2*2", None, "")
        sheet.write_datetime(4, 2, datetime(2026, 3, 4), day)
        sheet.write(5, 2, 0.1 + 0.2)
        sheet.write(7, 2, 1)
    reading = read(path)
    assert [(draft.line, draft.price_e4) for draft in reading.drafts] == [(2, 25_000), (6, 3_000), (8, 10_000)]
    missing = "le prix manque ; une règle de prix peut le donner (--price-rule)."
    dated = "c’est une date : un tableur l’a mise à la place du nombre."
    assert [(p.line, p.column, p.reason) for p in reading.problems] == [
        (3, "Prix", missing), (4, "Prix", missing), (5, "Prix", dated),
    ]  # fmt: skip


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "articles.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Articles")
        for number, row in enumerate([["EAN", "Libellé", "Prix TTC"], [3258561022154, "Thé", 3.45], ["", "", ""],
                                      ["5410126076936", "Sel", "0,99"]]):  # fmt: skip
            sheet.write_row(number, 0, row)
    reading = read(path)
    assert [(d.line, d.barcodes, d.price_e4) for d in reading.drafts] == [
        (2, ("3258561022154",), 34500),
        (4, ("5410126076936",), 9900),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vide"),
        (b"nom;prix\n", "que sa ligne de titres"),
        (b"PK\x03\x04 not a workbook", "incomplet ou abîmé"),
        (b"\x00\x01\x02\x03nom", "ni un fichier CSV ni un classeur"),
        (b"\xff\xfen", "abîmé"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=message):
        read(path, rule="libre")


def test_a_swollen_workbook_is_not_opened(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(FileRefused, match="volume anormal"):
        read(path)


def test_too_large_a_file_is_refused_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comptoir.exchange.imports.tables.MAX_BYTES", 10)
    with pytest.raises(FileRefused, match="la limite est de"):
        read(written(tmp_path, "nom;prix\nThé;1,00\n"))


@pytest.mark.parametrize(
    ("rule", "price_e4"), [("fixe:2,50", 25000), ("marge:80", 18000), ("libre", None), ("marge:0", 10000)]
)
def test_price_rules(tmp_path: Path, rule: str, price_e4: int | None) -> None:
    reading = read(written(tmp_path, "nom;prix d'achat\nThé;1,00\n"), rule=rule)
    assert [draft.price_e4 for draft in reading.drafts] == [price_e4]


@pytest.mark.parametrize("rule", ["fixe", "fixe:abc", "code:5-1", "marge:-3", "gratuit", "libre:1"])
def test_a_rule_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(FileRefused):
        parse_price_rule(rule)


@pytest.mark.parametrize(
    ("cell", "barcode"),
    [
        ('="3017620422003"', "3017620422003"),
        ('"=""3017620422003"""', "3017620422003"),
        ("'3017620422003", "3017620422003"),
        ("3017620422003.0", "3017620422003"),
        ("978-2-07-036822-8", "9782070368228"),
        ("3 017620 422003", "3017620422003"),
        ("12-34", "12-34"),
    ],
)
def test_a_barcode_is_what_a_scanner_sends(tmp_path: Path, cell: str, barcode: str) -> None:
    reading = read(written(tmp_path, f"nom;isbn;prix\nThé;{cell};1\n"))
    assert reading.problems == []
    assert [(draft.code, draft.barcodes) for draft in reading.drafts] == [(barcode, (barcode,))]


def test_a_reference_marked_as_text_or_rounded_by_a_spreadsheet(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "réf;nom;prix\n=\"0012\";Thé;1\n'0013;Thé;1\n3,25856E+12;Thé;1\n1E5;'Thé;1\n"))
    assert [(d.code, d.name) for d in reading.drafts] == [("0012", "Thé"), ("0013", "Thé"), ("1E5", "'Thé")]
    assert [(p.line, p.column, p.value, p.reason) for p in reading.problems] == [
        (4, "réf", "3,25856E+12",
         "un tableur a arrondi cette référence : mettez la colonne au format texte et reprenez-la.")
    ]  # fmt: skip


def test_a_comma_belongs_to_a_family_unless_the_file_lists_categories(tmp_path: Path) -> None:
    text = "nom;Rayon;prix\nA;Fruits, légumes;1\nB;Fruits, vins;1\n"
    assert [draft.family for draft in read(written(tmp_path, text)).drafts] == ["Fruits, légumes", "Fruits, vins"]
    listed = text.replace("Rayon", "Categories (x,y,z...)")
    assert [draft.family for draft in read(written(tmp_path, listed)).drafts] == ["Fruits", "Fruits"]


@pytest.mark.parametrize("above", ["sep=;\n", "Catalogue 2026\n"])
def test_a_line_above_the_headings_breaks_no_cell_of_two_lines(tmp_path: Path, above: str) -> None:
    reading = read(written(tmp_path, above + 'réf;nom;prix\nA;Thé;1\nB;"Thé\nvert";2\nC;Sel;3\n'))
    assert reading.problems == []
    assert [(d.line, d.name) for d in reading.drafts] == [(3, "Thé"), (4, "Thé vert"), (6, "Sel")]


def test_a_name_that_could_not_be_decoded_is_refused(tmp_path: Path) -> None:
    """`è` of an old Macintosh is no character of Windows-1252."""
    reading = read(written(tmp_path, "nom;prix\ncrème;1\n", encoding="mac_roman"))
    assert reading.drafts == []
    assert [(p.line, p.column, p.reason) for p in reading.problems] == [
        (2, "nom", "un caractère ne se lit pas : enregistrez le fichier en UTF-8.")
    ]


def test_rows_of_a_workbook_keep_the_number_that_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "articles.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [["Libellé", "Prix", "EAN"], ["Thé", True], ["Sel", 1, 123456789012345678]], start=2
        ):
            sheet.write_row(row, 0, cells)
    reading = read(path)
    assert reading.drafts == []
    assert [(p.line, p.column, p.value) for p in reading.problems] == [(4, "Prix", "vrai"), (5, "EAN", "1.23457E+17")]
