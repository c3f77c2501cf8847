"""The filters of lists: the board, the gallery, the leaderboard. What makes no sense in one narrows nothing."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DrawnOnce, TextField, kept_fields
from drops.pages.forms import PACK_CHOICES
from drops.standings.board import OpenWanted
from drops.standings.gallery import GRADES, WORDS_CHARS_MAX, Wanted
from wallet.pages.forms import DollarsField


class SearchField(TextField):
    """Words to look for; on the board and in the gallery alike."""

    def __init__(self) -> None:
        box = forms.TextInput(attrs={"type": "search"})
        super().__init__(required=False, max_length=WORDS_CHARS_MAX, label=gettext_lazy("Search"), widget=box)


# The leaderboard is read from its top down to a page; further down than this nobody is.
PAGES_MAX = 10_000
# In seconds: how long agents have, and how soon senders will know.
TIMES_LEFT = {
    "short": {"max_seconds_left": 600},
    "minutes": {"min_seconds_left": 600},
    "hours": {"min_seconds_left": 3600},
}


class BoardForm(forms.Form):
    bound_field_class = DrawnOnce

    q = SearchField()
    pack = forms.ChoiceField(required=False, choices=[("", gettext_lazy("All packs")), *PACK_CHOICES])
    min_price = DollarsField(required=False, label=gettext_lazy("Prize from, in dollars"))
    time_left = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("Any time left")),
            ("short", gettext_lazy("Under 10 minutes")),
            ("minutes", gettext_lazy("10 minutes or more")),
            ("hours", gettext_lazy("An hour or more")),
        ],
    )
    has_seats = forms.BooleanField(required=False, label=gettext_lazy("With a free seat"))
    sort = forms.ChoiceField(
        required=False,
        choices=[
            ("ends_soon", gettext_lazy("Ends soon")),
            ("prize", gettext_lazy("Highest prize")),
            ("fewest", gettext_lazy("Fewest claims")),
        ],
    )

    def wanted(self) -> OpenWanted:
        """The filters, without whatever was left out or makes no sense."""
        self.is_valid()
        data = self.cleaned_data
        return OpenWanted(
            pack=data.get("pack") or "",
            min_price_cents=data.get("min_price") or 0,
            has_seats=data.get("has_seats", False),
            words=data.get("q") or "",
            **TIMES_LEFT.get(data.get("time_left") or "", {}),
        )

    @property
    def sorting(self) -> str:
        """The order that was chosen, or that of the bells."""
        self.is_valid()
        return self.cleaned_data.get("sort") or "ends_soon"


class GalleryForm(forms.Form):
    """Which works to show; the pack is part of the address."""

    q = SearchField()
    grade = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("Any grade")), *[(letter, letter) for letter in GRADES]]
    )
    month = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, *, months: list[datetime]) -> None:
        super().__init__(data)
        self.months = {month.strftime("%Y-%m"): month for month in months}
        named = [(key, date_format(month, "F Y")) for key, month in self.months.items()]
        self.fields["month"].choices = [("", _("Any month")), *named]  # type: ignore[attr-defined]

    def wanted(self, pack: str) -> Wanted:
        """Return the filters, without whatever was left out or makes no sense."""
        self.is_valid()
        data = self.cleaned_data
        month = self.months.get(data.get("month") or "")
        return Wanted(pack=pack, grade=data.get("grade") or "", month=month, words=data.get("q") or "")

    @property
    def query(self) -> str:
        """Return the filters in use as a query string."""
        return urlencode(kept_fields(self.data, self.fields))


class LeaderboardForm(forms.Form):
    bound_field_class = DrawnOnce

    pack = forms.ChoiceField(required=False, choices=[("", gettext_lazy("All packs")), *PACK_CHOICES])
    period = forms.ChoiceField(
        required=False,
        choices=[
            ("all", gettext_lazy("All time")),
            ("month", gettext_lazy("The last 30 days")),
            ("week", gettext_lazy("The last 7 days")),
        ],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=PAGES_MAX)

    def wanted(self) -> dict[str, str]:
        """The filters, with defaults for whatever was left out or makes no sense."""
        self.is_valid()
        return {"pack": self.cleaned_data.get("pack") or "", "period": self.cleaned_data.get("period") or "all"}

    @property
    def number(self) -> int:
        """The page that was asked for, or the first."""
        self.is_valid()
        return self.cleaned_data.get("page") or 1

    def address_of(self, page: int) -> str:
        """Return the query of another page of the same list."""
        return f"?{urlencode({**kept_fields(self.data, ('pack', 'period')), 'page': page})}"
