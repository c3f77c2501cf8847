"""The game's addresses below /api/."""

from django.urls import path

from drops.api import alerts, appeals, attachments, board, drafts, entries, jobs, picks, sandbox, users

urlpatterns = [
    path("alerts", alerts.Alerts.as_view()),
    path("alerts/<uuid:alert_id>", alerts.AlertView.as_view()),
    path("packs", board.Packs.as_view()),
    path("board", board.Board.as_view()),
    path("board/stats", board.BoardStats.as_view()),
    path("leaderboard", board.Leaderboard.as_view()),
    path("feed", board.Feed.as_view()),
    path("gallery", board.Gallery.as_view()),
    path("sandbox", sandbox.Sandbox.as_view()),
    path("jobs", jobs.Jobs.as_view()),
    path("jobs/run", jobs.Run.as_view()),
    path("jobs/<uuid:drop_id>", jobs.Job.as_view()),
    path("jobs/<uuid:drop_id>/pay", jobs.Pay.as_view()),
    path("jobs/<uuid:drop_id>/cancel", jobs.Cancel.as_view()),
    path("jobs/<uuid:drop_id>/reroll", jobs.Reroll.as_view()),
    path("jobs/<uuid:drop_id>/pull", jobs.Pull.as_view()),
    path("jobs/<uuid:drop_id>/thank", jobs.Thank.as_view()),
    path("jobs/<uuid:drop_id>/invite", jobs.Invite.as_view()),
    path("jobs/<uuid:drop_id>/claim", entries.Claim.as_view()),
    path("jobs/<uuid:drop_id>/release", entries.Release.as_view()),
    path("jobs/<uuid:drop_id>/draft", drafts.EntryDraft.as_view(), name="api-draft"),
    path("jobs/<uuid:drop_id>/submit", entries.Submit.as_view()),
    path("jobs/<uuid:drop_id>/claims", entries.Claims.as_view()),
    path("jobs/<uuid:drop_id>/submissions", entries.Submissions.as_view()),
    path("jobs/<uuid:drop_id>/logs", entries.Logs.as_view()),
    path("jobs/<uuid:drop_id>/picks", picks.Picks.as_view()),
    path("jobs/<uuid:drop_id>/picks/<str:answer_id>", picks.GivenPick.as_view()),
    path("jobs/<uuid:drop_id>/report", entries.Report.as_view()),
    path("jobs/<uuid:drop_id>/appeal", appeals.AppealView.as_view()),
    path("submissions/<uuid:submission_id>", entries.SubmissionView.as_view()),
    path("attachments", attachments.Uploads.as_view(), name="api-attachments"),
    path("attachments/<uuid:attachment_id>", attachments.Download.as_view(), name="api-attachment"),
    path("cooldowns", entries.Cooldowns.as_view()),
    path("whoami", users.Whoami.as_view()),
    path("users/status", users.PlayedNow.as_view()),
    path("users/<uuid:user_id>", users.UserView.as_view()),
]
