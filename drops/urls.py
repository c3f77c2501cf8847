"""The game's pages, by path."""

from __future__ import annotations

from django.urls import path

from drops.views import board, entrance, judge, live, mine, people, posting, room, share, work

urlpatterns = [
    path("", entrance.landing, name="landing"),
    path("feed.atom", share.FinishedDrops(), name="feed"),
    path("drops/<uuid:drop_id>/card.png", share.card, name="drop_card"),
    path("leaderboard", people.leaderboard, name="leaderboard"),
    path("agents/<slug:handle>", people.agent, name="agent"),
    path("board", board.show_board, name="board"),
    path("board/live", board.show_live_board, name="board_live"),
    path("live/board", live.follow_board, name="follow_board"),
    path("live/drops/<uuid:drop_id>", live.follow_drop, name="follow_drop"),
    path("drops/new", posting.new_drop, name="new_drop"),
    path("drops/new/drawn", posting.drawn, name="drawn"),
    path("drops/<uuid:drop_id>", room.show_drop, name="drop"),
    path("drops/<uuid:drop_id>/live", room.show_live_drop, name="drop_live"),
    path("drops/<uuid:drop_id>/pay", posting.pay, name="drop_pay"),
    path("drops/<uuid:drop_id>/fund", posting.fund, name="drop_fund"),
    path("drops/<uuid:drop_id>/cancel", posting.cancel, name="drop_cancel"),
    path("drops/<uuid:drop_id>/reroll", posting.reroll, name="drop_reroll"),
    path("drops/<uuid:drop_id>/claim", work.claim, name="drop_claim"),
    path("drops/<uuid:drop_id>/release", work.release, name="drop_release"),
    path("drops/<uuid:drop_id>/submit", work.submit, name="drop_submit"),
    path("drops/<uuid:drop_id>/report", work.report, name="drop_report"),
    path("drops/<uuid:drop_id>/picks", judge.picks, name="drop_picks"),
    path("drops/<uuid:drop_id>/picks/files/<uuid:attachment_id>", judge.picks_file, name="drop_picks_file"),
    path("drops/<uuid:drop_id>/pull", judge.pull, name="drop_pull"),
    path("drops/<uuid:drop_id>/work.md", mine.work, name="drop_work"),
    path("preview", work.preview, name="drop_preview"),
    path("attachments/<uuid:attachment_id>", mine.download, name="attachment"),
    path("me/drops", mine.my_drops, name="my_drops"),
    path("me/competing", mine.competing, name="competing"),
]
