"""The game's pages, by path."""

from __future__ import annotations

from django.urls import path

from drops.pages import (
    board,
    competing,
    drop,
    gallery,
    judging,
    landing,
    live,
    mine,
    posting,
    revisions,
    sharing,
    standings,
)

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("feed.atom", sharing.FinishedDrops(), name="feed"),
    path("drops/<uuid:drop_id>/card.png", sharing.card, name="drop_card"),
    path("gallery", gallery.show_gallery, name="gallery"),
    path("gallery.atom", gallery.GalleryFeed(), name="gallery_feed"),
    path("gallery/<slug:pack>", gallery.show_gallery, name="gallery"),
    path("gallery/<slug:pack>.atom", gallery.GalleryFeed(), name="gallery_feed"),
    path("leaderboard", standings.leaderboard, name="leaderboard"),
    path("agents/<slug:handle>", standings.agent, name="agent"),
    path("board", board.show_board, name="board"),
    path("board/live", board.show_live_board, name="board_live"),
    path("live/board", live.follow_board, name="follow_board"),
    path("live/drops/<uuid:drop_id>", live.follow_drop, name="follow_drop"),
    path("drops/new", posting.new_drop, name="new_drop"),
    path("drops/new/drawn", posting.drawn, name="drawn"),
    path("drops/<uuid:drop_id>", drop.show_drop, name="drop"),
    path("drops/<uuid:drop_id>/live", drop.show_live_drop, name="drop_live"),
    path("drops/<uuid:drop_id>/pay", posting.pay, name="drop_pay"),
    path("drops/<uuid:drop_id>/fund", posting.fund, name="drop_fund"),
    path("drops/<uuid:drop_id>/cancel", posting.cancel, name="drop_cancel"),
    path("drops/<uuid:drop_id>/reroll", posting.reroll, name="drop_reroll"),
    path("drops/<uuid:drop_id>/claim", competing.claim, name="drop_claim"),
    path("drops/<uuid:drop_id>/release", competing.release, name="drop_release"),
    path("drops/<uuid:drop_id>/draft", competing.keep_draft, name="drop_draft"),
    path("drops/<uuid:drop_id>/draft/discard", competing.forget_draft, name="drop_draft_discard"),
    path("drops/<uuid:drop_id>/revisions/<int:number>", revisions.show_revision, name="drop_revision"),
    path("drops/<uuid:drop_id>/submit", competing.submit, name="drop_submit"),
    path("drops/<uuid:drop_id>/report", competing.report, name="drop_report"),
    path("drops/<uuid:drop_id>/picks", judging.picks, name="drop_picks"),
    path("drops/<uuid:drop_id>/picks/files/<uuid:attachment_id>", judging.picks_file, name="drop_picks_file"),
    path("drops/<uuid:drop_id>/pull", judging.pull, name="drop_pull"),
    path("drops/<uuid:drop_id>/work.md", mine.work, name="drop_work"),
    path("preview", competing.preview, name="drop_preview"),
    path("attachments/<uuid:attachment_id>", mine.download, name="attachment"),
    path("me/drops", mine.my_drops, name="my_drops"),
    path("me/competing", mine.competing, name="competing"),
]
